/** What can be done with the runs that are chosen. */
import { useStore } from 'zustand'
import type { RunSummary } from '../../../shared/runs.ts'
import { formatCount } from '../../parts/format.ts'
import { openReport } from '../../state/report.ts'
import { besideChosen, choose, markRuns, mostBeside, removeRuns, runs } from '../../state/runs.ts'
import { TagMenu } from './TagMenu.tsx'

export function Chosen({ shown }: { readonly shown: readonly RunSummary[] }) {
  const chosen = useStore(runs, (state) => state.chosen)
  if (chosen.size === 0)
    return (
      <button type="button" onClick={() => openReport({})}>
        Report
      </button>
    )
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
      <TagMenu ids={ids} />
      <button type="button" onClick={() => openReport({ runs: ids })}>
        Report
      </button>
      <button type="button" className="danger" onClick={() => void removeRuns(ids)}>
        Delete
      </button>
      <button type="button" onClick={() => choose([])}>
        Clear
      </button>
    </div>
  )
}
