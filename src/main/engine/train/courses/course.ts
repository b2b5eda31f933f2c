/** A trainer of decoder, encoder and projector as a course: what each step draws, from text or from questions. */
import { Fault } from '../../../../shared/fault.ts'
import type { Random } from '../../../../shared/random.ts'
import type { TrainInput } from '../../../../shared/train.ts'
import { withLora, type Lora } from '../../nets/lora.ts'
import { answerIds, type TemplateIds } from '../../nets/template.ts'
import type { Tokenizer } from '../../tokens/tokenizer.ts'
import { curriculum, drawChunks, longestAlone, stageOf } from './curriculum.ts'
import type { Source } from '../data/source.ts'
import type { Kind, Lengths } from './kinds.ts'
import type { Course, MicroBatch } from '../loop/loop.ts'
import type { Bundle } from '../../store/bundle.ts'
import { mixedLoss } from '../loop/mixed.ts'
import { batchFeeds, packBatch, shapeKey, type BatchShape, type Segment } from '../loop/rows.ts'
import { courseRate } from '../loop/schedule.ts'
import { stepRandom } from '../recipe/tasks.ts'
import { validateSets, type ValidationSet } from '../loop/validate.ts'

export type CourseOptions = {
  readonly input: TrainInput
  readonly ks: readonly number[]
  readonly bundle: Bundle
  readonly tokenizer: Pick<Tokenizer, 'encode' | 'piece' | 'offsets'>
  readonly ids: TemplateIds
  readonly source: Source
  readonly lora: Lora | null
  readonly threads: number
}

const pad = 1
/** Sequences of a validation batch, and its seed: the same held-out sequences for every run. */
const held = { sequences: 8, seed: 977 } as const
const roundUp = (value: number, to: number): number => Math.ceil(value / to) * to

/** The static shape that holds all of `segments`; sizes are rounded up so that few shapes are met. */
function shapeOf(groups: readonly (readonly Segment[])[], k: number, round: number): BatchShape {
  const most = (measure: (group: readonly Segment[]) => number): number =>
    roundUp(Math.max(1, ...groups.map(measure)), round)
  const total = (group: readonly Segment[], counts: (item: Segment[number]) => boolean): number =>
    group.reduce((sum, segment) => sum + segment.filter(counts).length, 0)
  return {
    batch: groups[0]?.length ?? 1,
    length: most((group) => Math.max(...group.map((segment) => segment.length))),
    k,
    chunks: most((group) => total(group, (item) => item.kind === 'chunk')),
    targets: most((group) => total(group, (item) => item.kind === 'token' && item.weight > 0)),
    alone: true,
  }
}

/** Draws one sequence; null where the data has none of these lengths. */
function drawSegment(options: CourseOptions, kind: Kind, random: Random, side: 'train' | 'valid', lengths: Lengths) {
  const { source, tokenizer, ids } = options
  if (kind.reads === 'text') {
    const context = lengths.k * lengths.chunks
    const material = source.text(random, side, { context, output: kind.outputOf(lengths) })
    return material && kind.segment(random, ids, material, lengths)
  }
  const asked = source.asked(random, side)
  if (!asked) return null
  return kind.segment(
    random,
    ids,
    {
      passages: asked.passages.map((passage) => tokenizer.encode(passage)),
      question: tokenizer.encode(asked.question),
      answer: answerIds(ids, tokenizer, asked.answer),
    },
    lengths,
  )
}

/** Draws up to `count` sequences that fit a micro-batch alone; fewer only where the data has hardly any. */
function drawSegments(
  options: CourseOptions,
  kind: Kind,
  random: Random,
  side: 'train' | 'valid',
  lengths: Lengths,
  count: number,
): Segment[] {
  const segments: Segment[] = []
  for (let tries = 0; segments.length < count; tries++) {
    const segment = drawSegment(options, kind, random, side, lengths)
    if (segment && segment.length <= options.input.positions) segments.push(segment)
    else if (tries > 8 * count + 64) break
  }
  return segments
}

/** Sequences of a step: as many as its settings say, or as fill its tokens of context. */
function sequencesOf({ batch, tokens }: TrainInput, kind: Kind, { k, chunks }: Lengths): number {
  return tokens === undefined || kind.reads !== 'text' ? batch : Math.max(1, Math.round(tokens / (k * chunks)))
}

