/** A session's body as a page would keep it. */
import type { SessionBody, SessionPlan } from '../../src/shared/session.ts'

export const sessionPlan: SessionPlan = {
  question: 'Which alloy?',
  target: '',
  index: '',
  passages: 2,
  k: 4,
  p: 0.25,
  policy: 'learned',
  seed: 7,
  maxTokens: 4,
  temperature: 0,
  forced: { expand: [], compress: [] },
  prefix: null,
  locked: [],
  pins: [],
}

/** Two steps of undo behind the plan, one ahead, and a snapshot. */
export function sessionBody(
  index = '',
  runs: readonly string[] = [],
  comparisons: readonly string[] = [],
): SessionBody {
  const plan = { ...sessionPlan, index }
  return {
    history: {
      past: [
        { name: 'p 0.25 to 0.5', value: plan },
        { name: 'Force expand #1', value: { ...plan, p: 0.5 } },
      ],
      present: { ...plan, p: 0.5, forced: { expand: [1], compress: [] } },
      future: [{ name: 'k 4 to 8', value: { ...plan, k: 8 } }],
    },
    snapshots: [{ id: 's1', name: 'baseline', made: '2026-11-26T05:00:00.000Z', plan, run: runs[0] ?? null }],
    runs: [...runs],
    comparisons: [...comparisons],
    notes: [],
    view: { screen: 'bench', stage: 'sense', colorBy: 'score', run: runs.at(-1) ?? null },
  }
}
