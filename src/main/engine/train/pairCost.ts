/** What training a paired bundle takes: memory by its sizes, and a few steps of every way timed on random tokens. */
import { random } from '../../../shared/random.ts'
import type { PairEstimate, PairTraining } from '../../../shared/pair.ts'
import type { Value, Weights } from '../graph/value.ts'
import { count, sizes } from '../graph/value.ts'
import { startGraph } from '../graph/build.ts'
import { median } from '../measure/statistics.ts'
import { initialWeight } from '../nets/initial.ts'
import { decoderLayers, isAdapter, withLora, type Lora } from '../nets/lora.ts'
import type { TemplateIds } from '../nets/template.ts'
import type { BundleConfig } from '../store/bundle.ts'
import { kinds } from './courses/kinds.ts'
import { mixedLoss } from './loop/mixed.ts'
import { adamDefaults } from './loop/optimizer.ts'
import { batchFeeds, packBatch, type BatchShape, type Segment } from './loop/rows.ts'
import { startTrainer } from './loop/trainer.ts'

type Sample = PairEstimate['sample']
type Way = {
  readonly way: PairTraining['way']
  readonly kind: 'reconstruct' | 'continue'
  readonly lora: Lora | null
  readonly moves: (name: string) => boolean
}

const ofDecoder = (name: string): boolean => name.startsWith('decoder.')
const adapters: Lora = { rank: 8, alpha: 16, adapts: decoderLayers }

const ways: readonly Way[] = [
  { way: 'reconstruct', kind: 'reconstruct', lora: null, moves: (name) => !ofDecoder(name) },
  { way: 'continue, decoder frozen', kind: 'continue', lora: null, moves: (name) => !ofDecoder(name) },
  { way: 'continue, adapters', kind: 'continue', lora: adapters, moves: (name) => !ofDecoder(name) || isAdapter(name) },
  { way: 'continue, all parts', kind: 'continue', lora: null, moves: () => true },
]

/** Sequences of a step that is timed, and what they hold at most. */
const sequences = 4
const context = 128
const output = 64
/** Steps timed after one that compiles, as far as they fit the seconds. */
const timed = { steps: 3, seconds: 8 } as const
const bytesPerNumber = 4

/** The step that is timed: as long as the decoder's window and the encoder's shortest chunks allow. */
export function sampleOf({ ks, decoder }: BundleConfig): Sample {
  const k = Math.min(...ks)
  const room = Math.max(2, decoder.window - 32)
  const own = Math.max(1, Math.min(output, Math.floor(room / 3)))
  // Reconstruction reads each chunk as one position and tells it again in k.
  const chunks = Math.max(1, Math.min(Math.floor(context / k), Math.floor((room - own) / (k + 1))))
  return { k, chunks, output: own, sequences }
}

function drawSegments(ids: TemplateIds, vocabulary: number, sample: Sample, kind: Way['kind']): readonly Segment[] {
  const draws = random(7)
  const tokens = (length: number): Int32Array => Int32Array.from({ length }, () => draws.int(0, vocabulary - 1))
  const lengths = { ...sample, p: 0 }
  return Array.from({ length: sample.sequences }, () =>
    kinds[kind].segment(
      draws,
      ids,
      {
        context: tokens(sample.k * sample.chunks),
        output: kind === 'continue' ? tokens(sample.output) : new Int32Array(0),
      },
      lengths,
    ),
  )
}

function shapeOf(segments: readonly Segment[], { k, chunks }: Sample): BatchShape {
  const targets = segments[0]?.filter((item) => item.kind === 'token' && item.weight > 0).length ?? 1
  return {
    batch: segments.length,
    length: segments[0]?.length ?? 1,
    k,
    chunks: segments.length * chunks,
    targets: segments.length * targets,
    alone: true,
  }
}

/** Every weight that a way's loss passes through, those that move marked. */
function weightsOf(config: BundleConfig, shape: BatchShape, { lora, moves }: Way): { moved: number; all: number } {
  const g = startGraph('weighed')
  mixedLoss(lora ? withLora(g, lora) : g, config, shape)
  const { params } = g.finish()
  const sum = (own: readonly Value[]): number => own.reduce((total, param) => total + count(sizes(param)), 0)
  return { moved: sum(params.filter(({ name }) => moves(name))), all: sum(params) }
}

/** Numbers that the backward pass keeps of the decoder's layers, attention's scores among them, and of the logits. */
function activations({ decoder }: BundleConfig, { batch, length, targets }: BatchShape): number {
  const { hidden, heads, kvHeads, headDim, feedForward, layers, vocabulary } = decoder
  const row = 6 * hidden + 3 * (heads + 2 * kvHeads) * headDim + 5 * feedForward
  return batch * layers * (length * row + 3 * heads * length * length) + 3 * targets * vocabulary
}

/** Memory of one way: all weights, and of those that move the gradient, both moments and the three that are written next. */
function bytesOf(config: BundleConfig, shape: BatchShape, { moved, all }: { moved: number; all: number }): number {
  return bytesPerNumber * (all + 6 * moved + activations(config, shape))
}

/**
 * One way after another, each as soon as it is known. A way that would not fit the memory that is free is not timed and says so. Throws
 * an AbortError on abort.
 */
export async function* timeWays(
  config: BundleConfig,
  weights: Weights,
  ids: TemplateIds,
  {
    threads,
    seed,
    free,
    signal,
  }: {
    readonly threads: number
    readonly seed: number
    readonly free: number
    readonly signal?: AbortSignal | undefined
  },
): AsyncGenerator<PairTraining> {
  const sample = sampleOf(config)
  for (const way of ways) {
    signal?.throwIfAborted()
    const segments = drawSegments(ids, config.decoder.vocabulary, sample, way.kind)
    const shape = shapeOf(segments, sample)
    const found = weightsOf(config, shape, way)
    const bytes = bytesOf(config, shape, found)
    const told = { way: way.way, moves: found.moved, bytes, secondsAStep: null, steps: 0, tokensPerSecond: null }
    if (bytes > free * 0.9) {
      yield { ...told, note: 'It would not fit the memory that is free: not timed.' }
      continue
    }
    const times: number[] = []
    const trainer = startTrainer({
      initial: (param) => weights.get(param.name) ?? initialWeight(param, seed, config.decoder.layers),
      trains: way.moves,
      adam: adamDefaults,
      session: { threads },
    })
    try {
      const { lora } = way
      const step = await trainer.prepare(way.way, (g) => mixedLoss(lora ? withLora(g, lora) : g, config, shape))
      const queue = [...segments]
      const feeds = batchFeeds(packBatch(shape, config.decoder.vocabulary, 0, () => queue.shift() ?? []))
      const began = performance.now()
      for (let taken = 0; taken <= timed.steps; taken++) {
        signal?.throwIfAborted()
        const started = performance.now()
        // At a rate of zero what is timed stays what it was.
        await step.run(feeds, 0, taken + 1)
        if (taken > 0) times.push((performance.now() - started) / 1000)
        if (times.length > 0 && performance.now() - began > timed.seconds * 1000) break
      }
    } finally {
      await trainer.close()
    }
    const secondsAStep = median(times)
    const tokens = sample.sequences * (sample.k * sample.chunks + (way.kind === 'continue' ? sample.output : 0))
    yield { ...told, secondsAStep, steps: times.length, tokensPerSecond: tokens / secondsAStep, note: '' }
  }
}
