import { describe, expect, test } from 'vitest'
import { startGraph, type Builder } from '../../src/main/engine/graph/build.ts'
import { gradient } from '../../src/main/engine/graph/gradient.ts'
import { live, numbers, openSession } from '../../src/main/engine/graph/run.ts'
import { rules } from '../../src/main/engine/graph/rules.ts'
import type { OpName } from '../../src/main/engine/graph/ops.ts'
import { count, floats, longs, sizes, type Tensor, type Value } from '../../src/main/engine/graph/value.ts'
import { samples, type Sample } from '../helpers/gradientSamples.ts'
import { numbersFrom } from '../helpers/numbers.ts'

/** A loss with another weight on every element, so that no error can hide in a sum. */
function lossOf(g: Builder, results: readonly Value[]): Value {
  const weighted = results.map((value) => {
    const weights = g.constant(floats(sizes(value), numbersFrom(count(sizes(value)), 11)))
    return g.add('ReduceSum', [g.add('Mul', [value, weights], {})], { axes: value.shape.map((_, i) => i), keepdims: 0 })
  })
  return weighted.reduce((a, b) => g.add('Add', [a, b], {}))
}

async function largestError(sample: Sample): Promise<number> {
  const g = startGraph('sample')
  const weights = sample.shapes.map((shape, i) => g.param(`w${i}`, shape))
  const loss = lossOf(g, sample.make(g, weights))
  const back = gradient(g, loss, weights)
  g.output('loss', loss)
  back.forEach((value, i) => g.output(`d${i}`, value))
  const session = await openSession(g.finish())
  const data: Tensor[] = sample.shapes.map((shape, i) => {
    const values = numbersFrom(count(shape), 5 + i)
    if (sample.spaced)
      return floats(
        shape,
        values.map((v) => Math.round(v * 8) / 8 + i * 0.03),
      )
    return floats(shape, sample.positive ? values.map((v) => Math.abs(v) + 0.5) : values)
  })
  const run = () => session.run(Object.fromEntries(data.map((tensor, i) => [`w${i}`, live(tensor)])))
  const analytic = await run()
  let worst = 0
  const step = 1 / 256
  for (const [i, tensor] of data.entries()) {
    const d = numbers(analytic[`d${i}`])
    expect(d.length).toBe(tensor.data.length)
    for (let j = 0; j < d.length; j++) {
      const kept = Number(tensor.data[j])
      const moved: number[] = []
      for (const by of [2 * step, step, -step, -2 * step]) {
        tensor.data[j] = kept + by
        moved.push(numbers((await run()).loss)[0] as number)
      }
      tensor.data[j] = kept
      const [up2, up, down, down2] = moved as [number, number, number, number]
      // The five-point formula: its error is far below float32's own.
      const measured = (8 * (up - down) - (up2 - down2)) / (12 * step)
      worst = Math.max(worst, Math.abs(measured - (d[j] as number)) / (1 + Math.abs(measured)))
    }
  }
  await session.close()
  return worst
}

describe('every gradient rule agrees with finite differences', () => {
  for (const op of Object.keys(rules) as OpName[]) {
    test(op, async () => {
      const own = samples[op]
      expect(own, `${op} has a rule but no sample`).toBeDefined()
      for (const sample of own ?? []) expect(await largestError(sample)).toBeLessThan(3e-3)
    })
  }
})

test('an operator without a rule names itself', () => {
  const g = startGraph('sample')
  const w = g.param('w', [2, 2])
  const loss = g.add(
    'ReduceSum',
    [g.add('ScatterElements', [w, g.constant(longs([2, 2], [0, 1, 1, 0])), w], { axis: 0, reduction: 'none' })],
    { axes: [0, 1], keepdims: 0 },
  )
  expect(() => gradient(g, loss, [w])).toThrow(/no gradient rule for ScatterElements/)
})

test('a value the loss does not depend on gets zeros', async () => {
  const g = startGraph('sample')
  const [a, b] = [g.param('a', [2]), g.param('b', [3])]
  const loss = g.add('ReduceSum', [g.add('Mul', [a, a], {})], { axes: [0], keepdims: 0 })
  const [, dB] = gradient(g, loss, [a, b])
  g.output('dB', dB as Value)
  const session = await openSession(g.finish())
  const result = await session.run({ a: live(floats([2], [1, 2])), b: live(floats([3], [1, 2, 3])) })
  expect([...numbers(result.dB)]).toEqual([0, 0, 0])
  await session.close()
})

test('rows gathered many times get every share of the gradient, on two threads as on one', async () => {
  // ScatterND lost updates here: 4,000 rows from a table of three.
  const g = startGraph('sample')
  const [rows, width] = [4000, 64]
  const table = g.param('table', [3, width])
  const at = g.constant(
    longs(
      [rows],
      Array.from({ length: rows }, (_, i) => i % 3),
    ),
  )
  const loss = g.add('ReduceSum', [g.add('Gather', [table, at], { axis: 0 })], { axes: [0, 1], keepdims: 0 })
  g.output('d', gradient(g, loss, [table])[0] as Value)
  const session = await openSession(g.finish(), undefined, { threads: 2 })
  for (let round = 0; round < 20; round++) {
    const d = numbers((await session.run({ table: live(floats([3, width], new Float32Array(3 * width))) })).d)
    expect([d[0], d[width], d[2 * width]]).toEqual([1334, 1333, 1333])
  }
  await session.close()
})
