import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openDecoder, type Decoder } from '../../src/main/engine/expand/decoder.ts'
import { logProbOf, scoreTargets } from '../../src/main/engine/expand/session.ts'
import { startGraph } from '../../src/main/engine/graph/build.ts'
import { live, numbers, openSession } from '../../src/main/engine/graph/run.ts'
import { floats } from '../../src/main/engine/graph/value.ts'
import { batchAttention } from '../../src/main/engine/nets/attention.ts'
import { decoder as decoderNet, logits as logitsNet } from '../../src/main/engine/nets/decoder.ts'
import { numbersFrom } from '../helpers/numbers.ts'
import { tinyBundle, tinyConfig } from '../helpers/tinyBundle.ts'

const config = tinyConfig.decoder
const bundle = await tinyBundle()

/** Largest difference of two rows of numbers. */
function gap(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length)
  return Array.from(a).reduce((worst, value, i) => Math.max(worst, Math.abs(value - (b[i] as number))), 0)
}

/** Logits of all positions by the graph that training runs: plain operators, no cache. */
async function trainingForward(rows: Float32Array): Promise<Float32Array> {
  const length = rows.length / config.hidden
  const g = startGraph('training forward')
  const input = g.input('rows', 'float32', [length, config.hidden])
  g.output('logits', logitsNet(g, config, decoderNet(g, config, input, batchAttention(g, config, 1, length))))
  const graph = g.finish()
  const session = await openSession(
    graph,
    new Map(graph.params.map((param) => [param.name, bundle.weights.get(param.name)!])),
    { threads: 1 },
  )
  const result = numbers((await session.run({ rows: live(floats([length, config.hidden], rows)) })).logits)
  await session.close()
  return result
}

describe('the decoder gives the same logits however it is run', () => {
  const length = 900
  const rows = numbersFrom(length * config.hidden, 3)
  let decoder: Decoder
  let whole: Float32Array
  beforeAll(async () => {
    decoder = await openDecoder(config, bundle.weights, { threads: 1 })
    whole = await trainingForward(rows)
  })
  afterAll(() => decoder.close())

  const last = (count: number): Float32Array =>
    whole.subarray((count - 1) * config.vocabulary, count * config.vocabulary)

  test('a prefill of several blocks equals one whole forward of the training graph', async () => {
    decoder.reserve(length)
    decoder.rewind(0)
    expect(gap(await decoder.feed(rows, 'all'), whole)).toBeLessThan(2e-4)
  })

  test('prefill plus single steps equals one forward, at every step', async () => {
    decoder.rewind(0)
    const start = 40
    expect(gap(await decoder.feed(rows.subarray(0, start * config.hidden), 'last'), last(start))).toBeLessThan(2e-4)
    for (let at = start; at < start + 12; at++) {
      const step = await decoder.feed(rows.subarray(at * config.hidden, (at + 1) * config.hidden), 'last')
      expect(gap(step, last(at + 1))).toBeLessThan(2e-4)
    }
  })

  test('a rewound cache that is fed on equals a fresh one', async () => {
    decoder.rewind(0)
    await decoder.feed(numbersFrom(60 * config.hidden, 9), 'none')
    decoder.rewind(0)
    await decoder.feed(rows.subarray(0, 30 * config.hidden), 'none')
    await decoder.feed(numbersFrom(20 * config.hidden, 8), 'none')
    decoder.rewind(30)
    const on = await decoder.feed(rows.subarray(30 * config.hidden, 50 * config.hidden), 'last')
    expect(gap(on, last(50))).toBeLessThan(2e-4)
  })

  test('scoring a target leaves the cache as it was and gives proper log-probabilities', async () => {
    decoder.rewind(0)
    const prompt = await decoder.feed(rows.subarray(0, 10 * config.hidden), 'last')
    const one = []
    for (let id = 0; id < config.vocabulary; id++) one.push(...(await scoreTargets(decoder, prompt, [id])))
    expect(one.reduce((sum, logProb) => sum + Math.exp(logProb), 0)).toBeCloseTo(1, 5)
    const [first, second] = await scoreTargets(decoder, prompt, [7, 11])
    const again = await scoreTargets(decoder, prompt, [7, 11])
    expect(again).toEqual([first, second])
    expect(decoder.length()).toBe(10)
    // Each target is scored by the logits of all that stands before it, the targets before it included.
    const seventh = decoder.embedding.subarray(7 * config.hidden, 8 * config.hidden)
    const after = await decoder.feed(seventh, 'last')
    expect([first, second]).toEqual([logProbOf(prompt, 7), expect.closeTo(logProbOf(after, 11), 4)])
  })

  test('an aborted prefill throws and the decoder still works', async () => {
    decoder.rewind(0)
    const stop = new AbortController()
    const feeding = decoder.feed(rows, 'last', stop.signal)
    setImmediate(() => stop.abort())
    await expect(feeding).rejects.toThrow(/abort/i)
    decoder.rewind(0)
    expect(gap(await decoder.feed(rows.subarray(0, 8 * config.hidden), 'last'), last(8))).toBeLessThan(2e-4)
  })
})

