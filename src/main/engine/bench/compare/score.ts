/** Teacher-forced log-probabilities of kept runs: what each plan thinks of the answers of all, and of the gold answer. */
import { Fault } from '../../../../shared/fault.ts'
import type { Scores, ScoredText } from '../../../../shared/comparison.ts'
import type { Run } from '../../../../shared/run.ts'
import type { Compressed } from '../../compress/compressor.ts'
import { cutPassages } from '../../compress/passages.ts'
import { layOut, layRows } from '../../expand/layout.ts'
import { scoreTargets } from '../../expand/session.ts'
import { answerIds, withoutStop } from '../../nets/template.ts'
import type { Parts } from '../../parts.ts'

/** How far scoring has come, in runs; then the scores. */
export type Scoring =
  | { readonly type: 'run'; readonly done: number }
  | { readonly type: 'scores'; readonly scores: Scores }

/**
 * Scores every text under the plan of every run, as its decoder was fed: the passages that it read, cut at its k, expanded where it
 * expanded. One prefill a run. Runs of another bundle are left out: its tokens and weights are others.
 */
export async function* scoreRuns(parts: Parts, runs: readonly Run[], signal?: AbortSignal): AsyncGenerator<Scoring> {
  const own = runs.filter(({ manifest }) => manifest.bundle.hash === parts.bundle.hash)
  const texts = textsOf(own, parts)
  const rows: Scores['rows'] = []
  const left: Scores['left'] = runs
    .filter((run) => !own.includes(run))
    .map(({ id, manifest }) => ({ run: id, reason: `It was made with another bundle, ${manifest.bundle.name}.` }))
  for (const [at, run] of own.entries()) {
    signal?.throwIfAborted()
    try {
      const scored = await scoreUnder(
        parts,
        run,
        texts.map(({ tokens }) => tokens.map(({ id }) => id)),
        signal,
      )
      scored.forEach((logProbs, text) => rows.push({ run: run.id, text, logProbs }))
    } catch (error) {
      // A text of another run may not fit behind a long context; the other runs are scored all the same.
      if (!(error instanceof Fault)) throw error
      left.push({ run: run.id, reason: error.message })
    }
    yield { type: 'run', done: at + 1 }
  }
  yield { type: 'scores', scores: { texts, rows, left } }
}

/** The answers as they were decoded, their ends among them, and the gold answer of the first run that has one. */
function textsOf(runs: readonly Run[], { tokenizer, ids }: Parts): ScoredText[] {
  const gold = runs.find(({ plan }) => plan.target !== undefined && plan.target !== '')?.plan.target
  const told = (tokens: readonly number[]): ScoredText['tokens'] => {
    const said = withoutStop(ids, tokens).length
    return tokens.map((id, i) => ({ id, text: i < said ? tokenizer.piece(id) : '' }))
  }
  return [
    ...runs.map(({ id: of, tokens }) => ({ of, tokens: told(tokens.map(({ id }) => id)) })),
    ...(gold === undefined ? [] : [{ of: null, tokens: told(answerIds(ids, tokenizer, gold)) }]),
  ]
}

async function scoreUnder(
  { tokenizer, ids, compressor, decoder, held }: Parts,
  run: Run,
  texts: readonly (readonly number[])[],
  signal?: AbortSignal,
): Promise<readonly number[][]> {
  const cut = cutPassages(run.passages, run.plan.k, tokenizer)
  if (cut.length !== run.chunks.length)
    throw new Error(`internal: run ${run.id} has ${run.chunks.length} chunks and is cut into ${cut.length}`)
  const expanded = run.chunks.map((chunk) => chunk.expanded)
  const needed = cut.filter(({ index }) => expanded[index] !== true)
  const made = await compressor.compress(
    needed.map(({ tokens }) => tokens),
    run.plan.k,
    signal,
  )
  const embeddings = new Map(needed.map(({ index }, i) => [index, made[i] as Compressed]))
  const slots = layOut(
    run.passages.map(({ id }) => ({ chunks: cut.filter(({ passage }) => passage === id) })),
    expanded,
    ids,
    tokenizer.encode(run.plan.question),
  )
  const rows = layRows(
    slots,
    decoder.embedding,
    decoder.config.hidden,
    (index) => (embeddings.get(index) as Compressed).embedding,
  )
  // The cache is filled anew, so nothing of the run before can be kept.
  held.keys = []
  decoder.reserve(slots.length + Math.max(0, ...texts.map(({ length }) => length)))
  decoder.rewind(0)
  const logits = await decoder.feed(rows, 'last', signal)
  const scored: number[][] = []
  for (const text of texts) scored.push(text.length === 0 ? [] : await scoreTargets(decoder, logits, text, signal))
  return scored
}
