/** The trainers of decoder, encoder and projector: one table of what each reads, what it learns and which weights move. */
import type { Random } from '../../../../shared/random.ts'
import type { TrainerName } from '../../../../shared/train.ts'
import { chunkRanges } from '../../compress/chunk.ts'
import { askTokens, type TemplateIds } from '../../nets/template.ts'
import { budget } from '../../sense/select.ts'
import type { Item, Segment } from '../loop/rows.ts'

/** The sizes of one sequence: n chunks of k tokens, the fraction p kept as tokens, then o tokens to predict. */
export type Lengths = { readonly k: number; readonly chunks: number; readonly p: number; readonly output: number }

/** What a sequence is made from: tokens that follow one another, or a question on passages. */
export type Material = { readonly context: Int32Array; readonly output: Int32Array }
export type AskedTokens = {
  readonly passages: readonly Int32Array[]
  readonly question: Int32Array
  /** Its end among them. */
  readonly answer: readonly number[]
}

/** Which weights a trainer moves. */
const compressor = (name: string): boolean => name.startsWith('encoder.') || name.startsWith('projector.')
const all = (name: string): boolean => compressor(name) || name.startsWith('decoder.')
const decoderOnly = (name: string): boolean => name.startsWith('decoder.')

type Common = {
  readonly about: string
  readonly trains: (name: string) => boolean
  /** Peak learning rate, the paper's where it has one (B.2). */
  readonly learningRate: number
  /** Fraction of chunks kept as tokens, unless the run says otherwise. */
  readonly p: number
}
/** A trainer on running text. `positions` and `targets` are those of every sequence of these lengths. */
export type TextKind = Common & {
  readonly reads: 'text'
  readonly outputOf: (lengths: Lengths) => number
  readonly segment: (random: Random, ids: TemplateIds, material: Material, lengths: Lengths) => Segment
}
export type AskedKind = Common & {
  readonly reads: 'questions'
  readonly segment: (random: Random, ids: TemplateIds, asked: AskedTokens, lengths: Lengths) => Segment
}
export type Kind = TextKind | AskedKind

const told = (tokens: ArrayLike<number>, weight: number): Item[] =>
  Array.from(tokens, (id) => ({ kind: 'token', id, weight }))

/** Tokens cut by k, exactly floor(p L) of the chunks drawn to stay tokens. */
function lay(random: Random, tokens: Int32Array, { k, p }: Lengths): Item[] {
  const ranges = chunkRanges(tokens.length, k)
  const kept = new Set(random.shuffle(ranges.map((_, i) => i)).slice(0, budget(p, ranges.length)))
  return ranges.flatMap(({ from, to }, i): Item[] => {
    const chunk = tokens.subarray(from, to)
    return kept.has(i) ? told(chunk, 0) : [{ kind: 'chunk', tokens: [...chunk] }]
  })
}

/** A context at p, then what follows it. */
const follow: TextKind['segment'] = (random, ids, { context, output }, lengths) => [
  ...told(ids.start, 0),
  ...told(ids.passage, 0),
  ...lay(random, context, lengths),
  ...told(output, 1),
]

export const kinds = {
  reconstruct: {
    about: 'the decoder, frozen, tells a text again from its chunk embeddings (paper §3.1)',
    reads: 'text',
    trains: compressor,
    learningRate: 2e-4,
    p: 0,
    outputOf: () => 0,
    segment: (random, ids, { context }, lengths) => [
      ...told(ids.start, 0),
      ...lay(random, context, lengths),
      ...told(ids.repeat, 0),
      ...told(context, 1),
      ...told(ids.end, 1),
    ],
  },
  continue: {
    about: 'the next tokens after a compressed context, all parts trained (paper §3.1)',
    reads: 'text',
    trains: all,
    learningRate: 5e-5,
    p: 0,
    outputOf: (lengths) => lengths.output,
    segment: follow,
  },
  mixed: {
    about: 'the next tokens after a context of which a fraction p stays tokens (paper B.2)',
    reads: 'text',
    trains: all,
    learningRate: 5e-5,
    p: 0.1,
    outputOf: (lengths) => lengths.output,
    segment: follow,
  },
  lm: {
    about: 'the decoder alone on plain text: the baseline continued without compression',
    reads: 'text',
    trains: decoderOnly,
    learningRate: 5e-5,
    p: 1,
    outputOf: (lengths) => lengths.output,
    segment: follow,
  },
  tune: {
    about: 'answers to questions on compressed passages',
    reads: 'questions',
    trains: all,
    learningRate: 2e-5,
    p: 0.25,
    segment: (random, ids, { passages, question, answer }, lengths) => [
      ...told(ids.start, 0),
      ...passages.flatMap((passage) => [...told(ids.passage, 0), ...lay(random, passage, lengths)]),
      ...told(askTokens(ids, question), 0),
      ...answer.map((id): Item => ({ kind: 'token', id, weight: 1, group: 0 })),
    ],
  },
} as const satisfies Partial<Record<TrainerName, Kind>>
