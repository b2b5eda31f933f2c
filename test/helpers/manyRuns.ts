/** Kept runs that differ, made from a seed: for the runs table at its full length. */
import { openRuns } from '../../src/main/engine/store/runs.ts'
import { policyNames } from '../../src/shared/plan.ts'
import { random } from '../../src/shared/random.ts'
import type { Run } from '../../src/shared/run.ts'
import { run } from '../page/sample.ts'

const questions = [
  'Which river runs past Kardova?',
  'Who founded the mill at Orlo?',
  'When was the bridge at Tarn opened?',
]

/** Keeps `count` runs in `home`, a minute apart, ids `run-0` on. */
export function keepManyRuns(home: string, count: number, seed: number): void {
  const draw = random(seed)
  const pick = <T>(from: readonly T[]): T => from[draw.int(0, from.length - 1)] as T
  const runs = openRuns(home, () => {})
  for (let at = 0; at < count; at++) {
    const k = pick([8, 16, 32])
    const right = draw.int(0, 2) > 0
    const ttftMs = 20 + k + draw.int(0, 400) / 10
    const made: Run = {
      ...run,
      id: `run-${at}`,
      plan: { ...run.plan, question: pick(questions), k, p: pick([0, 0.1, 0.25, 0.5]), policy: pick(policyNames) },
      answer: right ? ' the Selm' : ' in 1741',
      timings: { ...run.timings, ttftMs },
      quality: { logPerplexity: draw.int(1, 300) / 100, exactMatch: right, f1: right ? 1 : 0 },
      manifest: { ...run.manifest, time: new Date(Date.UTC(2026, 9, 1) + at * 60_000).toISOString() },
    }
    runs.save(made)
  }
  runs.close()
}
