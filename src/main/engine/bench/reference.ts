/** A decoder compared with the reference that lies beside it, in each of the ways that it can be run. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { Fault } from '../../../shared/fault.ts'
import type { ReferenceWay } from '../../../shared/models.ts'
import { breathe } from '../expand/flow.ts'
import { openDecoder, type Decoder } from '../expand/decoder.ts'
import { logProbOf } from '../expand/session.ts'
import { startGraph } from '../graph/build.ts'
import { gather } from '../graph/express.ts'
import { live, numbers, openSession } from '../graph/run.ts'
import { longs, type BoundWeights } from '../graph/value.ts'
import { batchAttention } from '../nets/attention.ts'
import type { DecoderConfig } from '../nets/config.ts'
import { decoder as decoderNet, logits as logitsNet, tokenTable } from '../nets/decoder.ts'

const ids = z.array(z.number().int().min(0)).min(1)
const Row = z.array(z.number())

/** What another program found: logits of the last positions, the greedy continuation of the first `from` ids, mean NLL. */
export type Reference = {
  readonly inputIds: readonly number[]
  readonly lastLogits: readonly (readonly number[])[]
  readonly greedy: readonly number[]
  readonly from: number
  readonly meanNll: number | null
}

const File = z.looseObject({
  inputIds: ids,
  lastLogits: z.union([Row, z.array(Row)]),
  meanNll: z.number().optional(),
})

/** Reads reference.json of a folder; null where there is none. Fault bad-record for one of another form. */
export async function readReference(folder: string): Promise<Reference | null> {
  const text = await readFile(join(folder, 'reference.json'), 'utf8').catch(() => null)
  if (text === null) return null
  try {
    const file = File.parse(JSON.parse(text))
    const key = Object.keys(file).find((name) => /^greedy(From\d+)?$/.test(name))
    const { inputIds, lastLogits, meanNll } = file
    return {
      inputIds,
      lastLogits: Array.isArray(lastLogits[0]) ? (lastLogits as number[][]) : [lastLogits as number[]],
      greedy: key === undefined ? [] : ids.parse(file[key]),
      from: key === undefined || key === 'greedy' ? inputIds.length : Number(key.slice('greedyFrom'.length)),
      meanNll: meanNll ?? null,
    }
  } catch (error) {
    throw new Fault('bad-record', `${join(folder, 'reference.json')} is not of the form that is compared with.`, {
      remedy: 'It holds inputIds, lastLogits, greedy or greedyFromN, and meanNll.',
      cause: error,
    })
  }
}

/** A way to run a decoder on token ids. */
type Way = {
  /** Logits [ids, vocabulary] of all ids. */
  readonly all: (ids: readonly number[]) => Promise<Float32Array>
  /** The `count` likeliest tokens that follow. */
  readonly greedy: Greedy | null
}
type Greedy = (ids: readonly number[], count: number) => Promise<number[]>

/**
 * Past what dynamic scaling leaves alone, a key is turned by how many positions there were when it was made: decoding by steps and
 * running the whole anew are then two different things, and a reference's continuation is of the first, its logits of the second.
 */
function withoutGreedy(way: Way): Way {
  return { ...way, greedy: null }
}

/** Compares in every way, each as soon as it is done. */
export async function* compareWithReference(
  config: DecoderConfig,
  weights: BoundWeights,
  reference: Reference,
  options: { readonly threads?: number; readonly signal?: AbortSignal },
): AsyncGenerator<ReferenceWay> {
  const { signal, ...run } = options
  checkReference(config, reference)
  const { inputIds, from, greedy } = reference
  const length = Math.max(inputIds.length, from + greedy.length)
  const moving = config.rope?.type === 'dynamic' && length > config.rope.trained
  const full = await openFull(config, weights, moving ? inputIds.length : length, run)
  try {
    yield await compare('full forward', moving ? withoutGreedy(full) : full, config, reference, signal)
  } finally {
    await full.close()
  }
  const decoder = await openDecoder(config, weights, run)
  try {
    decoder.reserve(length)
    const [steps, rows] = [stepping(decoder, moving, signal), embedded(decoder, signal)]
    yield await compare('prefill and steps', steps, config, reference, signal)
    yield await compare('embeddings', moving ? withoutGreedy(rows) : rows, config, reference, signal)
  } finally {
    await decoder.close()
  }
}

function checkReference(
  { vocabulary, window }: DecoderConfig,
  { inputIds, lastLogits, greedy, from }: Reference,
): void {
  const wrong = (what: string): Fault =>
    new Fault('bad-record', `reference.json: ${what}.`, { remedy: 'Take the reference of this very model.' })
  const unknown = [...inputIds, ...greedy].find((id) => id >= vocabulary)
  if (unknown !== undefined) throw wrong(`the id ${unknown} is beyond the vocabulary of ${vocabulary}`)
  const width = lastLogits.find((row) => row.length !== vocabulary)?.length
  if (width !== undefined) throw wrong(`a row of logits has ${width} numbers, the vocabulary ${vocabulary}`)
  if (lastLogits.length > inputIds.length) throw wrong('there are more rows of logits than ids')
  if (Math.max(inputIds.length, from + greedy.length) > window) throw wrong(`it is longer than the window of ${window}`)
}

