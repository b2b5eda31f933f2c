/** Weights held small: the rounding is within its bound, the runtime multiplies by what we packed, and the decoder foretells as before. */
import { expect, test, describe } from 'vitest'
import { decoderGraph, openDecoder } from '../../src/main/engine/expand/decoder.ts'
import { startGraph } from '../../src/main/engine/graph/build.ts'
import { gather, matmul, matmulWith } from '../../src/main/engine/graph/express.ts'
import { bitSizes, dequantise, packedShapes, quantise, type Bits } from '../../src/main/engine/graph/quantise.ts'
import { live, numbers, openSession } from '../../src/main/engine/graph/run.ts'
import { floats, type Tensor } from '../../src/main/engine/graph/value.ts'
import { packedWeights, withFormat } from '../../src/main/engine/nets/quantised.ts'
import { readWhole } from '../../src/main/engine/store/rows.ts'
import { numbersFrom } from '../helpers/numbers.ts'
import { tinyBundle, tinyConfig } from '../helpers/tinyBundle.ts'

const sizes = [
  [64, 48],
  [72, 5],
  [31, 33],
] as const

/** A matrix whose columns differ in size by four orders, as those of networks do. */
function matrixOf(inner: number, outer: number): Tensor {
  const plain = numbersFrom(inner * outer, inner + outer)
  return floats(
    [inner, outer],
    plain.map((value, i) => value * 10 ** ((i % outer) % 4)),
  )
}

function transposed({ shape, data }: Tensor): Tensor {
  const [rows, columns] = shape as readonly [number, number]
  const out = new Float32Array(rows * columns)
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++) out[j * rows + i] = (data as Float32Array)[i * columns + j] as number
  return floats([columns, rows], out)
}

describe.each(bitSizes)('%i bits', (bits) => {
  test.each(sizes)('a %i by %i matrix comes back within half of each scale, whichever way it lies', (inner, outer) => {
    const matrix = matrixOf(inner, outer)
    const packed = quantise(matrix, bits, false)
    expect(packed).toEqual(quantise(transposed(matrix), bits, true))
    expect(packed.integers.shape).toEqual(packedShapes(inner, outer, bits).integers)
    const back = dequantise(packed, inner, bits)
    const blocks = packed.scales.shape[1] as number
    let moved = 0
    for (let i = 0; i < inner; i++)
      for (let column = 0; column < outer; column++) {
        const scale = (packed.scales.data as Float32Array)[column * blocks + Math.floor(i / 32)] as number
        const gap = Math.abs(
          ((back.data as Float32Array)[i * outer + column] as number) -
            ((matrix.data as Float32Array)[i * outer + column] as number),
        )
        expect(gap).toBeLessThanOrEqual(scale * 0.5001)
        if (gap > 0) moved++
      }
    expect(moved).toBeGreaterThan(inner * outer * 0.5)
  })

  test('constant and empty blocks keep their numbers', () => {
    const matrix = floats(
      [32, 3],
      Float32Array.from({ length: 96 }, (_, i) => [0, 2.5, -2.5][i % 3] as number),
    )
    expect([...(dequantise(quantise(matrix, bits, false), 32, bits).data as Float32Array)]).toEqual(
      [...(matrix.data as Float32Array)].map((value) => expect.closeTo(value, 5)),
    )
  })
})

/** Rows times the packed matrix by the runtime, summed as `accuracy` says. */
async function product(rows: Tensor, matrix: Tensor, bits: Bits, accuracy: number): Promise<Float32Array> {
  const [K, N] = matrix.shape as readonly [number, number]
  const shapes = packedShapes(K, N, bits)
  const g = startGraph('product')
  const x = g.input('x', 'float32', rows.shape)
  const from = [
    g.param('integers', shapes.integers, 'uint8'),
    g.param('scales', shapes.scales),
    g.param('zeros', shapes.zeros, 'uint8'),
  ]
  g.output('y', g.add('MatMulNBits', [x, ...from], { K, N, bits, block_size: 32, accuracy_level: accuracy }))
  const session = await openSession(g.finish(), new Map(Object.entries(quantise(matrix, bits, false))), { threads: 1 })
  const y = numbers((await session.run({ x: live(rows) })).y).slice()
  await session.close()
  return y
}

async function plainProduct(rows: Tensor, matrix: Tensor): Promise<Float32Array> {
  const g = startGraph('plain')
  g.output('y', matmul(g, g.input('x', 'float32', rows.shape), g.input('w', 'float32', matrix.shape)))
  const session = await openSession(g.finish(), undefined, { threads: 1 })
  const y = numbers((await session.run({ x: live(rows), w: live(matrix) })).y).slice()
  await session.close()
  return y
}

const gapOf = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((worst, value, i) => Math.max(worst, Math.abs(value - (b[i] as number))), 0)

