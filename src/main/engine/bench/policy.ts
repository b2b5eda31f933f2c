/** Policies judged by what they choose on unseen sheets: the chunks that hold the answers, the reward, and regret where all can be tried. */
import type { Judged, PolicyInput } from '../../../shared/evaluate.ts'
import { Fault } from '../../../shared/fault.ts'
import { checkK } from '../compress/passages.ts'
import { chunkPerplexities } from '../expand/perplexity.ts'
import type { Parts } from '../parts.ts'
import { similarities } from '../retrieve/similarity.ts'
import { policies, senseChunks, type Sensing } from '../sense/policies.ts'
import { budget, choose } from '../sense/select.ts'
import { drawSheets, oracleGains, readContext, rewardOf, type Context } from '../train/courses/contexts.ts'
import { stepRandom } from '../train/recipe/tasks.ts'
import { summarizePolicies, type Choice, type PolicySummary } from './policySummary.ts'

export type PolicyEvent =
  | { readonly type: 'run'; readonly done: number; readonly total: number; readonly note: string }
  | ({ readonly type: 'rows' } & PolicySummary)

/** A context is small, and every subset of it tried, up to here: 45 subsets. */
const small = { chunks: 10, picks: 2 } as const
const smallDraws = 32

/** Policies that read the question, of which a context must then have one alone. */
const asking: ReadonlySet<Judged> = new Set(['learned-query', 'similarity'])

/** T' = floor(pL), and at least one chunk: of none there is nothing to judge. */
function picksOf(p: number, chunks: number): number {
  return Math.max(1, budget(p, chunks))
}

function checkInput(parts: Parts, { ks, ps, policies: judged, questions }: PolicyInput): void {
  for (const k of ks) checkK(k, parts.config.ks)
  for (const p of ps) {
    budget(p, 0)
    if (p === 0 || p === 1) throw new Fault('bad-input', `At p = ${p} there is nothing to choose.`)
  }
  const seeing = judged.find((name) => asking.has(name))
  if (questions > 1 && seeing)
    throw new Fault('bad-input', `The policy ${seeing} reads one question; a context is to have ${questions}.`, {
      remedy: 'Ask one question of a context, or leave out the policies that read it.',
    })
}

/**
 * The i-th context, the same sheets and questions for every k. A small one has as many passages as keep it small, down to the
 * first single one of some draws that is short enough; null where none is.
 */
function drawContext(parts: Parts, input: PolicyInput, k: number, i: number, mustBeSmall: boolean): Context | null {
  const { side, questions, seed } = input
  const random = stepRandom(mustBeSmall ? ~seed : seed, i)
  const draw = (passages: number): Context => drawSheets(parts, random, { k, passages, questions, side, alike: true })
  if (!mustBeSmall) return draw(input.passages)
  for (let attempt = 0; attempt < smallDraws; attempt++) {
    const context = draw(Math.max(1, input.passages - attempt))
    if (context.chunks.length <= small.chunks) return context
  }
  return null
}

/** What every policy thinks of a context's chunks, and what a choice of them is worth. */
async function judge(parts: Parts, input: PolicyInput, k: number, context: Context, seed: number) {
  const { rows, asked, embeddings } = await readContext(parts, 'policyQuery', context, k)
  const { chunks, passages, turns } = context
  const [turn] = turns
  const sensing: Sensing = {
    chunks: chunks.length,
    seed,
    pointer: parts.pointer,
    encoded: rows.slice(asked),
    encodeQuestion: () => Promise.resolve(rows.slice(0, asked)),
    similarities: () =>
      similarities(
        parts.embedder,
        parts.tokenizer.decode(turn?.question ?? []),
        chunks.map((chunk) => parts.tokenizer.decode(chunk)),
      ),
    perplexities: () =>
      chunkPerplexities(
        parts,
        passages.flatMap((passage, at) =>
          passage.chunks.map(({ index }) => ({ passage: `${at}`, tokens: chunks[index] as Int32Array })),
        ),
      ),
  }
  const scores = new Map<Judged, { readonly scores: ArrayLike<number>; readonly better: 'higher' | 'lower' }>()
  for (const name of input.policies) {
    if (name === 'oracle') scores.set(name, { scores: await oracleGains(parts, context, embeddings), better: 'higher' })
    else {
      const found = await senseChunks(name, sensing)
      scores.set(name, { scores: found.scores ?? [], better: policies[name].better })
    }
  }
  // Policies often agree, and among all subsets is each one's own.
  const known = new Map<string, number>()
  async function reward(expanded: readonly boolean[]): Promise<number> {
    const key = expanded.map(Number).join('')
    const value = known.get(key) ?? (await rewardOf(parts, context, embeddings, expanded))
    known.set(key, value)
    return value
  }
  return { scores, reward }
}