async function compare(
  way: ReferenceWay['way'],
  run: Way,
  { vocabulary }: DecoderConfig,
  { inputIds, lastLogits, greedy, from, meanNll }: Reference,
  signal?: AbortSignal,
): Promise<ReferenceWay> {
  const row = (logits: Float32Array, at: number): Float32Array =>
    logits.subarray(at * vocabulary, (at + 1) * vocabulary)
  const logits = await run.all(inputIds)
  signal?.throwIfAborted()
  const first = inputIds.length - lastLogits.length
  let maxAbsDiff = 0
  for (const [i, expected] of lastLogits.entries()) {
    const found = row(logits, first + i)
    for (const [id, value] of expected.entries())
      maxAbsDiff = Math.max(maxAbsDiff, Math.abs(value - (found[id] as number)))
  }
  const wanted = run.greedy === null ? [] : greedy
  const made = wanted.length === 0 ? [] : ((await run.greedy?.(inputIds.slice(0, from), wanted.length)) ?? [])
  const differs = wanted.findIndex((id, i) => made[i] !== id)
  let nll = 0
  for (let at = 1; at < inputIds.length; at++) nll -= logProbOf(row(logits, at - 1), inputIds[at] as number)
  return {
    way,
    maxAbsDiff: Number.isNaN(maxAbsDiff) ? Infinity : maxAbsDiff,
    greedyIdentical: wanted.length === 0 ? null : differs === -1,
    greedyMatched: differs === -1 ? wanted.length : differs,
    nll: meanNll === null || inputIds.length < 2 ? null : nll / (inputIds.length - 1),
  }
}

/** The graph that training runs, over whole sequences of at most `length` token ids; no cache, plain operators. */
async function openFull(
  config: DecoderConfig,
  weights: BoundWeights,
  length: number,
  options: { readonly threads?: number },
): Promise<Way & { readonly close: () => Promise<void> }> {
  const g = startGraph('full forward')
  const rows = gather(g, tokenTable(g, config), g.input('ids', 'int64', [length]))
  g.output('logits', logitsNet(g, config, decoderNet(g, config, rows, batchAttention(g, config, 1, length))))
  const session = await openSession(g.finish(), weights, options)
  const all = async (given: readonly number[]): Promise<Float32Array> => {
    // No position looks at those behind it, so that what stands there is of no matter.
    const padded = [...given, ...Array.from({ length: length - given.length }, () => 0)]
    const { logits } = await session.run({ ids: live(longs([length], padded)) })
    return numbers(logits).subarray(0, given.length * config.vocabulary)
  }
  return {
    all,
    close: () => session.close(),
    greedy: async (given, count) => {
      const made: number[] = []
      while (made.length < count) {
        const logits = await all([...given, ...made])
        made.push(likeliest(logits.subarray(logits.length - config.vocabulary)))
        await breathe()
      }
      return made
    },
  }
}

/** A prefill of half the ids, then a step for each other; of all of them at once where steps would be another thing. */
function stepping(decoder: Decoder, whole: boolean, signal?: AbortSignal): Way {
  const { vocabulary } = decoder.config
  const feed = (tokens: readonly number[], wanted: 'all' | 'last'): Promise<Float32Array> =>
    decoder.feed(rowsOf(decoder, tokens), wanted, signal)
  return {
    all: async (given) => {
      decoder.rewind(0)
      const half = whole ? given.length : Math.ceil(given.length / 2)
      const logits = new Float32Array(given.length * vocabulary)
      logits.set(await feed(given.slice(0, half), 'all'))
      for (let at = half; at < given.length; at++)
        logits.set(await feed(given.slice(at, at + 1), 'all'), at * vocabulary)
      return logits
    },
    greedy: async (given, count) => {
      decoder.rewind(0)
      const made = [likeliest(await feed(given, 'last'))]
      while (made.length < count) made.push(likeliest(await feed(made.slice(-1), 'last')))
      return made
    },
  }
}

/** One prefill of all rows, given as embeddings; each further token by a prefill from the beginning. */
function embedded(decoder: Decoder, signal?: AbortSignal): Way {
  const all = (given: readonly number[], wanted: 'all' | 'last'): Promise<Float32Array> => {
    decoder.rewind(0)
    return decoder.feed(rowsOf(decoder, given), wanted, signal)
  }
  return {
    all: (given) => all(given, 'all'),
    greedy: async (given, count) => {
      const made: number[] = []
      while (made.length < count) made.push(likeliest(await all([...given, ...made], 'last')))
      return made
    },
  }
}

/** Token embeddings [ids, hidden]. */
export function rowsOf(
  { embedding, config: { hidden } }: Pick<Decoder, 'embedding' | 'config'>,
  tokens: readonly number[],
): Float32Array {
  const rows = new Float32Array(tokens.length * hidden)
  tokens.forEach((id, i) => rows.set(embedding.subarray(id * hidden, (id + 1) * hidden), i * hidden))
  return rows
}

/** The id of the highest logit, the lower of two alike. */
function likeliest(logits: Float32Array): number {
  let best = 0
  for (let id = 1; id < logits.length; id++) if ((logits[id] as number) > (logits[best] as number)) best = id
  return best
}
