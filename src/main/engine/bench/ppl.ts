/** Log-perplexity of what follows a context: nothing read, all of it, its last tokens, or its chunks at every k and p. */
import type { WeightName } from '../../../shared/deviceNames.ts'
import type { PplCost, PplInput, PplRow } from '../../../shared/evaluate.ts'
import type { PolicyName } from '../../../shared/plan.ts'
import { Fault } from '../../../shared/fault.ts'
import { checkK } from '../compress/passages.ts'
import { chunkPerplexities } from '../expand/perplexity.ts'
import type { Parts } from '../parts.ts'
import { policies, senseChunks } from '../sense/policies.ts'
import { budget, choose } from '../sense/select.ts'
import { contextOfText, rewardOf, type Context } from '../train/courses/contexts.ts'
import type { HeldOut } from '../train/data/source.ts'
import { stepRandom } from '../train/recipe/tasks.ts'
import { summarizePpl, type PplCell, type PplFound, type PplSummary } from './pplSummary.ts'
import { costsOf } from './weightCost.ts'

export type PplEvent =
  | { readonly type: 'run'; readonly done: number; readonly total: number; readonly note: string }
  | ({ readonly type: 'rows'; readonly costs: readonly PplCost[] } & PplSummary)

type Text = { readonly context: Int32Array; readonly output: Int32Array }

/** Policies that need no question. */
const blind: ReadonlySet<PolicyName> = new Set([
  'learned',
  'random',
  'perplexity-descending',
  'perplexity-ascending',
  'all',
  'none',
])

function cellsOf({ ks, ps, policies: names, matched }: PplInput): readonly PplCell[] {
  const alone = (condition: PplRow['condition'], k: number | null = null): PplCell => ({
    condition,
    k,
    p: null,
    policy: null,
  })
  const refrag = ks.flatMap((k) =>
    ps.flatMap((p): PplCell[] =>
      // Where nothing or everything is expanded no policy has a say: one row stands for all.
      p === 0 || p === 1
        ? [{ condition: 'refrag', k, p, policy: p === 0 ? 'none' : 'all' }]
        : names.map((policy) => ({ condition: 'refrag', k, p, policy })),
    ),
  )
  return [
    alone('none'),
    alone('full'),
    ...ks.map((k) => alone('truncated', k)),
    ...(matched === undefined ? [] : [alone('matched')]),
    ...refrag,
  ]
}

/** Which chunks a cell expands of a context. */
async function expandedOf(
  parts: Parts,
  cell: PplCell,
  context: Context,
  encoded: readonly Float32Array[],
  seed: number,
) {
  const count = context.chunks.length
  if (cell.condition !== 'refrag' || cell.policy === 'all') return context.chunks.map(() => true)
  const { scores } = await senseChunks(cell.policy as PolicyName, {
    chunks: count,
    seed,
    pointer: parts.pointer,
    encoded,
    encodeQuestion: () => Promise.resolve([]),
    similarities: () => Promise.reject(new Error('internal: no question to be like')),
    perplexities: () =>
      chunkPerplexities(
        parts,
        context.chunks.map((tokens) => ({ passage: '', tokens })),
      ),
  })
  return choose(
    scores ?? new Float32Array(count),
    budget(cell.p ?? 0, count),
    policies[cell.policy as PolicyName].better,
  )
}

/** Nats a token of `text`'s output under one cell. */
async function perplexityOf(parts: Parts, cell: PplCell, text: Text, seed: number): Promise<number> {
  const k = cell.k ?? parts.config.ks[0] ?? 8
  const read: Readonly<Record<PplRow['condition'], Int32Array>> = {
    none: text.context.subarray(0, 0),
    full: text.context,
    matched: text.context,
    truncated: text.context.subarray(text.context.length - Math.floor(text.context.length / k)),
    refrag: text.context,
  }
  const context = contextOfText({ context: read[cell.condition], output: text.output }, k)
  const compressed = cell.condition === 'refrag' ? await parts.compressor.compress(context.chunks, k) : []
  const expanded = await expandedOf(
    parts,
    cell,
    context,
    compressed.map((chunk) => chunk.encoded),
    seed,
  )
  return -(await rewardOf(
    parts,
    context,
    compressed.map((chunk) => chunk.embedding),
    expanded,
  ))
}

/**
 * Runs every cell on the same texts of every set. `matched` is the bundle of the baseline continued without compression, `smaller` the
 * bundle itself with its decoder's matrices held smaller.
 */
export async function* evaluatePpl(
  parts: Parts,
  matched: Parts | null,
  input: PplInput,
  sets: readonly HeldOut[],
  signal?: AbortSignal,
  smaller: ReadonlyMap<WeightName, Parts> = new Map(),
): AsyncGenerator<PplEvent> {
  for (const k of input.ks) checkK(k, parts.config.ks)
  for (const p of input.ps) budget(p, 0)
  const seeing = input.policies.find((name) => !blind.has(name))
  if (seeing) throw new Fault('bad-input', `The policy ${seeing} reads a question; there is none here.`)
  const cells = cellsOf(input)
  const own = cells.filter(({ condition }) => condition !== 'matched')
  const total = sets.length * (cells.length + smaller.size * own.length) * input.limit
  let done = 0
  for (const set of sets) {
    const texts = Array.from({ length: input.limit }, (_, i): Text => {
      const text = set.draw(stepRandom(input.seed, i), { context: input.context, output: input.output })
      if (text) return text
      throw new Fault('corpus-short', `${set.name}: no document has ${input.context + input.output} tokens in a row.`)
    })
    const foretell = async function* (under: Parts, asked: readonly PplCell[], weights: WeightName) {
      const found = new Map<PplCell, readonly number[]>()
      for (const cell of asked) {
        const values: number[] = []
        for (const [i, text] of texts.entries()) {
          signal?.throwIfAborted()
          const read = cell.condition === 'matched' && matched ? matched : under
          values.push(await perplexityOf(read, cell, text, input.seed + i))
          done++
          yield { type: 'run', done, total, note: `${set.name}: ${sayCell(cell, weights)}` } as const
        }
        found.set(cell, values)
      }
      return found as PplFound
    }
    const found = yield* foretell(parts, cells, 'f32')
    const costs: PplCost[] = []
    for (const [weights, smallerParts] of smaller) {
      const under = yield* foretell(smallerParts, own, weights)
      costs.push(...costsOf(set.name, found, { weights, under, config: parts.config.decoder }, input.seed))
    }
    yield { type: 'rows', ...summarizePpl(set.name, found, input), costs }
  }
}

function sayCell({ condition, k, p }: PplCell, weights: WeightName): string {
  const sizes = `${k === null ? '' : ` k ${k}`}${p === null ? '' : ` p ${p}`}`
  return `${condition}${sizes}${weights === 'f32' ? '' : `, ${weights}`}`
}
