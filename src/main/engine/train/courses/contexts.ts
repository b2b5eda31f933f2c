/** Contexts for the policies: chunks that may be expanded, and what is to be foretold after them. */
import type { Random } from '../../../../shared/random.ts'
import { chunkRanges } from '../../compress/chunk.ts'
import type { Split } from '../../corpus/synthetic/names.ts'
import { layContext, layRows, type LaidPassage } from '../../expand/layout.ts'
import { prefill, scoreTargets } from '../../expand/session.ts'
import type { PolicyKind } from '../../nets/policy.ts'
import { answerIds, askTokens, type TemplateIds } from '../../nets/template.ts'
import type { Parts } from '../../parts.ts'
import type { Tokenizer } from '../../tokens/tokenizer.ts'
import type { Asked } from '../data/asked.ts'
import { drawTogether } from '../recipe/tasks.ts'

/** One thing to foretell: what is fed before it (a question, or nothing), and its tokens. */
export type Turn = {
  readonly question: Int32Array | null
  readonly target: readonly number[]
  /** The chunks that hold it, where that is known. */
  readonly held: readonly number[]
}
export type Context = {
  readonly passages: readonly LaidPassage[]
  readonly chunks: readonly Int32Array[]
  readonly turns: readonly Turn[]
}

/** Tokens of one passage cut by k, numbered on from the chunks before. */
function cut(tokens: Int32Array, k: number, chunks: Int32Array[]) {
  return chunkRanges(tokens.length, k).map(({ from, to }) => {
    chunks.push(tokens.subarray(from, to))
    return { index: chunks.length - 1, tokens: tokens.subarray(from, to), from, to }
  })
}

/** Synthetic sheets with at most `questions` of their facts; the chunks that hold each answer are known. */
export function drawSheets(
  { tokenizer, ids }: Pick<Parts, 'tokenizer' | 'ids'>,
  random: Random,
  at: {
    readonly k: number
    readonly passages: number
    readonly questions: number
    readonly side: Split
    /** Whether the sheets are alike, as retrieved ones are; a draw when left out. */
    readonly alike?: boolean
  },
): Context {
  const chunks: Int32Array[] = []
  const turns: Turn[] = []
  const passages = drawTogether(random, at.side, at.passages, at.alike).map((sheet) => {
    const { ids: tokens, starts, ends } = tokenizer.offsets(sheet.text)
    const own = cut(tokens, at.k, chunks)
    for (const fact of sheet.facts)
      turns.push({
        question: tokenizer.encode(fact.question),
        target: answerIds(ids, tokenizer, fact.answer),
        held: own.filter((chunk) => holds(chunk, fact, starts, ends)).map(({ index }) => index),
      })
    return { chunks: own }
  })
  return { passages, chunks, turns: random.shuffle(turns).slice(0, at.questions) }
}

/** A question on passages of the user's; the chunks that its answer stands in are known where that is word for word. */
export function contextOfAsked(
  tokenizer: Pick<Tokenizer, 'encode' | 'offsets'>,
  ids: TemplateIds,
  { passages, question, answer, standing }: Asked,
  k: number,
): Context {
  const chunks: Int32Array[] = []
  const held: number[] = []
  const laid = passages.map((text, passage) => {
    const { ids: tokens, starts, ends } = tokenizer.offsets(text)
    const own = cut(tokens, k, chunks)
    const places = standing.filter((each) => each.passage === passage)
    held.push(
      ...own.filter((chunk) => places.some((place) => holds(chunk, place, starts, ends))).map(({ index }) => index),
    )
    return { chunks: own }
  })
  const target = answerIds(ids, tokenizer, answer)
  return { passages: laid, chunks, turns: [{ question: tokenizer.encode(question), target, held }] }
}

type Range = { readonly from: number; readonly to: number }

/** Whether a chunk, in tokens, holds some of a place, in characters. */
function holds(chunk: Range, place: Range, starts: ArrayLike<number>, ends: ArrayLike<number>): boolean {
  return (starts[chunk.from] as number) < place.to && (ends[chunk.to - 1] as number) > place.from
}

/** Running text: the tokens after a context are what is to be foretold (paper A.1). */
export function contextOfText(
  tokens: { readonly context: Int32Array; readonly output: Int32Array },
  k: number,
): Context {
  const chunks: Int32Array[] = []
  const passages = [{ chunks: cut(tokens.context, k, chunks) }]
  return { passages, chunks, turns: [{ question: null, target: [...tokens.output], held: [] }] }
}

/** What a policy of `kind` reads of a context: the question's encoder outputs first where it is query-aware. */
export async function readContext(
  { compressor }: Pick<Parts, 'compressor'>,
  kind: PolicyKind,
  context: Context,
  k: number,
): Promise<{
  readonly rows: readonly Float32Array[]
  /** How many of the rows are the question's. */
  readonly asked: number
  readonly embeddings: readonly Float32Array[]
}> {
  const compressed = await compressor.compress(context.chunks, k)
  const question = (kind === 'policyQuery' ? context.turns[0]?.question : null) ?? new Int32Array(0)
  const asking = await compressor.compress(
    chunkRanges(question.length, k).map(({ from, to }) => question.subarray(from, to)),
    k,
  )
  return {
    rows: [...asking, ...compressed].map((chunk) => chunk.encoded),
    asked: asking.length,
    embeddings: compressed.map((chunk) => chunk.embedding),
  }
}

/** Mean log-probability per token of all that is to be foretold, the context laid out with `expanded` (paper A.1). */
export async function rewardOf(
  { decoder, held, ids }: Pick<Parts, 'decoder' | 'held' | 'ids'>,
  context: Context,
  embeddings: readonly Float32Array[],
  expanded: readonly boolean[],
): Promise<number> {
  const { hidden } = decoder.config
  const asks = ({ question }: Turn): number[] => (question ? askTokens(ids, question) : [])
  const [first, ...rest] = context.turns
  if (!first) throw new Error('internal: a context with nothing to foretell')
  const asked = asks(first).map((id) => ({ kind: 'token', id }) as const)
  const slots = [...layContext(context.passages, expanded, ids), ...asked]
  const rows = layRows(slots, decoder.embedding, hidden, (index) => embeddings[index] as Float32Array)
  const more = rest.flatMap((turn) => [...asks(turn), ...turn.target])
  held.keys = []
  const { logits } = await prefill(decoder, held, {
    rows,
    keys: slots.map((_, i) => `${i}`),
    room: more.length + first.target.length + 8,
  })
  // One pass scores the first target and, after it, every further one behind its question.
  const logProbs = await scoreTargets(decoder, logits, [...first.target, ...more])
  let [sum, count, at] = [0, 0, 0]
  for (const [i, turn] of context.turns.entries()) {
    if (i > 0) at += asks(turn).length
    for (const logProb of logProbs.slice(at, at + turn.target.length)) sum += logProb
    at += turn.target.length
    count += turn.target.length
  }
  return sum / count
}

/** What each chunk is worth alone: the reward with only it expanded, less that with none (leave-one-out oracle). */
export async function oracleGains(
  parts: Pick<Parts, 'decoder' | 'held' | 'ids'>,
  context: Context,
  embeddings: readonly Float32Array[],
): Promise<number[]> {
  const none = await rewardOf(
    parts,
    context,
    embeddings,
    context.chunks.map(() => false),
  )
  const gains: number[] = []
  for (const index of context.chunks.keys())
    gains.push(
      (await rewardOf(
        parts,
        context,
        embeddings,
        context.chunks.map((_, i) => i === index),
      )) - none,
    )
  return gains
}
