/** Decoders elsewhere: the servers that were confirmed, what each is sent, and the form that adds one. */
import { useEffect, useState } from 'react'
import { useStore } from 'zustand'
import type { RemoteCheck, RemoteInfo } from '../../../shared/remote.ts'
import { keyWords, remoteKindInfo, textOnlyLabel } from '../../../shared/remoteKinds.ts'
import { FaultNote } from '../../parts/FaultNote.tsx'
import { Loading, Pane } from '../../parts/Pane.tsx'
import { engine } from '../../state/engine.ts'
import { checkRemote, readRemotes, remotes, removeRemote } from '../../state/remotes.ts'
import { AddRemote } from './AddRemote.tsx'

export function Remotes() {
  const ready = useStore(engine, (state) => state.status.state === 'ready')
  const { list, fault } = useStore(remotes)
  const [changing, setChanging] = useState<string | null>(null)
  const before = list?.find(({ name }) => name === changing) ?? null
  useEffect(() => {
    if (ready) void readRemotes()
  }, [ready])
  return (
    <Pane
      title="Decoders elsewhere"
      note="nothing is sent to a host before you confirm it"
      stale={!ready && list !== null}
    >
      {fault !== null && (
        <FaultNote
          what="The servers are as they were."
          fault={fault}
          onRetry={() => void readRemotes()}
          onDismiss={() => remotes.setState({ fault: null })}
        />
      )}
      {list === null && fault === null && <Loading label="Asking which servers are confirmed" lines={2} />}
      {list !== null && list.length === 0 && (
        <p className="quiet">
          No server yet. Compressing, sensing and laying out stay here; a server that is confirmed decodes for the plans
          that name it.
        </p>
      )}
      {list !== null && list.length > 0 && (
        <table className="remotes">
          <caption className="unseen">Confirmed servers</caption>
          <thead>
            <tr>
              <th scope="col">server</th>
              <th scope="col">model</th>
              <th scope="col">is sent</th>
              <th scope="col">key</th>
              <th scope="col">
                <span className="unseen">actions</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {list.map((server) => (
              <Line key={server.name} server={server} ready={ready} onChange={() => setChanging(server.name)} />
            ))}
          </tbody>
        </table>
      )}
      {/* What was typed of one server is not that of another. */}
      <AddRemote key={before?.name ?? ''} ready={ready} before={before} onDone={() => setChanging(null)} />
    </Pane>
  )
}

function Line(props: { readonly server: RemoteInfo; readonly ready: boolean; readonly onChange: () => void }) {
  const { server, ready, onChange } = props
  const check = useStore(remotes, (state) => state.checks.get(server.name))
  const { name, kind, host, endpoint, model, sends, dtype, encrypted, key } = server
  return (
    <>
      <tr>
        <th scope="row">
          {name}
          <small title={endpoint}>
            {remoteKindInfo[kind].label} at {host}
            {encrypted ? ', encrypted' : ''}
          </small>
        </th>
        <td>{model}</td>
        <td>{sends === 'text' ? textOnlyLabel : `embeddings, ${dtype}`}</td>
        <td className={key === 'missing' ? 'bad' : undefined}>{keyWords(key, server.keyEnv)}</td>
        <td className="remotes-actions">
          <button
            type="button"
            aria-label={`Check ${name}`}
            title="Ask it what models it has; nothing else is sent"
            disabled={!ready || check === null}
            onClick={() => void checkRemote(name)}
          >
            {check === null ? 'Checking…' : 'Check'}
          </button>
          <button type="button" aria-label={`Change ${name}`} disabled={!ready} onClick={onChange}>
            Change
          </button>
          <button type="button" aria-label={`Forget ${name}`} disabled={!ready} onClick={() => void removeRemote(name)}>
            Forget
          </button>
        </td>
      </tr>
      {check !== undefined && check !== null && (
        <tr>
          <td colSpan={5} className={isGood(check) ? 'quiet' : 'bad'}>
            {check.words}
          </td>
        </tr>
      )}
    </>
  )
}

const isGood = ({ answers, agrees }: RemoteCheck): boolean => answers && agrees !== false
