/** An adapter for a decoder that is here: a folder or a repository of the Hub, and what the two are called together. */
import { useId } from 'react'
import { useStore } from 'zustand'
import { isHubId } from '../../../shared/hub.ts'
import { FaultNote } from '../../parts/FaultNote.tsx'
import { ProgressBar } from '../../parts/ProgressBar.tsx'
import {
  adaptModel,
  cancelAdapter,
  closeAdapter,
  forgetAdapterFault,
  isAdapting,
  nameOf,
  typeAdapter,
  type Adapting,
} from '../../state/adapting.ts'
import { models } from '../../state/models.ts'
import { isName } from './HowKept.tsx'
import { adapterButtonId, adapterFieldId, focusSoon, modelRowId } from './keys.ts'

type AdapterFormProps = {
  /** The decoder whose weights stay as they are. */
  readonly base: string
  readonly form: Adapting
  /** The engine is away. */
  readonly stale: boolean
}

export function AdapterForm({ base, form, stale }: AdapterFormProps) {
  const id = useId()
  const taken = useStore(models, ({ list }) => list ?? [])
  const { adapter, revision, phase, progress, fault } = form
  const name = nameOf(base, form)
  const busy = isAdapting(form)
  const ofHub = isHubId(adapter)
  const whyNot = whyNoName(name, taken)
  const off = busy || stale || adapter.trim() === '' || whyNot !== null
  const submit = (): void => {
    void adaptModel(base).then((made) => {
      // The form went away with what had the focus.
      if (made !== null && document.activeElement === document.body) focusSoon(modelRowId(made))
    })
  }
  return (
    <section className="adapter" aria-label={`Adapter for ${base}`}>
      <h3>An adapter beside its weights</h3>
      <form
        className="adapter-form"
        onSubmit={(event) => {
          event.preventDefault()
          if (!off) submit()
        }}
      >
        <span className="field">
          <label htmlFor={adapterFieldId}>Adapter</label>
          <input
            id={adapterFieldId}
            type="text"
            placeholder="Path of its folder, or OWNER/NAME on the Hub"
            value={adapter}
            readOnly={busy}
            onChange={(event) => typeAdapter(base, { adapter: event.target.value })}
          />
          {ofHub && (
            <input
              type="text"
              className="adapter-revision"
              aria-label="Revision: branch, tag or commit"
              placeholder="main"
              value={revision}
              maxLength={255}
              readOnly={busy}
              onChange={(event) => typeAdapter(base, { revision: event.target.value })}
            />
          )}
        </span>
        <span className="field">
          <label htmlFor={`${id}name`}>Name</label>
          <input
            id={`${id}name`}
            type="text"
            value={name}
            maxLength={80}
            readOnly={busy}
            aria-invalid={whyNot !== null}
            onChange={(event) => typeAdapter(base, { as: event.target.value })}
          />
        </span>
        {whyNot !== null && !busy && <p className="bad">{whyNot}</p>}
        <p className="quiet">
          A LoRA as PEFT saves it. {base} stays as it is; the two together are another model.
          {ofHub && ' The adapter is fetched from the Hub first.'}
        </p>
        <span className="adapter-go">
          <button type="submit" className="primary" aria-disabled={off}>
            {ofHub ? 'Download and adapt' : 'Adapt'}
          </button>
          <button
            type="button"
            className="plain"
            disabled={busy}
            onClick={() => (closeAdapter(base), focusSoon(adapterButtonId))}
          >
            Not now
          </button>
        </span>
      </form>
      {busy && (
        <ProgressBar
          title={`Adapting ${base}`}
          progress={progress}
          cancelling={phase === 'cancelling'}
          onCancel={() => cancelAdapter(base)}
        />
      )}
      {phase === 'cancelled' && <p className="quiet">It was stopped. What has come of a download is kept.</p>}
      {fault !== null && (
        <FaultNote
          what={`${base} was not adapted.`}
          fault={fault}
          onRetry={off ? undefined : submit}
          onDismiss={() => forgetAdapterFault(base)}
        />
      )}
    </section>
  )
}

function whyNoName(name: string, list: readonly { readonly name: string }[]): string | null {
  if (!isName(name)) return 'A name has letters, digits, dots, dashes and underscores.'
  return list.some((model) => model.name === name) ? `There is a model ${name} already.` : null
}
