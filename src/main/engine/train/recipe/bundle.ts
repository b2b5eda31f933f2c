/** A bundle from a recipe: tokenizer, stages, embedder, policies, each kept as it is finished and resumed from there. */
import { existsSync } from 'node:fs'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { Fault } from '../../../../shared/fault.ts'
import { random } from '../../../../shared/random.ts'
import { TrainEvent } from '../../../../shared/train.ts'
import { drawSheet } from '../../corpus/synthetic.ts'
import type { Tensor } from '../../graph/value.ts'
import { defaultTemplate, specialTokens, templateIds } from '../../nets/template.ts'
import { openBundle, writeBundle } from '../../store/bundle.ts'
import { writeAtomic } from '../../store/files.ts'
import { trainBpe } from '../../tokens/bpe.ts'
import { openTokenizer, type Tokenizer } from '../../tokens/tokenizer.ts'
import { bundleConfig, completeWeights } from './assemble.ts'
import { carryBundle, type Carried } from './carry.ts'
import { checkpointStep, readCheckpoint } from '../loop/checkpoint.ts'
import type { LoopEvent } from '../loop/loop.ts'
import { runStages } from './stages.ts'
import { trainPart, type PartEvent } from './parts.ts'
import { Recipe } from './recipe.ts'
import { keepEvent, rewindEvents } from '../runFolder.ts'
import { validationParts } from './validation.ts'

export type BundleEvent = LoopEvent | PartEvent

export type BundleOptions = {
  readonly recipe: string
  /** Folder of the run: checkpoint, log, finished parts; the bundle is made in its `bundle`. */
  readonly out: string
  /** Plain or gzipped text; its head trains the tokenizer, all of it reconstruction and continuation. */
  readonly text?: readonly string[] | undefined
  /** Gzipped or plain jsonl of `{question, answers, passages: [{text}]}` for the embedder. */
  readonly pairs?: readonly string[] | undefined
  /** Where the folder is empty: begin behind a stage with the weights of a bundle. */
  readonly carried?: Carried | undefined
  /** Stop the stages (and what follows) after this long; a later call goes on from there. */
  readonly minutes?: number | undefined
  readonly threads: number
  readonly signal?: AbortSignal | undefined
}

/** Reads a recipe; Fault bad-record when it is not one. */
export async function readRecipe(path: string): Promise<Recipe> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new Fault('file-missing', `No recipe at ${path}.`, { cause: error })
  })
  try {
    return Recipe.parse(JSON.parse(text))
  } catch (error) {
    throw new Fault('bad-record', `${path} is not a recipe: ${(error as Error).message.slice(0, 400)}`, {
      cause: error,
    })
  }
}

async function readText(path: string): Promise<string> {
  try {
    const bytes = await readFile(path)
    return (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8')
  } catch (error) {
    throw new Fault('file-missing', `${path} cannot be read.`, { cause: error })
  }
}

/** The head of each text, one after another: enough to draw from, and encoded in seconds. */
function encodeHeads(tokenizer: Tokenizer, texts: readonly string[]): Int32Array {
  const heads = texts.map((text) => tokenizer.encode(text.slice(0, 8_000_000)))
  const all = new Int32Array(heads.reduce((sum, head) => sum + head.length, 0))
  heads.reduce((at, head) => (all.set(head, at), at + head.length), 0)
  return all
}

/** The tokenizer of a recipe: synthetic sheets with their questions, and the head of the real text. */
function makeTokenizer(recipe: Recipe, text: string): unknown {
  const draws = random(recipe.seed)
  function* texts(): Generator<string> {
    for (let i = 0; i < recipe.tokenizer.sheets; i++) {
      const sheet = drawSheet(draws, 'train')
      yield sheet.text
      for (const fact of sheet.facts) {
        yield fact.question
        yield ` ${fact.answer}`
      }
    }
    yield text.slice(0, recipe.tokenizer.textBytes)
  }
  return trainBpe({ texts: texts(), size: recipe.tokenizer.size, special: specialTokens })
}

/** Trains everything a recipe names; returns the bundle's folder, or null when it stopped before the end. */
export async function* trainBundle(options: BundleOptions): AsyncGenerator<BundleEvent, string | null> {
  const recipe = await readRecipe(options.recipe)
  await mkdir(options.out, { recursive: true })
  if (options.carried && checkpointStep(options.out) === 0) await carryBundle(recipe, options.out, options.carried)
  const texts = await Promise.all((options.text ?? []).map(readText))
  const text = texts.join('\n')
  const tokenizerPath = join(options.out, 'tokenizer.json')
  if (!existsSync(tokenizerPath)) await writeAtomic(tokenizerPath, JSON.stringify(makeTokenizer(recipe, text)))
  const tokenizerJson: unknown = JSON.parse(await readFile(tokenizerPath, 'utf8'))
  const tokenizer = openTokenizer(tokenizerJson)
  const ids = templateIds(defaultTemplate, tokenizer)

  const end = options.minutes === undefined ? Infinity : performance.now() + options.minutes * 60_000
  const stopped = (): boolean => performance.now() > end || (options.signal?.aborted ?? false)
  const context = { tokenizer, ids, split: 'train' as const, text: encodeHeads(tokenizer, texts) }
  const validation = validationParts(recipe)
  await rewindEvents(options.out, checkpointStep(options.out))
  const stages = runStages(recipe, context, {
    folder: options.out,
    threads: options.threads,
    validation,
    every: { log: 50, valid: 1000, checkpoint: 250 },
    until: stopped,
  })
  for await (const event of stages) {
    await keepEvent(options.out, TrainEvent.parse(event))
    yield event
  }
  if (stopped()) return null

  const checkpoint = readCheckpoint(options.out)
  if (!checkpoint) throw new Error('internal: no checkpoint after the stages')
  const folder = join(options.out, 'bundle')
  let weights: ReadonlyMap<string, Tensor> = checkpoint.weights
  const write = (): Promise<void> =>
    writeBundle(folder, {
      config: bundleConfig(recipe),
      weights: completeWeights(recipe, weights),
      tokenizer: tokenizerJson,
    })
  for (const part of recipe.parts) {
    if (stopped()) return null
    // A part is trained on the bundle as it will be used, so it is opened from disk, rounded to f16.
    await write()
    const { out, threads, signal, text: files = [], pairs = [] } = options
    const data = { text: files, pairs }
    const own = yield* trainPart(part, await openBundle(folder), { out, data, threads, signal })
    if (!own) return null
    weights = new Map([...weights, ...own])
  }
  await write()
  return folder
}
