/** QA over a question set: every cell on the same questions and the same retrieved passages. */
import type { QaCell, QaInput } from '../../../shared/bench.ts'
import type { Question, RetrievedPassage } from '../../../shared/corpus.ts'
import { Fault } from '../../../shared/fault.ts'
import { Plan, type PolicyName } from '../../../shared/plan.ts'
import { ask } from '../ask.ts'
import { checkK } from '../compress/passages.ts'
import { exactMatch, f1, recallAt } from '../measure/score.ts'
import { mean } from '../measure/statistics.ts'
import type { Parts } from '../parts.ts'
import { budget } from '../sense/select.ts'

type Outcome = {
  readonly em: number
  readonly f1: number
  readonly logPerplexity: number
  readonly gold: boolean | null
}
export type QaEvent =
  | { readonly type: 'run'; readonly done: number; readonly total: number; readonly note: string }
  | { readonly type: 'cell'; readonly cell: QaCell }

/** Full context first, for each k so that rows line up; then every k, p and policy. */
function cellsOf(input: QaInput): readonly { readonly k: number; readonly p: number; readonly policy: PolicyName }[] {
  const full = input.ks.map((k) => ({ k, p: 1, policy: 'all' as const }))
  const rest = input.ks.flatMap((k) =>
    input.ps.flatMap((p) => input.policies.filter((policy) => policy !== 'all').map((policy) => ({ k, p, policy }))),
  )
  return [...full, ...rest]
}

/** Two cells that lay every chunk out alike are one measurement: nothing expanded, or everything. */
function sameAs({ k, p, policy }: { readonly k: number; readonly p: number; readonly policy: PolicyName }): string {
  if (policy === 'all' || (p === 1 && policy !== 'none')) return 'full'
  return policy === 'none' || p === 0 ? `none ${k}` : `${policy} ${k} ${p}`
}

const isAnswer = (answer: string): boolean => answer.trim() !== ''

/** What would end the evaluation after hours is said before it starts. */
function checkInput(parts: Parts, input: QaInput, questions: readonly Question[]): void {
  for (const k of input.ks) checkK(k, parts.config.ks)
  for (const p of input.ps) budget(p, 0)
  const open = questions.find((question) => !question.answers.some(isAnswer))
  if (open)
    throw new Fault('bad-input', `Question ${open.id} has no answer to compare with.`, {
      remedy: 'Give every question of the set at least one answer.',
    })
}

/**
 * Runs all cells; `retrieve` is asked once a question. Greedy decoding; log-perplexity is of the first gold answer.
 * Faults before the first run: k-unsupported, p-out-of-range, bad-input for a question without an answer.
 */
export async function* evaluateQa(
  parts: Parts,
  input: QaInput,
  questions: readonly Question[],
  retrieve: (question: string, count: number) => Promise<readonly RetrievedPassage[]>,
  signal?: AbortSignal,
): AsyncGenerator<QaEvent> {
  checkInput(parts, input, questions)
  const cells = cellsOf(input)
  const found: (readonly RetrievedPassage[])[] = []
  for (const { question } of questions) found.push(await retrieve(question, input.passages))
  const recalls = questions
    .map((question, i) =>
      recallAt(
        (found[i] ?? []).map((passage) => passage.id),
        question.passages,
        input.passages,
      ),
    )
    .filter((value) => value !== null)
  const known = new Map<string, readonly Outcome[]>()
  let done = 0
  for (const cell of cells) {
    let outcomes = known.get(sameAs(cell))
    if (!outcomes) {
      const own: Outcome[] = []
      const policy = cell.p === 1 && cell.policy !== 'none' ? 'all' : cell.policy
      for (const [i, question] of questions.entries()) {
        signal?.throwIfAborted()
        const plan = Plan.parse({
          question: question.question,
          index: input.index,
          passages: input.passages,
          k: cell.k,
          p: cell.p,
          policy,
          // A draw of its own a question: one seed for all would expand the same places in every context.
          seed: input.seed + i,
          target: question.answers.find(isAnswer),
        })
        const passages = found[i] ?? []
        const run = await ask(parts, plan, async () => passages, { signal })
        own.push({
          em: exactMatch(run.answer, question.answers) ? 1 : 0,
          f1: f1(run.answer, question.answers),
          logPerplexity: run.quality.logPerplexity ?? Number.NaN,
          gold:
            question.passages.length === 0 ? null : passages.some((passage) => question.passages.includes(passage.id)),
        })
        yield {
          type: 'run',
          done: done + own.length / questions.length,
          total: cells.length,
          note: `k ${cell.k}, p ${cell.p}, ${cell.policy}: ${own.length} of ${questions.length}`,
        }
      }
      outcomes = own
      known.set(sameAs(cell), own)
    }
    done++
    const withGold = outcomes.filter((outcome) => outcome.gold)
    yield {
      type: 'cell',
      cell: {
        ...cell,
        n: outcomes.length,
        em: mean(outcomes.map((outcome) => outcome.em)),
        f1: mean(outcomes.map((outcome) => outcome.f1)),
        emGoldRetrieved: withGold.length > 0 ? mean(withGold.map((outcome) => outcome.em)) : null,
        logPerplexity: mean(outcomes.map((outcome) => outcome.logPerplexity)),
        recallAtK: recalls.length > 0 ? mean(recalls) : null,
      },
    }
  }
}