test.each(
  bitSizes.flatMap((bits) => [1, 4].flatMap((accuracy) => [1, 7].map((count) => [bits, accuracy, count] as const))),
)(
  'the runtime multiplies by the very matrix we packed: %i bits, accuracy level %i, %i rows',
  async (bits, accuracy, count) => {
    const matrix = floats([96, 40], numbersFrom(96 * 40, 5))
    const rows = floats([count, 96], numbersFrom(count * 96, 6))
    const read = dequantise(quantise(matrix, bits, false), 96, bits)
    const expected = await plainProduct(rows, read)
    const found = await product(rows, matrix, bits, accuracy)
    found.forEach((value, at) => {
      const allowed = accuracy === 1 ? 1e-5 : roundingOf(rows, read, Math.floor(at / 40), at % 40)
      expect(Math.abs(value - (expected[at] as number))).toBeLessThanOrEqual(allowed)
    })
    // Rounding shows where it is said to be.
    if (accuracy === 4) expect(gapOf(found, expected)).toBeGreaterThan(1e-5)
  },
)

/** How far rounding a row to 8 bits by blocks, each number by half a step at most, can move its product with a column. */
function roundingOf(rows: Tensor, matrix: Tensor, row: number, column: number): number {
  const x = (rows.data as Float32Array).subarray(row * 96, (row + 1) * 96)
  let sum = 1e-5
  for (let i = 0; i < 96; i++) {
    const from = Math.floor(i / 32) * 32
    const step = Math.max(...x.subarray(from, from + 32).map(Math.abs)) / 127
    sum += (step / 2) * Math.abs((matrix.data as Float32Array)[i * 40 + column] as number)
  }
  return sum
}

describe('a network under a format', () => {
  test('holds the matrices that it multiplies by, and no other', () => {
    const g = withFormat(startGraph('two uses'), 'int4')
    const x = g.input('x', 'float32', ['n', 32])
    const table = g.param('decoder.positions', [64, 32])
    g.output('looked up', gather(g, table, g.input('ids', 'int64', ['n'])))
    g.output('product', matmul(g, x, g.param('decoder.layers.0.attention.out', [32, 32])))
    g.output('logits', matmulWith(g, x, g.param('decoder.embedding', [64, 32]), { transB: true }))
    g.output('other', matmul(g, x, g.param('encoder.out', [32, 32])))
    expect(g.finish().params.map(({ name, dtype }) => `${name} ${dtype}`)).toEqual([
      'decoder.positions float32',
      'decoder.layers.0.attention.out.int4.integers uint8',
      'decoder.layers.0.attention.out.int4.scales float32',
      'decoder.layers.0.attention.out.int4.zeros uint8',
      'decoder.embedding.int8.rows.integers uint8',
      'decoder.embedding.int8.rows.scales float32',
      'decoder.embedding.int8.rows.zeros uint8',
      'encoder.out float32',
    ])
  })

  test('f32 is the graph that it was', () => {
    const { nodes, params } = decoderGraph(tinyConfig.decoder, 1, 'f32')
    expect(nodes.some(({ op }) => op === 'MatMulNBits')).toBe(false)
    expect(params.every(({ dtype }) => dtype === 'float32')).toBe(true)
    expect(nodes.length).toBe(decoderGraph(tinyConfig.decoder).nodes.length)
  })

  test('packed weights that are there already stay', () => {
    const graph = decoderGraph(tinyConfig.decoder, 1, 'int8')
    const name = 'decoder.layers.0.attention.out.int8.integers'
    const own: Tensor = { dtype: 'uint8', shape: [32, 1, 32], data: new Uint8Array(1024) }
    expect(packedWeights(graph, new Map([[name, own]]), readWhole).get(name)).toBe(own)
  })
})

test('the decoder’s logits under int8 and int4 are near those of f32, prefill and steps alike, in a tenth of the room', async () => {
  const { weights } = await tinyBundle()
  const config = tinyConfig.decoder
  const rows = numbersFrom(40 * config.hidden, 3)
  const logits = new Map<string, Float32Array>()
  for (const format of ['f32', 'int8', 'int4'] as const) {
    const decoder = await openDecoder(config, weights, { threads: 1, format })
    decoder.reserve(40)
    await decoder.feed(rows.subarray(0, 39 * config.hidden), 'none')
    logits.set(format, (await decoder.feed(rows.subarray(39 * config.hidden), 'last')).slice())
    await decoder.close()
  }
  const f32 = logits.get('f32')!
  const spread = Math.sqrt(f32.reduce((sum, value) => sum + value ** 2, 0) / f32.length)
  const off = (format: string): number => gapOf(logits.get(format)!, f32) / spread
  expect(off('int8')).toBeGreaterThan(0)
  expect(off('int8')).toBeLessThan(0.1)
  expect(off('int4')).toBeGreaterThan(off('int8'))
  expect(off('int4')).toBeLessThan(1)
})
