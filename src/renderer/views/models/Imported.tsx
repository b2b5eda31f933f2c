/** The imported models by what they are for, each with where it comes from and what it takes. */
import { useStore } from 'zustand'
import type { ModelInfo, ModelRole } from '../../../shared/models.ts'
import { FaultNote } from '../../parts/FaultNote.tsx'
import { Empty, Loading, Pane, Scroll } from '../../parts/Pane.tsx'
import { baseName, formatBytes, formatCount, formatLarge, plural } from '../../parts/format.ts'
import { listModels, models, showModel, type Verifying } from '../../state/models.ts'
import { perform } from '../frame/commands.ts'
import { modelRowId } from './keys.ts'
import { sayVerifying } from './sayings.ts'

const roles: readonly (readonly [role: ModelRole, label: string])[] = [
  ['decoder', 'Decoders'],
  ['encoder', 'Encoders'],
  ['embedder', 'Embedders'],
]

export function Imported({ stale }: { readonly stale: boolean }) {
  const { list, listFault, removeFault } = useStore(models)
  const bytes = (list ?? []).reduce((sum, model) => sum + model.bytes, 0)
  return (
    <Pane
      title="Imported models"
      stale={stale && list !== null}
      note={
        list === null ? undefined : `${plural(list.length, 'model')}${bytes === 0 ? '' : `, ${formatBytes(bytes)}`}`
      }
    >
      {listFault !== null && (
        <FaultNote what="The models could not be listed." fault={listFault} onRetry={() => void listModels()} />
      )}
      {removeFault !== null && (
        <FaultNote
          what="The model was not removed."
          fault={removeFault}
          onDismiss={() => models.setState({ removeFault: null })}
        />
      )}
      {list === null && listFault === null && <Loading label="Asking the engine what is imported" lines={4} />}
      {list?.length === 0 && (
        <Empty
          action={
            <button type="button" onClick={() => perform('models-hub')}>
              Search the Hub
            </button>
          }
        >
          None yet. A decoder, an encoder or an embedder comes from the Hub or from a folder of yours.
        </Empty>
      )}
      {list !== null && list.length > 0 && (
        <Scroll className="models-table">
          <table>
            <caption className="unseen">Imported models</caption>
            <thead>
              <tr>
                <th scope="col">model</th>
                <th scope="col" className="words">
                  from
                </th>
                <th scope="col">parameters</th>
                <th scope="col">size</th>
                <th scope="col">dtype</th>
                <th scope="col">hidden</th>
                <th scope="col">layers</th>
                <th scope="col" className="words">
                  licence
                </th>
                <th scope="col" className="words">
                  state
                </th>
              </tr>
            </thead>
            {roles.map(([role, label]) => (
              <Group key={role} label={label} list={list.filter((model) => model.role === role)} />
            ))}
          </table>
        </Scroll>
      )}
    </Pane>
  )
}

function Group({ label, list }: { readonly label: string; readonly list: readonly ModelInfo[] }) {
  const verifying = useStore(models, (state) => state.verifying)
  if (list.length === 0) return null
  return (
    <tbody>
      <tr className="models-role">
        <th scope="rowgroup" colSpan={9}>
          {label}
        </th>
      </tr>
      {list.map((model) => (
        <Row key={model.name} model={model} verifying={verifying[model.name]} />
      ))}
    </tbody>
  )
}

type RowProps = { readonly model: ModelInfo; readonly verifying: Verifying | undefined }

function Row({ model, verifying }: RowProps) {
  const shown = useStore(models, (state) => state.shown === model.name)
  const { name, architecture, source, parameters, bytes, dtype, hidden, layers, licence } = model
  const { text, bad } = sayVerifying(verifying)
  return (
    <tr data-on={shown || undefined}>
      <th scope="row">
        <button
          id={modelRowId(name)}
          type="button"
          className="linkish"
          aria-expanded={shown}
          onClick={() => showModel(shown ? null : name)}
        >
          {name}
        </button>
        <small>{architecture}</small>
      </th>
      <td className="words whence">
        {source.kind === 'hub' ? source.id : 'folder'}
        <small>
          {source.kind === 'hub' ? (
            <code title={source.revision}>{source.revision.slice(0, 8)}</code>
          ) : (
            <span title={source.folder}>{baseName(source.folder)}</span>
          )}
        </small>
      </td>
      <td>{formatLarge(parameters)}</td>
      <td>{formatBytes(bytes)}</td>
      <td>{dtype}</td>
      <td>{formatCount(hidden)}</td>
      <td>{formatCount(layers)}</td>
      <td className="words">{licence ?? 'not told'}</td>
      <td className={bad ? 'words bad' : 'words'}>{text}</td>
    </tr>
  )
}
