/** Retrieval over judged queries: the lexical, the dense and the fused ranking of an index on the same queries. */
import { Fault } from '../../../shared/fault.ts'
import { rankingNames, type Ranking, type RetrievalInput, type RetrievalResult } from '../../../shared/retrieval.ts'
import type { Query, QuerySet } from '../corpus/query.ts'
import { passageNames, type Index } from '../retrieve/load.ts'
import { rankPassages } from '../retrieve/search.ts'
import { cutoff, summarizeRetrieval, type Ranked } from './retrievalSummary.ts'

export type RetrievalEvent =
  | { readonly type: 'query'; readonly done: number; readonly total: number; readonly note: string }
  | { readonly type: 'done'; readonly result: RetrievalResult }

/** Passages looked at for each document that counts: a document is cut into several. */
const passagesADocument = 5

/**
 * Ranks the passages for every query, three ways. Where documents are judged, a document stands where its best passage does
 * and counts once; one none of whose passages is among the first 5 K (K the last place that counts) is not found.
 * Faults: bad-input where the index holds nothing that the queries name. Throws an AbortError on abort.
 */
export async function* evaluateRetrieval(
  index: Index,
  input: RetrievalInput,
  set: QuerySet,
  signal?: AbortSignal,
): AsyncGenerator<RetrievalEvent> {
  const names = passageNames(index).map(({ passage, document }) => (set.of === 'passage' ? passage : document))
  const queries = set.queries.slice(0, input.limit)
  const { relevant, missing } = countMissing(queries, names)
  if (missing === relevant) throw nothingInCommon(index, set)
  const last = Math.max(cutoff, ...input.recallAt)
  const pool = set.of === 'passage' ? last : passagesADocument * last
  const found: Ranked[] = []
  for (const query of queries) {
    signal?.throwIfAborted()
    const rankings = await rankPassages(index, query.text, pool, signal)
    const idsOf = (ranking: Ranking): readonly string[] => [
      ...new Set(rankings[ranking].flatMap(({ label }) => names[label] ?? [])),
    ]
    const [lexical, dense, fused] = rankingNames.map(idsOf)
    found.push({ query, ids: { lexical: lexical ?? [], dense: dense ?? [], fused: fused ?? [] } })
    yield { type: 'query', done: found.length, total: queries.length, note: set.name }
  }
  const { rows, pairs } = summarizeRetrieval(found, input)
  const told = { name: set.name, of: set.of, queries: queries.length, relevant, missing }
  yield { type: 'done', result: { set: told, rows: [...rows], pairs: [...pairs] } }
}

function countMissing(queries: readonly Query[], names: readonly (string | null)[]) {
  const held = new Set(names)
  const relevant = queries.flatMap(({ grades }) => [...grades.keys()])
  return { relevant: relevant.length, missing: relevant.filter((id) => !held.has(id)).length }
}

function nothingInCommon({ info }: Index, set: QuerySet): Fault {
  return new Fault('bad-input', `The index in ${info.path} holds no ${set.of} that ${set.name} names as relevant.`, {
    remedy: 'Build the index from the corpus that the questions belong to: refrag index FOLDER --out DIR',
  })
}
