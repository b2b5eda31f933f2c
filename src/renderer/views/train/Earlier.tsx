/** All trainings of this workbench. */
import { useStore } from 'zustand'
import type { TrainingInfo } from '../../../shared/train.ts'
import { FaultNote } from '../../parts/FaultNote.tsx'
import { Empty, Loading, Pane, Scroll } from '../../parts/Pane.tsx'
import { formatCount } from '../../parts/format.ts'
import { compare, mostCompared, toggleCompared } from '../../state/compare.ts'
import { listTrainings, show, train } from '../../state/train.ts'
import { lossOf } from './differing.ts'

const states: Readonly<Record<TrainingInfo['state'], string>> = {
  running: 'running',
  stopped: 'paused',
  failed: 'paused by a fault',
  finished: 'finished',
}

export function Earlier() {
  const { list, listFault, shown } = useStore(train)
  const looked = list?.find((info) => info.id === shown)
  return (
    <Pane title="Trainings" note={list === null ? undefined : formatCount(list.length)}>
      {listFault !== null && (
        <FaultNote what="The trainings could not be listed." fault={listFault} onRetry={() => void listTrainings()} />
      )}
      {list === null && listFault === null && <Loading label="Asking the engine" lines={2} />}
      {list?.length === 0 && <Empty>None yet.</Empty>}
      {list !== null && list.length > 0 && (
        <Scroll className="scroll-tall">
          <table>
            <caption className="unseen">Trainings, the latest first</caption>
            <thead>
              <tr>
                <th scope="col">training</th>
                <th scope="col">from</th>
                <th scope="col">k</th>
                <th scope="col">steps kept</th>
                <th scope="col">state</th>
                <th scope="col">began</th>
                <th scope="col">compare</th>
              </tr>
            </thead>
            <tbody>
              {list.map((info) => (
                <tr key={info.id} data-on={info.id === shown || undefined}>
                  <td>
                    <button type="button" className="linkish" onClick={() => void show(info.id)}>
                      {info.id}
                    </button>
                  </td>
                  <td>{info.bundle}</td>
                  <td>{info.input.ks?.join(', ') ?? 'all'}</td>
                  <td>
                    {formatCount(info.step)} of {formatCount(info.input.steps)}
                  </td>
                  <td>{states[info.state]}</td>
                  <td>
                    <time dateTime={info.began}>
                      {new Date(info.began).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' })}
                    </time>
                  </td>
                  <td>
                    <Choose info={info} looked={looked} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
    </Pane>
  )
}

/** Lays a training over the one looked at; one whose loss is of another kind says so. */
function Choose({ info, looked }: { readonly info: TrainingInfo; readonly looked: TrainingInfo | undefined }) {
  const told = useStore(compare, (state) => state.told)
  if (looked === undefined || info.id === looked.id) return null
  const chosen = told.some(({ id }) => id === info.id)
  const other = lossOf(info.input) !== lossOf(looked.input)
  const full = told.length >= mostCompared && !chosen
  const why = other ? 'Its loss is of another kind.' : full ? `At most ${mostCompared} at once.` : undefined
  return (
    <input
      type="checkbox"
      aria-label={`Compare ${info.id}`}
      title={why}
      checked={chosen && !other}
      disabled={why !== undefined}
      onChange={() => void toggleCompared(info.id)}
    />
  )
}
