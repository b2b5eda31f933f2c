/** Positions with gaps: short sequences that stand as far apart as those of a long one would. */
import type { Random } from '../../../../shared/random.ts'
import { longs } from '../../graph/value.ts'
import type { Batch, BatchShape } from './rows.ts'

/** Most gaps of a row. */
const most = 3

/**
 * A batch whose rows count on from 0 with up to three gaps, at places and of sizes drawn by chance, all below `reach`:
 * what turns by position then learns distances that no sequence of this length has (positional skip-wise training).
 */
export function spreadPositions(
  batch: Batch,
  { batch: rows, length }: BatchShape,
  reach: number,
  random: Random,
): Batch {
  const positions = new Int32Array(rows * length)
  for (let row = 0; row < rows; row++) {
    const gaps = new Int32Array(length)
    let room = Math.max(0, reach - length)
    for (let gap = random.int(0, most); gap > 0; gap--) {
      const wide = random.int(0, room)
      const at = random.int(0, length - 1)
      gaps[at] = (gaps[at] as number) + wide
      room -= wide
    }
    for (let i = 0, at = 0; i < length; i++, at++) positions[row * length + i] = at += gaps[i] as number
  }
  return { ...batch, feeds: { ...batch.feeds, positions: longs([rows, length], positions) } }
}
