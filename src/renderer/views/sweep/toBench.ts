/** A cell's plan on the bench, with one of its cases: the run behind the number. */
import type { SweepCell } from '../../../shared/sweep.ts'
import { run } from '../../state/ask.ts'
import { corpus } from '../../state/corpus.ts'
import { engine } from '../../state/engine.ts'
import { setCase } from '../../state/plan.ts'
import { showScreen } from '../../state/view.ts'
import type { Standing } from './cases.ts'
import { planName } from './cases.ts'

/** Why the bench cannot run what a cell ran; null where it can. */
export function whyNotBench({ info }: Standing, cell: SweepCell): string | null {
  if (cell.cases.length === 0) return 'It has no case to ask.'
  if (cell.retriever === 'weak') return 'The bench retrieves the nearest passages, this cell drew others at random.'
  if (engine.getState().health?.bundle.hash !== cell.bundle)
    return 'It was measured with another bundle than the loaded one.'
  const known = corpus.getState().indexes?.some(({ path }) => path === info.index.path) ?? false
  return known ? null : 'Its index is not among those of this workbench.'
}

/** Takes the plan of a cell to the bench and asks its case at `which`. */
export function toBench({ info }: Standing, cell: SweepCell, which: number): void {
  const { k, p, policy, passages } = cell
  const asked = cell.cases[which]
  if (asked === undefined) return
  const plan = { p, policy, passages, seed: info.input.seed + which, ...(k === null ? {} : { k }) }
  const { question, gold: target } = asked
  setCase(`Take ${planName(cell)} from ${info.id}`, {
    question,
    target,
    index: info.index.path,
    temperature: 0,
    decoder: info.input.decoder ?? null,
    ...plan,
  })
  showScreen('bench')
  void run()
}