/** Fault corpus-short where the data has no sequence of the longest lengths that a run asks for. */
function checkLong(options: CourseOptions, kind: Kind, lengths: Lengths): void {
  if (drawSegments(options, kind, stepRandom(held.seed, 0), 'train', lengths, 1).length > 0) return
  throw new Fault(
    'corpus-short',
    kind.reads === 'text'
      ? `No document of the data has ${lengths.k * lengths.chunks + kind.outputOf(lengths)} tokens in a row that fit ${options.input.positions} positions.`
      : `No question of the data fits ${options.input.positions} positions with its passages.`,
  )
}

/** The course of one trainer on one source. A source too short for it is told here, before the first step. */
export function openCourse(options: CourseOptions, kind: Kind): Course {
  const { input, ks, lora } = options
  const { config } = options.bundle
  const p = input.p ?? kind.p
  const tabled = input.curriculum ? curriculum : longestAlone
  const tables = new Map(ks.map((k) => [k, tabled({ k, stages: input.stages, longest: Math.max(k, input.longest) })]))
  const round = kind.reads === 'text' ? 1 : 32
  const loss: (shape: BatchShape) => MicroBatch['loss'] = (shape) => (g) =>
    mixedLoss(lora ? withLora(g, lora) : g, config, shape)

  const sets = ks.flatMap((k): ValidationSet[] => {
    const rows = tables.get(k)?.rows ?? []
    checkLong(options, kind, { k, chunks: rows.at(-1)?.chunks ?? 1, p, output: input.output })
    const chunks = kind.reads === 'text' ? [...new Set([rows.at(-1)?.chunks ?? 1, 1])] : [1]
    return chunks.flatMap((count) => {
      const lengths = { k, chunks: count, p, output: input.output }
      const segments = drawSegments(options, kind, stepRandom(held.seed, k), 'valid', lengths, held.sequences)
      if (segments.length === 0) return []
      const shape = shapeOf(
        segments.map((segment) => [segment]),
        k,
        round,
      )
      const name = kind.reads === 'text' ? `k ${k}, ${count * k} tokens` : `k ${k}`
      const batches = segments.map((segment) => packBatch(shape, config.decoder.vocabulary, pad, () => segment))
      return [{ name, shape, batches }]
    })
  })

  return {
    steps: input.steps,
    stage: (step) =>
      kind.reads === 'text' ? `stage ${stageOf(firstOf(tables), step, input.steps) + 1}` : input.trainer,
    rate: courseRate(input, kind.learningRate),
    draw(step) {
      const random = stepRandom(input.seed, step)
      const k = random.pick(ks)
      const table = tables.get(k) ?? firstOf(tables)
      const chunks = kind.reads === 'text' ? drawChunks(random, table, stageOf(table, step, input.steps)) : 1
      const lengths = { k, chunks, p, output: input.output }
      const segments = drawSegments(options, kind, random, 'train', lengths, sequencesOf(input, kind, lengths))
      if (segments.length === 0) throw new Error(`internal: nothing to draw for ${chunks} chunks of ${k}`)
      const longest = Math.max(...segments.map((segment) => segment.length))
      const parts = Math.ceil((segments.length * longest) / input.positions)
      const size = Math.ceil(segments.length / parts)
      const groups = Array.from({ length: Math.ceil(segments.length / size) }, (_, i) =>
        segments.slice(i * size, (i + 1) * size),
      )
      const whole = groups.filter((group) => group.length === size)
      const shape = shapeOf(whole, k, round)
      const packed = groups.map((group) => {
        const shapeHere = group.length === size ? shape : shapeOf([group], k, round)
        const queue = [...group]
        const next = (): Segment => queue.shift() ?? []
        return { shape: shapeHere, batch: packBatch(shapeHere, config.decoder.vocabulary, pad, next) }
      })
      const targets = packed.reduce((sum, { batch }) => sum + batch.targets, 0)
      return packed.map((each): MicroBatch => ({
        key: shapeKey(each.shape),
        loss: loss(each.shape),
        feeds: batchFeeds(each.batch),
        tokens: each.batch.tokens,
        share: each.batch.targets / targets,
      }))
    },
    validate: (weights) =>
      validateSets(
        (g, shape) => mixedLoss(lora ? withLora(g, lora) : g, config, shape),
        sets,
        weights,
        options.threads,
        (id) => options.tokenizer.piece(id),
      ),
  }
}

function firstOf<T>(tables: ReadonlyMap<number, T>): T {
  const [first] = tables.values()
  if (!first) throw new Error('internal: a course without a k')
  return first
}
