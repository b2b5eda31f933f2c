/** The judging calls: log-perplexity, policies, retrieval and QA as jobs. */
import type {
  PolicyInput,
  PolicyPair,
  PolicyRow,
  PplCost,
  PplGap,
  PplInput,
  PplPair,
  PplRow,
  QaCell,
  QaInput,
  QaPair,
} from '../../../shared/evaluate.ts'
import type { Progress } from '../../../shared/job.ts'
import { meter } from '../../../shared/progress.ts'
import type { RetrievalInput, RetrievalResult } from '../../../shared/retrieval.ts'
import { evaluatePolicy } from '../bench/policy.ts'
import { evaluatePpl } from '../bench/ppl.ts'
import { evaluateQa } from '../bench/qa.ts'
import { evaluateRetrieval } from '../bench/retrieval.ts'
import { readQueries } from '../corpus/queries.ts'
import { readQuestions } from '../corpus/questions.ts'
import { openParts } from '../parts.ts'
import { searchIndex } from '../retrieve/search.ts'
import { openBundle } from '../store/bundle.ts'
import { openHeldOut } from '../train/data/source.ts'
import { decodesHere, type Asking } from './asking.ts'
import { alone } from './benching.ts'
import { openFormats } from './weights.ts'

type Told = { readonly done: number; readonly total: number; readonly note: string }

/** Progress of work whose whole is told with each step, at most so often as it is worth reading. */
function teller(stage: string, unit: string, emit: (event: Progress) => void): (event: Told) => void {
  const progress = meter(stage, unit, null)
  return ({ done, total, note }) => {
    if (!progress.due()) return
    const seen = progress.at(done, note)
    emit({ ...seen, total, secondsLeft: seen.perSecond ? (total - done) / seen.perSecond : null })
  }
}

/** Log-perplexity, each set's rows as soon as it is done. */
export function measurePpl(input: PplInput, at: Asking, signal?: AbortSignal) {
  return alone<PplRow, { rows: PplRow[]; gaps: PplGap[]; pairs: PplPair[]; costs?: PplCost[] }>(
    at,
    async (emit, stop) => {
      const parts = await at.loader.get()
      const sets = await Promise.all(input.data.map((name) => openHeldOut(name, parts.tokenizer)))
      const matched =
        input.matched === undefined
          ? null
          : await openParts(await openBundle(input.matched), await at.devices.running())
      const { whole, smaller, close } = await openFormats(parts, at, input.weights ?? [])
      const found = { rows: [] as PplRow[], gaps: [] as PplGap[], pairs: [] as PplPair[] }
      const costs: PplCost[] = []
      const tell = teller('foretell', 'texts', emit)
      try {
        for await (const event of evaluatePpl(whole, matched, input, sets, stop, smaller)) {
          if (event.type === 'rows') {
            found.rows.push(...event.rows)
            found.gaps.push(...event.gaps)
            found.pairs.push(...event.pairs)
            costs.push(...event.costs)
            for (const row of event.rows) emit({ type: 'partial', partial: row })
          } else tell(event)
        }
      } finally {
        await matched?.close()
        await close()
      }
      return input.weights === undefined ? found : { ...found, costs }
    },
    signal,
  )
}

/** Policies, the rows of each k as soon as it is done. */
export function measurePolicy(input: PolicyInput, at: Asking, signal?: AbortSignal) {
  return alone<PolicyRow, { rows: PolicyRow[]; pairs: PolicyPair[] }>(
    at,
    async (emit, stop) => {
      const found = { rows: [] as PolicyRow[], pairs: [] as PolicyPair[] }
      const tell = teller('choose', 'contexts', emit)
      for await (const event of evaluatePolicy(await at.loader.get(), input, stop)) {
        if (event.type === 'rows') {
          found.rows.push(...event.rows)
          found.pairs.push(...event.pairs)
          for (const row of event.rows) emit({ type: 'partial', partial: row })
        } else tell(event)
      }
      return found
    },
    signal,
  )
}

/** How well an index finds what its questions ask for. */
export function measureRetrieval(input: RetrievalInput, at: Asking, signal?: AbortSignal) {
  return alone<never, RetrievalResult>(
    at,
    async (emit, stop) => {
      const set = await readQueries(input.questions, input.split)
      const tell = teller('rank', 'queries', emit)
      return at.indexes.use(input.index, async (index) => {
        for await (const event of evaluateRetrieval(index, input, set, stop)) {
          if (event.type === 'done') return event.result
          tell(event)
        }
        throw new Error('internal: an evaluation ended without its result')
      })
    },
    signal,
  )
}

/** Cells of QA, each as soon as it is done. */
export function measureQa(input: QaInput, at: Asking, signal?: AbortSignal) {
  return alone<QaCell, { cells: QaCell[]; pairs: QaPair[] }>(
    at,
    async (emit, stop) => {
      const here = input.policies.some((policy) => decodesHere({ ...input, policy }))
      const parts = await (here ? at.loader.get() : at.loader.light())
      const elsewhere = input.decoder === undefined ? null : await at.remotes.open(input.decoder, stop)
      const questions = (await readQuestions(input.questions)).slice(0, input.limit)
      const found = { cells: [] as QaCell[], pairs: [] as QaPair[] }
      const tell = teller('answer', 'cells', emit)
      await at.indexes.use(input.index, async (index) => {
        const retrieve = (question: string, count: number) => searchIndex(index, question, count, stop)
        for await (const event of evaluateQa(parts, input, questions, retrieve, stop, elsewhere)) {
          if (event.type === 'cell') {
            found.cells.push(event.cell)
            emit({ type: 'partial', partial: event.cell })
          } else if (event.type === 'pair') found.pairs.push(event.pair)
          else tell(event)
        }
      })
      return found
    },
    signal,
  )
}
