/** What the arms of an ablation are worth: log-perplexity of the same texts, its first tokens and all, arm by arm. */
import type { AblationArm, AblationPair, AblationResult, AblationRow, AblationWhat } from '../../../shared/ablation.ts'
import { random } from '../../../shared/random.ts'
import { chunkRanges } from '../compress/chunk.ts'
import { layRows, type Slot } from '../expand/layout.ts'
import { prefill, scoreTargets } from '../expand/session.ts'
import { mean, pairedBootstrap } from '../measure/statistics.ts'
import type { TemplateIds } from '../nets/template.ts'
import type { Parts } from '../parts.ts'

/** A text judged: what is read, and what follows it. */
export type Judged = { readonly context: Int32Array; readonly output: Int32Array }

/** How a context is fed: nothing of it, its tokens, or its chunks. */
type Read = 'none' | 'full' | 'chunks'

const token = (id: number): Slot => ({ kind: 'token', id })
const tokens = (piece: readonly number[]): readonly Slot[] => piece.map(token)

/** As the trainers lay it out: what stands around the context, and what is to be foretold. */
const layouts: Readonly<
  Record<
    AblationWhat,
    {
      readonly before: (ids: TemplateIds) => readonly Slot[]
      readonly after: (ids: TemplateIds) => readonly Slot[]
      readonly target: (text: Judged) => Int32Array
    }
  >
> = {
  curriculum: {
    before: (ids) => tokens(ids.start),
    after: (ids) => tokens(ids.repeat),
    target: ({ context }) => context,
  },
  reconstruction: {
    before: (ids) => tokens([...ids.start, ...ids.passage]),
    after: () => [],
    target: ({ output }) => output,
  },
}

/** Room that scoring keeps behind its last target. */
const spare = 8

/** Positions of a layout with its targets: what the decoder's window must hold. */
export function positionsOf(ids: TemplateIds, what: AblationWhat, read: Read, text: Judged, k: number): number {
  const fed = { none: 0, full: text.context.length, chunks: Math.ceil(text.context.length / k) }[read]
  const { before, after, target } = layouts[what]
  return before(ids).length + fed + after(ids).length + target(text).length + spare
}

/** Log-probability of each token to be foretold of a text, in nats. */
export async function logProbsOf(
  parts: Pick<Parts, 'decoder' | 'held' | 'ids' | 'compressor'>,
  what: AblationWhat,
  read: Read,
  text: Judged,
  k: number,
): Promise<readonly number[]> {
  const { decoder, held, ids, compressor } = parts
  const { before, after, target } = layouts[what]
  const chunks = chunkRanges(text.context.length, k).map(({ from, to }) => text.context.subarray(from, to))
  const compressed = read === 'chunks' ? await compressor.compress(chunks, k) : []
  const fed: Readonly<Record<Read, () => Slot[]>> = {
    none: () => [],
    full: () => Array.from(text.context, token),
    chunks: () => chunks.map((_, index) => ({ kind: 'chunk', index })),
  }
  const slots = [...before(ids), ...fed[read](), ...after(ids)]
  const rows = layRows(
    slots,
    decoder.embedding,
    decoder.config.hidden,
    (index) => (compressed[index] as (typeof compressed)[number]).embedding,
  )
  const wanted = [...target(text)]
  held.keys = []
  const keys = slots.map((_, i) => `${i}`)
  const { logits } = await prefill(decoder, held, { rows, keys, room: wanted.length + spare })
  return scoreTargets(decoder, logits, wanted)
}

/** Lengths judged: those asked for that are shorter than the whole, and the whole. */
function lengthsOf(asked: readonly number[], whole: number): readonly number[] {
  return [...new Set([...asked.filter((length) => length < whole), whole])].toSorted((a, b) => a - b)
}

/** Which differences are told: what the ablation is about first, then how far the arms are from either end. */
const compared = [
  ['without', 'with'],
  ['none', 'with'],
  ['with', 'full'],
] as const satisfies readonly (readonly [AblationArm, AblationArm])[]

/** Rows and pairs of log-probabilities [text][token] by arm; every arm has the same texts. */
export function summarise(
  what: AblationWhat,
  arms: ReadonlyMap<AblationArm, readonly (readonly number[])[]>,
  asked: readonly number[],
  seed: number,
): AblationResult {
  const whole = [...arms.values()][0]?.[0]?.length ?? 0
  const lengths = lengthsOf(asked, whole)
  const valuesOf = (arm: AblationArm, length: number): readonly number[] | null =>
    arms.get(arm)?.map((logProbs) => -mean(logProbs.slice(0, length))) ?? null
  const rows = [...arms.keys()].flatMap((arm) =>
    lengths.map((length): AblationRow => {
      const values = valuesOf(arm, length) ?? []
      const zeros = values.map(() => 0)
      const { low, high } = pairedBootstrap(values, zeros, { random: random(seed) })
      const n = values.length
      return { what, arm, length, n, tokens: n * length, logPpl: mean(values), ci: [low, high] }
    }),
  )
  const pairs = compared.flatMap(([a, b]) =>
    lengths.flatMap((length): AblationPair[] => {
      const [of, less] = [valuesOf(a, length), valuesOf(b, length)]
      if (!of || !less) return []
      const { difference, low, high } = pairedBootstrap(of, less, { random: random(seed) })
      return [{ what, arms: [a, b], length, n: of.length, difference, ci: [low, high] }]
    }),
  )
  return { rows, pairs }
}
