/** What the panes of the compare screen look at: the comparison, whose runs go by which letters, and whether it is stale. */
import { useStore } from 'zustand'
import { letterOf, type ComparisonView } from '../../../shared/comparison.ts'
import type { Run } from '../../../shared/run.ts'
import { columns } from '../../state/columns.ts'
import { isShown } from '../../state/comparing.ts'
import { comparisons } from '../../state/comparisons.ts'
import { engine } from '../../state/engine.ts'

export type Side = { readonly letter: string; readonly run: Run; readonly isBaseline: boolean }

/** The runs of a comparison with their letters, in its order. */
export function sidesOf({ comparison, runs }: ComparisonView): readonly Side[] {
  return runs.map((run) => ({
    run,
    letter: letterOf(comparison.runs.indexOf(run.id)),
    isBaseline: run.id === comparison.baseline,
  }))
}

/** The letter of the baseline. */
export function baseLetter({ comparison }: ComparisonView): string {
  return letterOf(comparison.runs.indexOf(comparison.baseline))
}

/** Stale where a plan was changed since its run, and while the engine is away. */
export function useStale(): boolean {
  const all = useStore(columns, (state) => state.columns)
  const shown = useStore(comparisons, (state) => state.shown)
  const gone = useStore(engine, (state) => state.status.state === 'gone')
  return shown !== null && (gone || !isShown(shown, all))
}
