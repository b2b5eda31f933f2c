/** QA over a question set: every cell on the same questions and, by retriever, the same passages. */
import type { QaCell, QaInput, QaPair } from '../../../shared/evaluate.ts'
import type { Question, RetrievedPassage } from '../../../shared/corpus.ts'
import { Fault } from '../../../shared/fault.ts'
import { Plan } from '../../../shared/plan.ts'
import { decoderWords } from '../../../shared/remoteKinds.ts'
import { ask, type Answer } from '../ask.ts'
import { checkK, cutPassages } from '../compress/passages.ts'
import type { Elsewhere } from '../expand/remote/elsewhere.ts'
import { f1, judgeAnswer, recallAt } from '../measure/score.ts'
import { median } from '../measure/statistics.ts'
import type { Parts } from '../parts.ts'
import { budget } from '../sense/select.ts'
import { answerTokens, checkRoom, fittingPassages, retrieveAll, type Retrieve } from './qaPassages.ts'
import { cellOf, pairOf, type QaArm, type QaOutcome } from './qaSummary.ts'

export type QaEvent =
  | { readonly type: 'run'; readonly done: number; readonly total: number; readonly note: string }
  | { readonly type: 'cell'; readonly cell: QaCell }
  | { readonly type: 'pair'; readonly pair: QaPair }

/**
 * Full context first, for each k so that rows line up; then every k, p and policy; all that for each retriever and count of
 * passages. Without a passage there is nothing to compress: one row, whatever the retriever.
 */
function armsOf({ retrievers, passages, ks, ps, policies }: QaInput): readonly QaArm[] {
  return retrievers.flatMap((retriever, first) =>
    passages.flatMap((count): readonly QaArm[] => {
      if (count === 0)
        return first === 0 ? ks.slice(0, 1).map((k) => ({ retriever, passages: 0, k, p: 1, policy: 'all' })) : []
      const at = { retriever, passages: count }
      const full = ks.map((k): QaArm => ({ ...at, k, p: 1, policy: 'all' }))
      const rest = ks.flatMap((k) =>
        ps.flatMap((p) =>
          policies.filter((policy) => policy !== 'all').map((policy): QaArm => ({ ...at, k, p, policy })),
        ),
      )
      return [...full, ...rest]
    }),
  )
}

const isFull = ({ p, policy }: QaArm): boolean => policy === 'all' || (p === 1 && policy !== 'none')

/** Two arms that lay every chunk out alike are one measurement: nothing expanded, or everything. */
function sameAs(arm: QaArm): string {
  const { retriever, passages, k, p, policy } = arm
  const at = `${retriever} ${passages}`
  if (isFull(arm)) return `${at} full`
  return policy === 'none' || p === 0 ? `${at} none ${k}` : `${at} ${policy} ${k} ${p}`
}

const isAnswer = (answer: string): boolean => answer.trim() !== ''

/** What would end the evaluation after hours is said before it starts. */
function checkInput(parts: Parts, input: QaInput, questions: readonly Question[]): void {
  for (const k of input.ks) checkK(k, parts.config.ks)
  for (const p of input.ps) budget(p, 0)
  checkQuestions(questions)
}

/** Fault bad-input for a question that has no answer to compare with. */
export function checkQuestions(questions: readonly Question[]): void {
  const open = questions.find((question) => !question.answers.some(isAnswer))
  if (open)
    throw new Fault('bad-input', `Question ${open.id} has no answer to compare with.`, {
      remedy: 'Give every question of the set at least one answer.',
    })
}

export type Asked = {
  readonly question: Question
  readonly passages: readonly RetrievedPassage[]
  readonly index: string
  readonly seed: number
  /** Ends with the first token and measures no answer: where times alone are wanted. */
  readonly firstToken?: boolean
  /** The server that answers; the bundle's own decoder where there is none. */
  readonly elsewhere?: Elsewhere | null
}

/**
 * Asks one question under one arm. Chunk embeddings are made before the clock starts and no prefix is kept of the run before,
 * so that the TTFT of an arm does not hang on which arms came before it.
 */
