/** What an adapter adds, stretch by stretch, wherever a stretch begins. */
import { expect, test } from 'vitest'
import { openLowRank } from '../../src/main/engine/models/lowRank.ts'
import { drawn, merged } from '../helpers/adapterFolder.ts'

const [a, b] = [drawn([3, 10], 1), drawn([7, 3], 2)]
const at = (name: string, shape: readonly number[]) =>
  ({ name, file: '', dtype: 'F32', shape, offset: 0, bytes: 0 }) as const

test.each([
  { turned: false, shape: [7, 10] },
  { turned: true, shape: [10, 7] },
])('pieces that end within a row make the whole sum, turned: $turned', async ({ turned, shape }) => {
  const base = drawn(shape, 3)
  const pair = { a: at('a', a.shape), b: at('b', b.shape), scale: 0.75, turned }
  const add = await openLowRank(pair, async ({ name }) => (name === 'a' ? a.data : b.data))
  const values = base.data.slice()
  for (let from = 0; from < values.length; from += 13) add(values.subarray(from, from + 13), from)
  expect([...values]).toEqual([...merged(base, a, b, 0.75, turned).data])
})

test('a sum beyond f32 is named', async () => {
  const pair = { a: at('a', a.shape), b: at('b', b.shape), scale: 1e42, turned: false }
  const add = await openLowRank(pair, async ({ name }) => (name === 'a' ? a.data : b.data))
  expect(() => add(new Float32Array(70), 0)).toThrow(/beyond f32/)
})
