import { expect, test } from 'vitest'
import { random } from '../../src/shared/random.ts'
import {
  curriculum,
  drawChunks,
  longestAlone,
  stageOf,
  stageSamples,
} from '../../src/main/engine/train/courses/curriculum.ts'

/** Table 8 of the paper, for k = 8. */
const long = [1, 3, 9, 25, 73, 212, 618, 1802, 5259]
const table8: Readonly<Record<number, readonly number[]>> = {
  1: [1333, 445, 148, 49, 16, 6, 2, 1, 0],
  2: [333, 298, 267, 238, 213, 191, 171, 153, 137],
  4: [83, 102, 126, 156, 193, 238, 293, 362, 447],
  8: [20, 35, 61, 106, 185, 324, 565, 985, 1719],
  16: [5, 11, 23, 48, 103, 220, 468, 997, 2125],
  32: [1, 3, 7, 19, 50, 133, 353, 939, 2496],
  64: long,
  128: long,
  256: long,
}

test('for k 8 the curriculum is the Table 8 of the paper, cell for cell', () => {
  const rows = curriculum({ k: 8 }).rows.map((row) => [row.chunks, row.samples])
  expect(rows).toEqual(Object.entries(table8).map(([chunks, samples]) => [Number(chunks), samples]))
})

test.each([
  { k: 16, stages: 5, longest: 4096, total: 9000 },
  { k: 32, stages: 3, longest: 64, total: 300 },
  { k: 8, stages: 1, longest: 8, total: 10 },
])('other sizes give rows up to the longest context that add up to the total: %o', (sizes) => {
  const table = curriculum(sizes)
  expect(table.rows.map((row) => row.chunks * sizes.k).at(-1)).toBe(sizes.longest)
  const total = Array.from({ length: sizes.stages }, (_, stage) => stageSamples(table, stage)).reduce((a, b) => a + b)
  expect(Math.abs(total - sizes.total)).toBeLessThanOrEqual(table.rows.length * sizes.stages)
})

test('the first stage draws single chunks mostly, the last one long contexts', () => {
  const table = curriculum({ k: 8 })
  const draws = random(3)
  const mean = (stage: number): number =>
    Array.from({ length: 400 }, () => drawChunks(draws, table, stage)).reduce((a, b) => a + b, 0) / 400
  expect(mean(0)).toBeLessThan(3)
  expect(mean(8)).toBeGreaterThan(80)
})

test('without a curriculum every step draws the longest context that the curriculum would end with', () => {
  const sizes = { k: 8, stages: 9, longest: 300 }
  const [last] = curriculum(sizes).rows.slice(-1)
  const alone = longestAlone(sizes)
  expect(alone.rows.map(({ chunks }) => chunks)).toEqual([last?.chunks])
  const draws = random(3)
  for (const step of [1, 50, 100]) expect(drawChunks(draws, alone, stageOf(alone, step, 100))).toBe(32)
})

test('sizes that make no curriculum are a fault', () => {
  expect(() => curriculum({ k: 64, longest: 32 })).toThrow(/No curriculum/)
})
