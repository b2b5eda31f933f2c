/** The calls that make a bundle of an imported decoder, and that let a decoder write texts to train on. */
import { rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { Fault } from '../../../shared/fault.ts'
import type { JobEvent } from '../../../shared/job.ts'
import type {
  PairEstimate,
  PairInput,
  PairResult,
  PairTraining,
  WriteInput,
  WriteResult,
} from '../../../shared/pair.ts'
import { meter } from '../../../shared/progress.ts'
import { openDecoder } from '../expand/decoder.ts'
import type { Tensor } from '../graph/value.ts'
import { readDecoder, readEncoder } from '../models/imported.ts'
import { pairConfig, pairWeights } from '../models/pair.ts'
import { templateOf } from '../models/pieces.ts'
import { cacheBytesEach } from '../models/needs.ts'
import { encoderLength } from '../nets/config.ts'
import { templateIds } from '../nets/template.ts'
import { bundleReader } from '../parts.ts'
import { openBundle, writeBundle, type BundleConfig } from '../store/bundle.ts'
import { exists, writeAtomic } from '../store/files.ts'
import { openTokenizer } from '../tokens/tokenizer.ts'
import { writeTexts } from '../train/data/written.ts'
import { sampleOf, timeWays } from '../train/pairCost.ts'
import { fileName } from './fileName.ts'
import { threads } from './health.ts'

const bytesPerNumber = 4
/** Longest block of weights that is written in one piece. */
const longestBlock = 2 ** 31 - 2 ** 20

const partNames = ['decoder', 'encoder', 'projector', 'policy', 'policyQuery', 'embedder'] as const

function partsOf(weights: ReadonlyMap<string, Tensor>): PairEstimate['parts'] {
  return partNames.map((part) => ({
    part,
    parameters: [...weights].reduce(
      (sum, [name, { data }]) => sum + (name.startsWith(`${part}.`) ? data.length : 0),
      0,
    ),
  }))
}

/** Tokens of its own that an imported encoder has room for, where a chunk can have more. */
function roomNotes({ encoder, ks }: BundleConfig): string[] {
  if (!encoder.imported) return []
  const rooms = ks.map((k) => `${encoderLength(encoder, k)} where k is ${k}`)
  return [`The encoder reads a chunk in tokens of its own, up to ${rooms.join(', ')}; a chunk of more loses its end.`]
}

function notesOf(config: BundleConfig, disk: number): string[] {
  return [
    `${config.encoder.imported ? 'Projector' : 'Encoder, projector'}, policies and embedder have random weights until they are trained: reconstruct first, then continue.`,
    'Until an embedder is trained passages are found by their words alone.',
    ...roomNotes(config),
    ...(disk > longestBlock ? ['The bundle is too large to be kept as one: choose a smaller decoder.'] : []),
    ...(config.decoder.window < 1024
      ? [`The decoder reads ${config.decoder.window} positions at most: keep --longest and --output within them.`]
      : []),
  ]
}

/** Where the bundle goes. Fault bad-input where something stands there. */
async function placeOf(home: string, { out }: PairInput, name: string): Promise<string> {
  const folder = resolve(out ?? join(home, 'bundles', fileName(name, 'bundle')))
  if (await exists(folder))
    throw new Fault('bad-input', `${folder} is there already.`, {
      remedy: 'Give the bundle another name, or another folder.',
    })
  return folder
}

/** The ways as they were timed last, by what was timed: an engine keeps them for as long as it runs. */
export type PairTimes = Map<string, Pick<PairEstimate, 'training' | 'timed'>>

/** What the times are of: all of the bundle but its name. */
function timesKey({ name: _name, about: _about, ...config }: BundleConfig): string {
  return JSON.stringify([config, threads])
}

/**
 * Estimates and makes the bundle; what was just estimated is not timed again for the making. Partial results are the ways to train it, each as it is timed. Faults model-missing, model-unsupported
 * and bad-input are told before anything is timed.
 */
export async function* pair(
  input: PairInput,
  home: string,
  times: PairTimes,
  signal?: AbortSignal,
): AsyncGenerator<JobEvent<PairTraining, PairResult>> {
  const decoder = await readDecoder(home, input.decoder)
  const encoder = input.encoder === 'own' ? null : await readEncoder(home, input.encoder)
  const config = pairConfig(decoder, encoder, input)
  const out = input.dry ? null : await placeOf(home, input, config.name)
  const weights = pairWeights(config, new Map([...decoder.weights, ...(encoder?.weights ?? [])]), input.seed)
  const parts = partsOf(weights)
  const disk = bytesPerNumber * parts.reduce((sum, { parameters }) => sum + parameters, 0)
  if (out !== null && disk > longestBlock)
    throw new Fault('bad-input', `The bundle would take ${(disk / 2 ** 30).toFixed(1)} GiB in one file.`, {
      remedy: 'Pair a smaller decoder: a bundle of up to 2 GiB in f32 can be written.',
    })
  const { tokenizer } = decoder
  const read = encoder === null ? {} : { encoderTokenizer: encoder.tokenizer }
  const opened = openTokenizer(tokenizer)
  const ids = templateIds(config.template, opened)
  const reader = bundleReader({ config, ...read }, opened)
  const free = process.availableMemory()
  const known = input.dry ? undefined : times.get(timesKey(config))
  const training: PairTraining[] = [...(known?.training ?? [])]
  if (known === undefined) {
    const progress = meter('time', 'ways', 4)
    for await (const way of timeWays(config, weights, ids, { threads, seed: input.seed, free, reader, signal })) {
      training.push(way)
      yield { type: 'partial', partial: way }
      yield progress.at(training.length, way.way)
    }
  }
  const timed = known?.timed ?? new Date().toISOString()
  times.set(timesKey(config), { training, timed })
  const estimate: PairEstimate = {
    parts,
    untrained: [...(config.untrained ?? [])],
    disk,
    weights: disk,
    cacheEach: cacheBytesEach(config.decoder),
    free,
    sample: sampleOf(config),
    training,
    timed,
    notes: notesOf(config, disk),
  }
  signal?.throwIfAborted()
  if (out === null) return yield { type: 'done', result: { estimate, bundle: null } }
  await writeBundle(out, { config, weights, tokenizer, ...read })
  try {
    const { hash } = await openBundle(out)
    yield { type: 'done', result: { estimate, bundle: { name: config.name, out, hash } } }
  } catch (error) {
    await rm(out, { recursive: true, force: true })
    throw error
  }
}

/** Texts that an imported decoder writes, kept in one file when all are there. */
export async function* write(
  input: WriteInput,
  home: string,
  signal?: AbortSignal,
): AsyncGenerator<JobEvent<string, WriteResult>> {
  const model = await readDecoder(home, input.model)
  const tokenizer = openTokenizer(model.tokenizer)
  const ids = templateIds(templateOf('plain', { ...model, tokenizer }), tokenizer)
  const decoder = await openDecoder(model.config, model.weights, { threads: 1 })
  try {
    const progress = meter('write', 'texts', input.texts)
    const began = performance.now()
    const texts = new Set<string>()
    let [count, tokens, ended] = [0, 0, 0]
    for await (const text of writeTexts({ decoder, ids, tokenizer }, input, signal)) {
      count++
      tokens += text.tokens
      if (text.ended) ended++
      if (text.text !== '') texts.add(text.text)
      if (count === 1) yield { type: 'partial', partial: text.text }
      if (progress.due()) yield progress.at(count)
    }
    const out = resolve(input.out)
    await writeAtomic(out, [...texts].map((text) => `${text}\n<|endoftext|>\n`).join(''))
    const seconds = (performance.now() - began) / 1000
    yield { type: 'done', result: { out, texts: texts.size, repeated: count - texts.size, tokens, ended, seconds } }
  } finally {
    await decoder.close()
  }
}
