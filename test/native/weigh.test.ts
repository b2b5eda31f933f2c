/** Memory of an arm, weighed in a process of its own. */
import { expect, test } from 'vitest'
import { kvBytes } from '../../src/main/engine/bench/footprint.ts'
import { shapeOf } from '../../src/main/engine/bench/shapes.ts'
import { weighArms } from '../../src/main/engine/bench/ttftMemory.ts'
import { TtftInput, type TtftRow } from '../../src/shared/bench.ts'
import { ttftRow } from '../helpers/ttftRow.ts'

const arch = 'hidden=64,layers=24,heads=4,kvHeads=4,feedForward=64,vocabulary=64'
const { decoder: config } = shapeOf(arch).shape
const decoder = { config, batch: 1, block: 512, bytesPerNumber: 4 } as const

test('full context holds the cache of its positions and its peak shows it; REFRAG holds the few it has', async () => {
  const context = 8192
  const input = TtftInput.parse({ arch, contexts: [context], ks: [32], output: 2, cached: 'cached', memory: true })
  const rows = [512, context].map((each) => ttftRow({ context: each, k: 32, fullMs: 2, refragMs: 1 }))
  let weighed: readonly TtftRow[] = []
  for await (const event of weighArms(rows, input, { bundle: null, on: { threads: 1 }, format: 'f32' }))
    if (event.type === 'rows') weighed = event.rows
  const held = (positions: number): number => kvBytes(decoder, positions)
  // Blocks of 256 positions: 512 and 8192, each with 16 of the question and 2 of output; 16 and 256 chunks likewise.
  expect(weighed.map(({ full, refrag }) => [full.memory?.kvBytes, refrag.memory?.kvBytes])).toEqual([
    [held(768), held(256)],
    [held(8448), held(512)],
  ])
  const [, { full, refrag } = rows[1] as TtftRow] = weighed
  const grown = ({ memory }: TtftRow['full']): number => (memory?.peakMiB as number) - (memory?.baseMiB as number)
  // Pages that opening the decoder gave back are used again: the growth may be a little less than what is held.
  expect(grown(full)).toBeGreaterThan((0.8 * held(context)) / 2 ** 20)
  expect(grown(refrag)).toBeLessThan(grown(full) / 2)
})
