/** One repository before anything of it is fetched: what it is, its files, what it takes; and the way to have it. */
import { useState } from 'react'
import { useStore } from 'zustand'
import type { HubFile, HubModel } from '../../../shared/hub.ts'
import { Facts } from '../../parts/Facts.tsx'
import { formatBytes, formatCount, formatLarge, plural } from '../../parts/format.ts'
import { engine } from '../../state/engine.ts'
import { freeName, models } from '../../state/models.ts'
import { beginDownload, downloads } from '../../state/modelsDownloads.ts'
import { hub, leaveLook } from '../../state/modelsHub.ts'
import { HowKept, isName } from './HowKept.tsx'
import type { ModelDtype } from '../../../shared/models.ts'

export function HubLook({ model }: { readonly model: HubModel }) {
  const found = useStore(hub, (state) => state.found !== null)
  const { files, bytes, have, needs, free, refused, notes, gated } = model
  const taken = files.filter(({ take }) => take)
  const left = files.filter(({ take }) => !take)
  const tight = needs > free && have < bytes
  return (
    <article className="hub-look" aria-label={model.id}>
      <div className="hub-look-head">
        <h3>{model.id}</h3>
        {gated && <span className="badge">gated</span>}
        <span className="grow" />
        <button type="button" className="plain" onClick={leaveLook}>
          {found ? 'Back to the list' : 'Close'}
        </button>
      </div>
      <Facts
        facts={[
          model.adapter === null
            ? ['architecture', model.architecture ?? 'not told']
            : ['adapter for', model.adapter.base ?? 'a model that it does not name'],
          ['parameters', model.parameters === null ? 'not told' : formatLarge(model.parameters)],
          ['dtype', model.dtype ?? 'not told'],
          ['hidden, layers', `${told(model.hidden)}, ${told(model.layers)}`],
          ['licence', model.licence ?? 'not told'],
          [
            'revision',
            <span key="r">
              {model.revision} <code title={model.commit}>{model.commit.slice(0, 8)}</code>
            </span>,
          ],
        ]}
      />
      <FileList title={`${plural(taken.length, 'file')} to fetch, ${formatBytes(bytes)}`} files={taken} open />
      {left.length > 0 && <FileList title={`${plural(left.length, 'file')} left where they are`} files={left} />}
      {have > 0 && <p className="quiet">{formatBytes(have)} of it are here already.</p>}
      {tight && (
        <p className="bad">
          It needs {formatBytes(needs)} of the disk, download and import together; {formatBytes(free)} are free.
        </p>
      )}
      {refused !== null && <p className="bad">{refused}</p>}
      {notes.map((note) => (
        <p key={note} className="quiet">
          {note}
        </p>
      ))}
      {refused === null && <Have model={model} tight={tight} />}
    </article>
  )
}

const told = (value: number | null): string => (value === null ? 'not told' : formatCount(value))

function Have({ model, tight }: { readonly model: HubModel; readonly tight: boolean }) {
  const list = useStore(models, (state) => state.list)
  const beginning = useStore(downloads, (state) => state.beginning !== null)
  const away = useStore(engine, (state) => state.status.state !== 'ready')
  const [typed, setTyped] = useState<string | null>(null)
  const [dtype, setDtype] = useState<ModelDtype>('f32')
  const name = typed ?? freeName(model.id, list ?? [])
  const isAdapter = model.adapter !== null
  const off = tight || away || beginning || (!isAdapter && !isName(name))
  return (
    <form
      className="model-have"
      onSubmit={(event) => {
        event.preventDefault()
        if (!off)
          void beginDownload({ id: model.id, revision: model.commit }, isAdapter ? null : { name, dtype }).then(
            leaveLook,
          )
      }}
    >
      {!isAdapter && <HowKept name={name} onName={setTyped} dtype={dtype} onDtype={setDtype} />}
      <button type="submit" className="primary" aria-disabled={off}>
        {beginning ? 'Beginning…' : isAdapter ? 'Download' : 'Download and import'}
      </button>
    </form>
  )
}

type FileListProps = { readonly title: string; readonly files: readonly HubFile[]; readonly open?: boolean }

function FileList({ title, files, open = false }: FileListProps) {
  return (
    <details className="hub-files" open={open}>
      <summary>{title}</summary>
      <ul>
        {files.map(({ path, bytes, why }) => (
          <li key={path}>
            <code>{path}</code>
            <span>{formatBytes(bytes)}</span>
            <small>{why}</small>
          </li>
        ))}
      </ul>
    </details>
  )
}
