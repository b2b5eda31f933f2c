/** Rollouts for the policy: contexts drawn, selections sampled, each worth the log-perplexity of the true answers. */
import { random as seeded, type Random } from '../../../shared/random.ts'
import { chunkRanges } from '../compress/chunk.ts'
import { layOut, layRows } from '../expand/layout.ts'
import { prefill, scoreTargets } from '../expand/session.ts'
import { askTokens } from '../nets/template.ts'
import type { PolicyKind } from '../nets/policy.ts'
import type { Parts } from '../parts.ts'
import { budget, sampleSequence, sequenceLogProb } from '../sense/select.ts'
import { groupAdvantages, type GrpoShape, type Rollout } from './grpo.ts'
import { drawTogether } from './tasks.ts'

/** A context to expand, and questions on it. */
export type Context = {
  readonly passages: readonly { readonly chunks: readonly { readonly index: number; readonly tokens: Int32Array }[] }[]
  readonly chunks: readonly Int32Array[]
  /** Questions with their answers as tokens, and the chunks that hold each answer. */
  readonly asked: readonly {
    readonly question: Int32Array
    readonly answer: readonly number[]
    readonly held: readonly number[]
  }[]
}

/** Draws a context of unseen combinations: `passages` sheets cut by k, and at most `questions` of their facts. */
export function drawContext(parts: Parts, random: Random, k: number, passages: number, questions: number): Context {
  const { tokenizer, ids } = parts
  const chunks: Int32Array[] = []
  const facts: Context['asked'][number][] = []
  const laid = drawTogether(random, 'train', passages).map((sheet) => {
    const { ids: tokens, starts, ends } = tokenizer.offsets(sheet.text)
    const own = chunkRanges(tokens.length, k).map(({ from, to }) => {
      chunks.push(tokens.subarray(from, to))
      return {
        index: chunks.length - 1,
        tokens: tokens.subarray(from, to),
        charFrom: starts[from] as number,
        charTo: ends[to - 1] as number,
      }
    })
    for (const fact of sheet.facts) {
      const held = own
        .filter(({ charFrom, charTo }) => charFrom < fact.to && charTo > fact.from)
        .map(({ index }) => index)
      facts.push({
        question: tokenizer.encode(fact.question),
        answer: [...tokenizer.encode(` ${fact.answer}`), ids.end],
        held,
      })
    }
    return { chunks: own }
  })
  return { passages: laid, chunks, asked: random.shuffle(facts).slice(0, questions) }
}

/** What a policy of `kind` reads of a context: the question's encoder outputs first where it is query-aware. */
export async function readContext(
  parts: Parts,
  kind: PolicyKind,
  context: Context,
  k: number,
): Promise<{
  readonly rows: readonly Float32Array[]
  readonly asked: number
  readonly embeddings: readonly Float32Array[]
}> {
  const compressed = await parts.compressor.compress(context.chunks, k)
  const question = kind === 'policyQuery' ? (context.asked[0]?.question ?? new Int32Array(0)) : new Int32Array(0)
  const asking = await parts.compressor.compress(
    chunkRanges(question.length, k).map(({ from, to }) => question.subarray(from, to)),
    k,
  )
  return {
    rows: [...asking, ...compressed].map((chunk) => chunk.encoded),
    asked: asking.length,
    embeddings: compressed.map((chunk) => chunk.embedding),
  }
}

/** How many questions a context of a policy of `kind` is worth: the query-aware one reads a single question. */
export const questionsFor: Readonly<Record<PolicyKind, number>> = { policy: 6, policyQuery: 1 }

/** Mean log-probability per token of the true answers, the context laid out with `expanded` (the reward of paper A.1). */
async function reward(
  parts: Parts,
  context: Context,
  embeddings: readonly Float32Array[],
  expanded: readonly boolean[],
): Promise<number> {
  const { decoder, held } = parts
  const { hidden } = decoder.config
  const [first, ...rest] = context.asked
  if (!first) throw new Error('internal: a context without a question')
  const slots = layOut(context.passages, expanded, parts.ids, first.question)
  const rows = layRows(slots, decoder.embedding, hidden, (index) => embeddings[index] as Float32Array)
  const more = rest.flatMap(({ question, answer }) => [...askTokens(parts.ids, question), ...answer])
  held.keys = []
  const { logits } = await prefill(decoder, held, {
    rows,
    keys: slots.map((_, i) => `${i}`),
    room: more.length + first.answer.length + 8,
  })
  // One pass scores the first answer and, after it, every further question with its own.
  const logProbs = await scoreTargets(decoder, logits, [...first.answer, ...more])
  let [sum, count, at] = [0, 0, 0]
  for (const [i, { question, answer }] of context.asked.entries()) {
    if (i > 0) at += question.length + 2
    for (const logProb of logProbs.slice(at, at + answer.length)) sum += logProb
    at += answer.length
    count += answer.length
  }
  return sum / count
}

/** Draws the rollouts of one step: `shape.contexts` contexts, `shape.group` selections each. Gives the mean reward too. */
export async function drawRollouts(
  parts: Parts,
  kind: PolicyKind,
  shape: GrpoShape,
  options: {
    readonly seed: number
    readonly logits: (rows: readonly Float32Array[], asked: number) => Promise<Float32Array>
  },
): Promise<{ readonly rollouts: readonly Rollout[]; readonly reward: number; readonly best: number }> {
  const random = seeded(options.seed)
  const rollouts: Rollout[] = []
  let [total, best] = [0, 0]
  while (rollouts.length < shape.contexts) {
    const k = random.pick(parts.config.ks)
    const context = drawContext(parts, random, k, random.int(2, 4), questionsFor[kind])
    const { rows, asked, embeddings } = await readContext(parts, kind, context, k)
    const count = Math.min(shape.picks, Math.max(1, budget(0.1 + 0.3 * random.float(), context.chunks.length)))
    if (rows.length > shape.rows) continue
    const logits = (await options.logits(rows, asked)).subarray(0, rows.length)
    const pickable = logits.slice(asked)
    const selections = Array.from({ length: shape.group }, () => sampleSequence(pickable, count, random))
    const rewards: number[] = []
    for (const selection of selections) {
      const expanded = context.chunks.map((_, i) => selection.includes(i))
      rewards.push(await reward(parts, context, embeddings, expanded))
    }
    rollouts.push({
      rows,
      asked,
      selections: selections.map((selection) => selection.map((pick) => pick + asked)),
      oldLogProbs: selections.map((selection) =>
        selection.map(
          (_, t) =>
            sequenceLogProb(pickable, selection.slice(0, t + 1)) - sequenceLogProb(pickable, selection.slice(0, t)),
        ),
      ),
      advantages: groupAdvantages(rewards),
    })
    total += rewards.reduce((a, b) => a + b, 0) / rewards.length
    best += Math.max(...rewards)
  }
  return { rollouts, reward: total / shape.contexts, best: best / shape.contexts }
}
