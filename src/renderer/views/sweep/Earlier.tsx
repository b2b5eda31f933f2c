/** All sweeps of this workbench. */
import { useState } from 'react'
import { useStore } from 'zustand'
import type { SweepInfo } from '../../../shared/sweep.ts'
import { Confirm } from '../../parts/Confirm.tsx'
import { FaultNote } from '../../parts/FaultNote.tsx'
import { Empty, Loading, Pane, Scroll } from '../../parts/Pane.tsx'
import { formatCount } from '../../parts/format.ts'
import { discardSweep, listSweeps, showSweep, sweeps } from '../../state/sweeps.ts'

const states: Readonly<Record<SweepInfo['state'], string>> = {
  running: 'running',
  stopped: 'stopped',
  failed: 'stopped by a fault',
  finished: 'finished',
}

export function Earlier() {
  const { list, listFault, shown, cells } = useStore(sweeps)
  // The one looked at is told cell by cell, the others when they are listed.
  const live = [...cells.values()].filter(({ state }) => state === 'done').length
  return (
    <Pane title="Sweeps" note={list === null ? undefined : formatCount(list.length)}>
      {listFault !== null && (
        <FaultNote what="The sweeps could not be listed." fault={listFault} onRetry={() => void listSweeps()} />
      )}
      {list === null && listFault === null && <Loading label="Asking the engine" lines={2} />}
      {list?.length === 0 && <Empty>None yet.</Empty>}
      {list !== null && list.length > 0 && (
        <Scroll className="scroll-tall">
          <table>
            <caption className="unseen">Sweeps, the latest first</caption>
            <thead>
              <tr>
                <th scope="col">sweep</th>
                <th scope="col">index</th>
                <th scope="col">questions</th>
                <th scope="col">k</th>
                <th scope="col">cells done</th>
                <th scope="col">state</th>
                <th scope="col">began</th>
                <th scope="col">
                  <span className="unseen">delete</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {list.map((info) => (
                <tr key={info.id} data-on={info.id === shown || undefined}>
                  <td>
                    <button type="button" className="linkish" onClick={() => void showSweep(info.id)}>
                      {info.id}
                    </button>
                  </td>
                  <td>{info.index.name}</td>
                  <td>{info.sets.map(({ name }) => name).join(', ')}</td>
                  <td>{[...new Set(info.grids.flatMap(({ ks }) => ks))].toSorted((a, b) => a - b).join(', ')}</td>
                  <td>
                    {formatCount(info.id === shown ? Math.max(live, info.done) : info.done)} of{' '}
                    {formatCount(info.cells)}
                  </td>
                  <td>{states[info.state]}</td>
                  <td>
                    <time dateTime={info.began}>
                      {new Date(info.began).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' })}
                    </time>
                  </td>
                  <td>
                    <Delete info={info} />
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

function Delete({ info }: { readonly info: SweepInfo }) {
  const [asking, setAsking] = useState(false)
  return (
    <>
      <button type="button" className="linkish" aria-label={`Delete ${info.id}`} onClick={() => setAsking(true)}>
        Delete
      </button>
      {asking && (
        <Confirm
          title={`Delete ${info.id}?`}
          keepLabel="Keep it"
          doLabel="Delete"
          onKeep={() => setAsking(false)}
          onDo={() => {
            setAsking(false)
            void discardSweep(info.id)
          }}
        >
          Its {formatCount(info.done)} measured cells are deleted with their answers and times. This cannot be taken
          back.
        </Confirm>
      )}
    </>
  )
}