describe('what a block costs follows what it computes, not the room in the cache', () => {
  const cacheBytes = 2 * config.layers * config.kvHeads * config.headDim * config.window * 4

  test('steps take no memory beside the cache that is written in place', async () => {
    const decoder = await openDecoder(config, bundle.weights, { threads: 1 })
    decoder.reserve(config.window)
    const row = numbersFrom(config.hidden, 5)
    await decoder.feed(row, 'last')
    const before = process.memoryUsage().arrayBuffers
    for (let step = 0; step < 4; step++) await decoder.feed(row, 'last')
    // A copy of every result would be four caches; what is left is logits.
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(cacheBytes / 8)
    await decoder.close()
  })

  test('a small room and a large one give the very same logits', async () => {
    const rows = numbersFrom(40 * config.hidden, 6)
    const both = []
    for (const room of [40, config.window]) {
      const decoder = await openDecoder(config, bundle.weights, { threads: 1 })
      decoder.reserve(room)
      both.push(await decoder.feed(rows, 'all'))
      await decoder.close()
    }
    expect(both[1]).toEqual(both[0])
  })
})

describe('a session that fills', () => {
  const g = startGraph('doubled')
  const x = g.input('x', 'float32', ['n'])
  g.output('twice', g.add('Add', [x, x], {}))
  const graph = g.finish()
  const fed = { x: live(floats([3], [1, 2, 3])) }

  test('writes into the buffers it is given, and runs as others do too', async () => {
    const session = await openSession(graph, undefined, { fills: true })
    const out = new Float32Array(3)
    await session.fill(fed, { twice: live(floats([3], out)) })
    expect([...out]).toEqual([2, 4, 6])
    expect(session.outputs).toEqual(['twice'])
    expect([...numbers((await session.run(fed)).twice)]).toEqual([2, 4, 6])
    await session.close()
  })

  test("tells the runtime's own errors", async () => {
    const session = await openSession(graph, undefined, { fills: true })
    const small = { twice: live(floats([2], new Float32Array(2))) }
    await expect(session.fill(fed, small)).rejects.toMatchObject({ code: 'internal' })
    await session.close()
  })

  test('is one that was opened for it', async () => {
    const session = await openSession(graph)
    await expect(session.fill(fed, {})).rejects.toThrow(/not opened to fill/)
    await session.close()
  })
})

test('more positions than the window is a fault that names both', async () => {
  const decoder = await openDecoder(config, bundle.weights, { threads: 1 })
  expect(() => decoder.reserve(config.window + 1)).toThrow(/1025 positions .* window of 1024/)
  await decoder.close()
})

test('sequences of a batch have the logits that each has alone, prefilled and step by step', async () => {
  const { hidden, vocabulary } = config
  const length = 700
  const sequences = [3, 4, 5].map((seed) => numbersFrom((length + 2) * hidden, seed))
  const part = (from: number, to: number): readonly Float32Array[] =>
    sequences.map((rows) => rows.subarray(from * hidden, to * hidden))
  const joined = (parts: readonly Float32Array[]): Float32Array => Float32Array.from(parts.flatMap((rows) => [...rows]))
  const cuts = [
    [0, length],
    [length, length + 1],
    [length + 1, length + 2],
  ] as const
  const alone = await openDecoder(config, bundle.weights, { threads: 1 })
  const expected: Float32Array[][] = []
  for (const rows of sequences) {
    alone.reserve(length + 2)
    alone.rewind(0)
    const own: Float32Array[] = []
    for (const [from, to] of cuts) own.push(await alone.feed(rows.subarray(from * hidden, to * hidden), 'last'))
    expected.push(own)
  }
  await alone.close()
  const together = await openDecoder(config, bundle.weights, { threads: 1, batch: 3 })
  together.reserve(length + 2)
  for (const [step, [from, to]] of cuts.entries()) {
    const found = await together.feed(joined(part(from, to)), 'last')
    for (const [i, own] of expected.entries())
      expect(gap(found.subarray(i * vocabulary, (i + 1) * vocabulary), own[step] as Float32Array)).toBeLessThan(1e-4)
  }
  expect(together.length()).toBe(length + 2)
  expect(gap(expected[0]?.[0] as Float32Array, expected[1]?.[0] as Float32Array)).toBeGreaterThan(0.01)
  // Keys and values of three sequences over 768 positions.
  const numbers = 2 * config.layers * config.kvHeads * config.headDim * 768 * 3
  expect(together.cacheBytes()).toBe(4 * numbers)
  await together.close()
})