/** Every choice of `picks` of `chunks` chunks. */
export function choices(chunks: number, picks: number): boolean[][] {
  if (picks === 0) return [Array.from({ length: chunks }, () => false)]
  if (picks > chunks) return []
  return [
    ...choices(chunks - 1, picks - 1).map((rest) => [true, ...rest]),
    ...choices(chunks - 1, picks).map((rest) => [false, ...rest]),
  ]
}

/** The choices of every policy at every p on one context; with `exhaust` the best of all choices beside them. */
async function choicesOn(
  parts: Parts,
  input: PolicyInput,
  k: number,
  context: Context,
  { seed, exhaust }: { readonly seed: number; readonly exhaust: boolean },
): Promise<readonly Choice[]> {
  const { scores, reward } = await judge(parts, input, k, context, seed)
  const gold = new Set(context.turns.flatMap((turn) => turn.held))
  const made: Choice[] = []
  for (const p of input.ps) {
    const chunks = context.chunks.length
    const picks = picksOf(p, chunks)
    if (exhaust && picks > small.picks) continue
    let best: number | null = null
    if (exhaust) for (const each of choices(chunks, picks)) best = Math.max(best ?? -Infinity, await reward(each))
    const oracle = scores.get('oracle')
    const ideal = oracle ? choose(oracle.scores, picks, oracle.better) : null
    for (const [policy, { scores: own, better }] of scores) {
      const expanded = choose(own, picks, better)
      const hits = expanded.filter((chosen, at) => chosen && gold.has(at)).length
      made.push({
        p,
        policy,
        chunks,
        picks,
        gold: hits / gold.size,
        precision: hits / picks,
        overlap: ideal && expanded.filter((chosen, at) => chosen && ideal[at]).length / picks,
        reward: await reward(expanded),
        best,
      })
    }
  }
  return made
}

/**
 * Judges every policy at every k and p on the same contexts of alike sheets, whose entities no training met, and its regret on
 * small ones drawn apart. Faults before the first context: k-unsupported, p-out-of-range, bad-input.
 */
export async function* evaluatePolicy(
  parts: Parts,
  input: PolicyInput,
  signal?: AbortSignal,
): AsyncGenerator<PolicyEvent> {
  checkInput(parts, input)
  const total = input.ks.length * (input.limit + input.small)
  let done = 0
  for (const k of input.ks) {
    const [usual, tried]: [Choice[], Choice[]] = [[], []]
    for (let i = 0; i < input.limit + input.small; i++) {
      signal?.throwIfAborted()
      const exhaust = i >= input.limit
      const context = drawContext(parts, input, k, exhaust ? i - input.limit : i, exhaust)
      const seed = input.seed + i
      if (context) (exhaust ? tried : usual).push(...(await choicesOn(parts, input, k, context, { seed, exhaust })))
      done++
      yield { type: 'run', done, total, note: `k ${k}${exhaust ? ', every subset' : ''}` }
    }
    yield { type: 'rows', ...summarizePolicies(k, input, usual, tried) }
  }
}