export async function askOne(
  parts: Parts,
  arm: QaArm,
  { question, passages, index, seed, firstToken = false, elsewhere = null }: Asked,
  signal?: AbortSignal,
): Promise<Answer> {
  const plan = Plan.parse({
    question: question.question,
    index,
    passages: arm.passages,
    k: arm.k,
    p: arm.p,
    // Where a policy has no say none is run: its time would be counted for nothing.
    policy: isFull(arm) ? 'all' : arm.p === 0 ? 'none' : arm.policy,
    maxTokens: firstToken ? 1 : answerTokens,
    seed,
    target: firstToken ? undefined : question.answers.find(isAnswer),
    decoder: elsewhere?.server.name,
  })
  if (!isFull(arm)) {
    const chunks = cutPassages(passages, arm.k, parts.tokenizer).map((chunk) => chunk.tokens)
    await parts.compressor.compress(chunks, arm.k, signal)
  }
  parts.held.keys = []
  return ask(parts, plan, async () => passages, { signal, elsewhere })
}

/** What an answer is worth. */
export function outcomeOf(run: Answer, arm: QaArm, question: Question): QaOutcome {
  const ids = run.passages.map((passage) => passage.id)
  return {
    verdict: judgeAnswer(run.answer, run.stopped === 'end', question.answers),
    f1: f1(run.answer, question.answers),
    logPerplexity: run.quality.logPerplexity,
    decoder: decoderWords(run.away ?? undefined),
    recall: recallAt(ids, question.passages, arm.passages),
    gold: question.passages.length === 0 ? null : ids.some((id) => question.passages.includes(id)),
    positions: run.counts.positions,
    ttft: run.timings.ttftMs,
  }
}

/**
 * Runs all cells, each compressed one compared with full context; `retrieve` is asked once a question and retriever.
 * Greedy decoding; log-perplexity is of the first gold answer, and not measured where a server decodes. Faults before the first run: k-unsupported, p-out-of-range,
 * context-too-long, bad-input for a question without an answer.
 */
export async function* evaluateQa(
  parts: Parts,
  input: QaInput,
  questions: readonly Question[],
  retrieve: Retrieve,
  signal?: AbortSignal,
  elsewhere: Elsewhere | null = null,
): AsyncGenerator<QaEvent> {
  checkInput(parts, input, questions)
  const reading = await retrieveAll(input, questions, retrieve)
  checkRoom(parts, input, questions, reading)
  const arms = armsOf(input)
  const known = new Map<string, readonly QaOutcome[]>()
  const total = arms.length + (input.equal === 'latency' ? arms.filter((arm) => !isFull(arm)).length : 0)
  let done = 0

  async function* measure(arm: QaArm): AsyncGenerator<QaEvent, readonly QaOutcome[]> {
    let outcomes = known.get(sameAs(arm))
    if (!outcomes) {
      const own: QaOutcome[] = []
      for (const [i, question] of questions.entries()) {
        signal?.throwIfAborted()
        const asked = { question, passages: reading(arm, i), index: input.index, seed: input.seed + i, elsewhere }
        own.push(outcomeOf(await askOne(parts, arm, asked, signal), arm, question))
        const note = `${nameOf(arm, input)}: ${own.length} of ${questions.length}`
        yield { type: 'run', done: done + own.length / questions.length, total, note }
      }
      outcomes = own
      known.set(sameAs(arm), own)
    }
    done++
    return outcomes
  }

  const rowOf = (arm: QaArm): string => `${sameAs(arm)}, k ${arm.k}`
  const listed = new Set(arms.map(rowOf))
  for (const arm of arms) {
    const outcomes = yield* measure(arm)
    yield { type: 'cell', cell: cellOf(arm, outcomes, input.seed) }
    if (isFull(arm)) continue
    const against = (full: QaArm, rival: readonly QaOutcome[], equal: QaPair['equal']): QaEvent => ({
      type: 'pair',
      pair: pairOf({ arm, outcomes }, { arm: full, outcomes: rival }, equal, input.seed),
    })
    const full: QaArm = { ...arm, p: 1, policy: 'all' }
    yield against(full, known.get(sameAs(full)) ?? [], 'passages')
    if (input.equal !== 'latency') continue
    const positions = median(outcomes.map((outcome) => outcome.positions))
    const fewer: QaArm = { ...full, passages: fittingPassages(parts, arm, questions, reading, positions) }
    const rival = yield* measure(fewer)
    if (!listed.has(rowOf(fewer))) yield { type: 'cell', cell: cellOf(fewer, rival, input.seed) }
    listed.add(rowOf(fewer))
    yield against(fewer, rival, 'latency')
  }
}

/** An arm in a note: what is the same for all that were asked for is left out. */
function nameOf({ retriever, passages, k, p, policy }: QaArm, input: QaInput): string {
  const alone = input.retrievers.length === 1 && input.passages.length === 1 && passages === input.passages[0]
  return `${alone ? '' : `${retriever}, ${passages} passages, `}k ${k}, p ${p}, ${policy}`
}
