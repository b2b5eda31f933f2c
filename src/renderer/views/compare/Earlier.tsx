/** The comparisons of this workbench, to be opened again. */
import { useState } from 'react'
import { useStore } from 'zustand'
import { letterOf, type ComparisonInfo } from '../../../shared/comparison.ts'
import { Confirm } from '../../parts/Confirm.tsx'
import { FaultNote } from '../../parts/FaultNote.tsx'
import { Empty, Loading, Pane, Scroll } from '../../parts/Pane.tsx'
import { formatCount, plural } from '../../parts/format.ts'
import { openComparison } from '../../state/comparing.ts'
import { comparisons, listComparisons, removeComparison } from '../../state/comparisons.ts'
import { engine } from '../../state/engine.ts'

export function Earlier() {
  const { list, listFault, shown } = useStore(comparisons)
  const gone = useStore(engine, (state) => state.status.state === 'gone')
  return (
    <Pane title="Comparisons" note={list === null ? undefined : formatCount(list.length)} stale={gone && list !== null}>
      {listFault !== null && (
        <FaultNote
          what="The comparisons could not be listed."
          fault={listFault}
          onRetry={() => void listComparisons()}
        />
      )}
      {list === null && listFault === null && <Loading label="Asking the engine" lines={2} />}
      {list?.length === 0 && <Empty>None yet. Every comparison is kept here once its plans have run.</Empty>}
      {list !== null && list.length > 0 && (
        <Scroll className="scroll-tall">
          <table className="compare-earlier">
            <caption className="unseen">Comparisons, the latest first</caption>
            <thead>
              <tr>
                <th scope="col">question</th>
                <th scope="col">plans</th>
                <th scope="col">rounds</th>
                <th scope="col">votes</th>
                <th scope="col">note</th>
                <th scope="col">made</th>
                <th scope="col">
                  <span className="unseen">delete</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {list.map((info) => (
                <tr key={info.id} data-on={info.id === shown?.comparison.id || undefined}>
                  <td>
                    <button type="button" className="linkish" onClick={() => void openComparison(info.id)}>
                      {info.question}
                    </button>
                  </td>
                  <td>{info.runs.map((run, at) => `${letterOf(at)} ${info.settings[run] ?? ''}`).join('; ')}</td>
                  <td>{formatCount(info.rounds)}</td>
                  <td>{formatCount(info.votes)}</td>
                  <td className="clip" title={info.note}>
                    {info.note}
                  </td>
                  <td>
                    <time dateTime={info.made}>
                      {new Date(info.made).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' })}
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

function Delete({ info }: { readonly info: ComparisonInfo }) {
  const [asking, setAsking] = useState(false)
  return (
    <>
      <button type="button" className="linkish" aria-label={`Delete ${info.question}`} onClick={() => setAsking(true)}>
        Delete
      </button>
      {asking && (
        <Confirm
          title="Delete this comparison?"
          keepLabel="Keep it"
          doLabel="Delete"
          onKeep={() => setAsking(false)}
          onDo={() => {
            setAsking(false)
            void removeComparison(info.id)
          }}
        >
          Its {plural(info.rounds, 'round')}, scores and {plural(info.votes, 'vote')} are deleted; its runs are kept.
          This cannot be taken back.
        </Confirm>
      )}
    </>
  )
}
