import { expect, test } from 'vitest'
import { encodeOperations, prefillOperations } from '../../src/main/engine/bench/arch.ts'
import { randomShapes, shapeOf } from '../../src/main/engine/bench/shapes.ts'
import { decoderParams } from '../../src/main/engine/nets/decoder.ts'
import { count } from '../../src/main/engine/graph/value.ts'

test('a shape is found by its names and by its sizes', () => {
  const byName = shapeOf('135m')
  expect(byName).toEqual({ name: 'random-llama-135m', shape: randomShapes['random-llama-135m'] })
  expect(shapeOf('llama-135m')).toEqual(byName)
  expect(shapeOf('hidden=576,layers=30,heads=9,kvHeads=3,feedForward=1536,vocabulary=49152').shape).toEqual(
    byName.shape,
  )
})

test.each([
  ['llama-3.2-1b', 1_235_814_400],
  ['llama-3.2-3b', 3_212_749_824],
  ['qwen2.5-0.5b', 494_032_768],
  ['qwen3-0.6b', 596_049_920],
  ['qwen3-1.7b', 1_720_574_976],
])('%s has as many parameters as the model that it is named after', (name, parameters) => {
  const { name: full, shape } = shapeOf(name)
  expect(full).toBe(`random-${name}`)
  const sum = decoderParams(shape.decoder).reduce((all, param) => all + count(param.shape as readonly number[]), 0)
  expect(sum).toBe(parameters)
})

test.each(['gpt-5', 'hidden=576', 'hidden=570,layers=2,heads=9,kvHeads=2,feedForward=10,vocabulary=10', ''])(
  '%j is no shape, and the remedy lists them',
  (name) => {
    expect(() => shapeOf(name)).toThrow(
      expect.objectContaining({ code: 'bad-input', remedy: expect.stringContaining('random-llama-135m') }),
    )
  },
)

test('operations are counted as by hand on a small decoder', () => {
  const decoder = {
    vocabulary: 10,
    hidden: 4,
    layers: 1,
    heads: 2,
    kvHeads: 1,
    headDim: 2,
    feedForward: 6,
    epsilon: 1e-5,
    ropeTheta: 1,
    window: 8,
  }
  // Matrices: 4x(2+2)x2 + 4x4 + 3x4x6 = 120 a position; attention over 1, 2, 3 positions: 2x4x6 in all; one row of logits: 40.
  expect(prefillOperations(decoder, 3)).toBe(2 * (3 * 120 + 2 * 4 * 6 + 40))
  const encoder = { vocabulary: 10, hidden: 4, layers: 1, heads: 2, feedForward: 8, queries: 2, maxK: 4, epsilon: 1e-5 }
  // A token: 64 + 64 + 16 in the layer, 32 in the pool; a chunk: 32 pooled, 8x6 + 36 projected.
  expect(encodeOperations(encoder, 6, 5, 2)).toBe(2 * 5 * (2 * (64 + 64 + 16 + 32) + 32 + 48 + 36))
})
