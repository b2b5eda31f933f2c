/** One imported model: where it lies and comes from, whether it is as it was imported, and the way to remove it. */
import { useState } from 'react'
import { useStore } from 'zustand'
import type { ModelInfo } from '../../../shared/models.ts'
import { canReveal, reveal } from '../../link.ts'
import { Confirm } from '../../parts/Confirm.tsx'
import { CopyButton } from '../../parts/CopyButton.tsx'
import { Facts } from '../../parts/Facts.tsx'
import { FaultNote } from '../../parts/FaultNote.tsx'
import { Pane } from '../../parts/Pane.tsx'
import { ProgressBar } from '../../parts/ProgressBar.tsx'
import { formatBytes, formatCount } from '../../parts/format.ts'
import { adapting, closeAdapter, openAdapter } from '../../state/adapting.ts'
import { cancelVerify, models, removeModel, showModel, verifyModel } from '../../state/models.ts'
import { held, unloadModel } from '../../state/held.ts'
import { jobs } from '../../state/jobs.ts'
import { say } from '../../state/view.ts'
import { AdapterForm } from './AdapterForm.tsx'
import { adapterButtonId, adapterFieldId, focusSoon } from './keys.ts'
import { Speed } from './Speed.tsx'
import { adapterFacts } from './adapterFacts.ts'

type DetailsProps = {
  readonly model: ModelInfo
  /** The engine is away: nothing can be done with it now. */
  readonly stale: boolean
}

export function Details({ model, stale }: DetailsProps) {
  const verifying = useStore(models, (state) => state.verifying[model.name])
  const inMemory = useStore(jobs, (state) => state.held?.models.includes(model.name) === true)
  const letting = useStore(held)
  const form = useStore(adapting, (forms) => forms[model.name])
  const [removing, setRemoving] = useState(false)
  const {
    name,
    path,
    role,
    adapter,
    apartFrom,
    source,
    imported,
    window: positions,
    vocabulary,
    tokenizer,
    chatTemplate,
    bytes,
    dtype,
  } = model
  const { phase = 'idle', progress = null, fault = null, result = null } = verifying ?? {}
  const busy = phase === 'running' || phase === 'cancelling'
  return (
    <Pane
      title={name}
      note={role}
      stale={stale}
      className="model-details"
      aside={
        <div className="models-acts">
          <button type="button" disabled={busy || stale} onClick={() => void verifyModel(name)}>
            Verify
          </button>
          {role === 'decoder' && apartFrom === undefined && (
            <button
              id={adapterButtonId}
              type="button"
              disabled={stale}
              aria-expanded={form !== undefined}
              title="Keep a LoRA adapter beside its weights, as another model"
              onClick={() => {
                if (form !== undefined) return closeAdapter(name)
                openAdapter(name)
                focusSoon(adapterFieldId)
              }}
            >
              Adapter…
            </button>
          )}
          {inMemory && (
            <button
              type="button"
              disabled={stale || letting.busy !== null}
              title="It goes out of memory; what needs it opens it again"
              onClick={() => void unloadModel(name)}
            >
              {letting.busy?.model === name ? 'Unloading…' : 'Unload'}
            </button>
          )}
          {canReveal() ? (
            <button type="button" onClick={() => reveal(path)}>
              Reveal in folder
            </button>
          ) : (
            <CopyButton label="Copy path" text={() => path} onSay={say} />
          )}
          <button type="button" disabled={stale} onClick={() => setRemoving(true)}>
            Remove…
          </button>
          <button type="button" className="plain" onClick={() => showModel(null)}>
            Close
          </button>
        </div>
      }
    >
      {busy && (
        <ProgressBar
          title={`Verifying ${name}`}
          progress={progress}
          cancelling={phase === 'cancelling'}
          onCancel={() => cancelVerify(name)}
        />
      )}
      {form !== undefined && <AdapterForm base={name} form={form} stale={stale} />}
      {letting.fault?.model === name && (
        <FaultNote
          what={letting.fault.what}
          fault={letting.fault.fault}
          onDismiss={() => held.setState({ fault: null })}
        />
      )}
      {fault !== null && <FaultNote what="It was not verified." fault={fault} onRetry={() => void verifyModel(name)} />}
      {result !== null && (
        <ul className="proofs" aria-label="What was verified">
          {result.proofs.map(({ about, holds, found }) => (
            <li key={about} data-holds={holds}>
              <span aria-hidden="true">{holds ? '✓' : '✕'}</span> {about}{' '}
              <span className={holds ? 'quiet' : 'bad'}>{found}</span>
              {!holds && <span className="unseen">does not hold</span>}
            </li>
          ))}
        </ul>
      )}
      <Facts
        facts={[
          ['folder', <code key="path">{path}</code>],
          ['from', source.kind === 'hub' ? `${source.id} at ${source.revision}` : source.folder],
          ...(adapter === undefined
            ? []
            : ([
                ...adapterFacts(adapter),
                ...(apartFrom === undefined ? [] : [['stands on', apartFrom] as const]),
                [
                  'adapter from',
                  adapter.source === undefined ? (
                    <code key="adapter">{adapter.folder}</code>
                  ) : (
                    `${adapter.source.id} at ${adapter.source.revision}`
                  ),
                ],
                ['adapter’s hash', <code key="hash">{adapter.sha256}</code>],
              ] as const)),
          ['imported', new Date(imported).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' })],
          ['longest input', `${formatCount(positions)} positions`],
          ['vocabulary', formatCount(vocabulary)],
          ['tokenizer', tokenizer ? 'came with it' : 'none: texts cannot be given to it'],
          role === 'decoder'
            ? ['chat template', chatTemplate ? 'came with it' : 'none']
            : ['in memory', inMemory ? 'yes' : 'no; an index that was made with it opens it'],
        ]}
      />
      {adapter?.notes.map((note) => (
        <p key={note} className="quiet">
          {note}
        </p>
      ))}
      <Speed
        kind="model"
        id={name}
        name={name}
        timed={{ decodes: role === 'decoder', weights: role === 'decoder' && (dtype === 'f32' || dtype === 'f16') }}
        stale={stale}
      />
      {removing && (
        <Confirm
          title={`Remove ${name}?`}
          keepLabel="Keep it"
          doLabel="Remove"
          onKeep={() => setRemoving(false)}
          onDo={() => {
            setRemoving(false)
            void removeModel(name)
          }}
        >
          {formatBytes(bytes)} are deleted. Bundles that were made with it have weights of their own and stay.
        </Confirm>
      )}
    </Pane>
  )
}
