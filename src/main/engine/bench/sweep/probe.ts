/** What a sweep would ask, and about how long an ask takes: its first case under the two ends of the grid. */
import type { SweepInput, SweepProbe } from '../../../../shared/sweep.ts'
import { checkK } from '../../compress/passages.ts'
import { median } from '../../measure/statistics.ts'
import type { Parts } from '../../parts.ts'
import { askOne } from '../qa.ts'
import { retrieveAll } from '../qaPassages.ts'
import { openSets, type Desk } from './run.ts'

/** Timed after the first, which warms up. */
const rounds = 3

/** Asks on the loaded bundle; a full context that does not fit is taken to cost as much as one all compressed. Faults as a sweep. */
export async function probeSweep(
  parts: Parts,
  input: Omit<SweepInput, 'out'>,
  desk: Pick<Desk, 'useIndex' | 'take' | 'signal' | 'elsewhere'>,
): Promise<SweepProbe> {
  for (const k of input.ks) checkK(k, parts.config.ks)
  const sets = await openSets(input)
  const cases = sets.reduce((sum, set) => sum + set.cases, 0)
  const question = sets[0]?.questions[0]
  const retriever = input.retrievers[0]
  if (!question || !retriever) throw new Error('internal: a sweep of no question')
  const passages = Math.max(...input.passages)
  const reading = await desk.useIndex(input.index, ({ retrieve }) =>
    retrieveAll({ ...input, retrievers: [retriever], passages: [passages] }, [question], retrieve),
  )
  const elsewhere = input.decoder === undefined ? null : await desk.elsewhere(input.decoder)
  const at = { retriever, passages, k: Math.min(...input.ks) }
  const asked = { question, passages: reading(at, 0), index: input.index, seed: input.seed, elsewhere }
  const release = await desk.take(desk.signal)
  const found = { full: [] as number[], compressed: [] as number[], first: [] as number[] }
  try {
    for (let round = 0; round <= rounds; round++) {
      const full = await askOne(parts, { ...at, p: 1, policy: 'all' }, asked, desk.signal).catch((error: unknown) => {
        desk.signal?.throwIfAborted()
        if (round === 0) return null
        throw error
      })
      const compressed = await askOne(parts, { ...at, p: 0, policy: 'none' }, asked, desk.signal)
      if (round === 0 && full !== null) continue
      found.full.push((full ?? compressed).timings.totalMs)
      found.first.push((full ?? compressed).timings.ttftMs)
      found.compressed.push(compressed.timings.totalMs)
      if (full === null) break
    }
  } finally {
    release()
  }
  return {
    cases,
    fullMs: median(found.full),
    compressedMs: median(found.compressed),
    firstMs: median(found.first),
  }
}
