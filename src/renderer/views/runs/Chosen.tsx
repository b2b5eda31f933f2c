/** What can be done with the runs that are chosen. */
import { useState } from 'react'
import { useStore } from 'zustand'
import type { RunSummary } from '../../../shared/runs.ts'
import { formatCount } from '../../parts/format.ts'
import { besideChosen, choose, markRuns, mostBeside, removeRuns, reportRuns, runs } from '../../state/runs.ts'

export function Chosen({ shown }: { readonly shown: readonly RunSummary[] }) {
  const chosen = useStore(runs, (state) => state.chosen)
  if (chosen.size === 0) return null
  const ids = [...chosen]
  const hidden = ids.length - shown.filter(({ id }) => chosen.has(id)).length
  const few = chosen.size < 2 ? 'Choose two runs or more.' : undefined
  const many = chosen.size > mostBeside ? `The first ${mostBeside} in time are put side by side.` : undefined
  return (
    <div className="runs-chosen" role="toolbar" aria-label="Chosen runs">
      <span>
        {formatCount(chosen.size)} chosen{hidden > 0 ? `, ${hidden} of them not shown` : ''}
      </span>
      <button type="button" disabled={few !== undefined} title={few ?? many} onClick={besideChosen}>
        Compare
      </button>
      <button type="button" onClick={() => void markRuns(ids, { star: true })}>
        Star
      </button>
      <ReportMenu ids={ids} />
      <button type="button" className="danger" onClick={() => void removeRuns(ids)}>
        Delete
      </button>
      <button type="button" onClick={() => choose([])}>
        Clear
      </button>
    </div>
  )
}

/** As many as one report takes. */
const mostReported = 500

function ReportMenu({ ids }: { readonly ids: readonly string[] }) {
  const [text, setText] = useState(true)
  const many = ids.length > mostReported
  return (
    <details className="runs-menu">
      <summary>Report</summary>
      <div className="runs-menu-body runs-report">
        <p>One file with summary, set-up, tables, chunk strips and the commands that make the runs again.</p>
        <label className="field check">
          <input type="checkbox" checked={text} onChange={(event) => setText(event.target.checked)} />
          with the text of the passages
        </label>
        {many && <p className="bad">A report takes {mostReported} runs at most.</p>}
        <div className="button-row">
          <button type="button" disabled={many} onClick={() => void reportRuns(ids, { format: 'html', text })}>
            HTML
          </button>
          <button type="button" disabled={many} onClick={() => void reportRuns(ids, { format: 'md', text })}>
            Markdown
          </button>
          <button type="button" disabled={many} onClick={() => void reportRuns(ids, { format: 'pdf', text })}>
            PDF
          </button>
        </div>
      </div>
    </details>
  )
}
