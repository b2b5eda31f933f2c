/** One cell of a sweep: its cases asked in turn with full context, so that both meet the same minutes of the machine. */
import type { Spread } from '../../../../shared/bench.ts'
import type { Question } from '../../../../shared/corpus.ts'
import { Fault } from '../../../../shared/fault.ts'
import { isFull, keyOf } from '../../../../shared/grid.ts'
import { random } from '../../../../shared/random.ts'
import type { Timings } from '../../../../shared/run.ts'
import {
  sweepPhases,
  type SweepAgainst,
  type SweepCase,
  type SweepCell,
  type SweepPoint,
  type SweepQuality,
  type SweepTiming,
} from '../../../../shared/sweep.ts'
import { mean, meanInterval, median, pairedBootstrap, quartiles } from '../../measure/statistics.ts'
import type { Elsewhere } from '../../expand/remote/elsewhere.ts'
import type { Parts } from '../../parts.ts'
import { askOne, outcomeOf } from '../qa.ts'
import type { Reading } from '../qaPassages.ts'
import type { QaArm } from '../qaSummary.ts'
import { watchSleep, type Clock } from './clock.ts'

/** What a cell is measured with. */
export type Bench = {
  readonly parts: Parts
  readonly questions: readonly Question[]
  readonly reading: Reading
  readonly index: string
  readonly repeats: number
  readonly warmups: number
  readonly seed: number
  /** The server that answers; null for the bundle's own decoder. */
  readonly elsewhere: Elsewhere | null
  readonly clock: Clock
  /** Waits for the machine to be this caller's alone; gives the way to end that. */
  readonly take: (signal?: AbortSignal) => Promise<() => void>
}

/** One ask of a cell and, where full context fits, that of full context beside it. */
type Ask = { readonly at: number; readonly timings: Timings; readonly fullMs: number | null }

/**
 * Measures a cell; yields how many of its cases are done. Every ask finds the chunk embeddings of its own passages and nothing
 * else in the cache, so that what a cell says depends on no cell before it, to the bit.
 */
export async function* measureCell(
  point: SweepPoint,
  bench: Bench,
  signal?: AbortSignal,
): AsyncGenerator<number, SweepCell> {
  const { parts, questions, repeats, warmups } = bench
  // Full context has no chunk, but the one code path cuts before it decides.
  const arm: QaArm = { ...point, k: point.k ?? (parts.config.ks[0] as number) }
  const full: QaArm = { ...arm, p: 1, policy: 'all' }
  const slept = watchSleep(bench.clock)
  const began = bench.clock.monotonic()
  let fullFits = !isFull(point)

  const once = async (which: QaArm, at: number, firstToken: boolean) => {
    signal?.throwIfAborted()
    const question = questions[at] as Question
    const asked = {
      question,
      passages: bench.reading(point, at),
      index: bench.index,
      seed: bench.seed + at,
      firstToken,
      elsewhere: bench.elsewhere,
    }
    parts.compressor.forget()
    return askOne(parts, which, asked, signal)
  }
  const timeFull = async (at: number): Promise<number | null> => {
    if (!fullFits) return null
    try {
      return (await once(full, at, true)).timings.ttftMs
    } catch (error) {
      if (!(error instanceof Fault && error.code === 'context-too-long')) throw error
      fullFits = false
      return null
    }
  }

  const [asks, cases]: [Ask[], Case[]] = [[], []]
  for (const [at, question] of questions.entries()) {
    const release = await bench.take(signal)
    try {
      for (let round = at === 0 ? -warmups : 0; round < repeats; round++) {
        // A B, then B A: what grows slower or faster meanwhile touches both alike.
        const fullFirst = (at + round) % 2 !== 0
        const before = fullFirst ? await timeFull(at) : null
        const answer = await once(arm, at, round > 0)
        const fullMs = fullFirst ? before : await timeFull(at)
        if (round < 0) continue
        asks.push({ at, timings: answer.timings, fullMs })
        if (round > 0) continue
        const {
          recall,
          verdict,
          gold: _gold,
          ttft: _ttft,
          decoder: _decoder,
          ...outcome
        } = outcomeOf(answer, arm, question)
        const gold = question.answers.find((each) => each.trim() !== '') ?? ''
        cases.push({
          id: question.id,
          question: question.question,
          gold,
          answer: answer.answer,
          em: verdict === 'right' ? 1 : 0,
          formatFailure: verdict === 'format-failure',
          ...outcome,
          ttitMs: answer.timings.ttitMs,
          recall,
        })
      }
    } finally {
      release()
    }
    yield at + 1
  }

  const away = slept()
  const seconds = (bench.clock.monotonic() - began) / 1000
  const ttftOf = (at: number): number =>
    median(asks.filter((ask) => ask.at === at).map(({ timings }) => timings.ttftMs))
  return {
    ...point,
    key: keyOf(point),
    state: away > 0 ? 'invalid' : 'done',
    fault: away > 0 ? asleep(away) : null,
    seconds,
    quality: qualityOf(cases, bench.seed),
    timing: timingOf(asks, cases, fullFits),
    against: null,
    cases: cases.map(({ recall: _recall, ...each }, at) => ({ ...each, ttftMs: ttftOf(at) })),
  }
}

type Case = Omit<SweepCase, 'ttftMs'> & { readonly recall: number | null }

function asleep(ms: number): SweepCell['fault'] {
  const message = `The machine was suspended for ${Math.round(ms / 1000)} s while this cell was timed.`
  return { code: 'cell-disturbed', message, remedy: 'Resume the sweep: the cell is measured again.' }
}

/** Of every case; null where a server decoded, which cannot be made to score. */
function perplexitiesOf(cases: readonly Pick<SweepCase, 'logPerplexity'>[]): number[] | null {
  const known = cases.map(({ logPerplexity }) => logPerplexity).filter((value) => value !== null)
  return known.length < cases.length ? null : known
}

function qualityOf(cases: readonly Case[], seed: number): SweepQuality {
  const of = (field: 'em' | 'f1'): number[] => cases.map((each) => each[field])
  const interval = (values: readonly number[]) => meanInterval(values, { random: random(seed) })
  const scored = perplexitiesOf(cases)
  const recalls = cases.map(({ recall }) => recall).filter((value) => value !== null)
  return {
    n: cases.length,
    em: mean(of('em')),
    emCi: interval(of('em')),
    formatFailure: mean(cases.map((each) => (each.formatFailure ? 1 : 0))),
    f1: mean(of('f1')),
    f1Ci: interval(of('f1')),
    logPerplexity: scored && mean(scored),
    logPerplexityCi: scored && interval(scored),
    recall: recalls.length === 0 ? null : mean(recalls),
  }
}

const spread = (values: readonly number[]): Spread => ({ median: median(values), quartiles: quartiles(values) })

function timingOf(asks: readonly Ask[], cases: readonly Case[], fullFits: boolean): SweepTiming {
  const ttits = cases.map(({ ttitMs }) => ttitMs).filter((ms) => ms !== null)
  const beside = fullFits ? asks.flatMap(({ timings, fullMs }) => (fullMs === null ? [] : [{ timings, fullMs }])) : []
  const network = asks.flatMap(({ timings: { serializeMs = null, connectMs = 0, sendMs = 0 } }) =>
    serializeMs === null ? [] : [serializeMs + connectMs + sendMs],
  )
  const phase = (name: (typeof sweepPhases)[number]): number => median(asks.map(({ timings }) => timings[`${name}Ms`]))
  return {
    n: asks.length,
    ttft: spread(asks.map(({ timings }) => timings.ttftMs)),
    ttit: ttits.length === 0 ? null : spread(ttits),
    phases: Object.fromEntries(sweepPhases.map((name) => [name, phase(name)])) as SweepTiming['phases'],
    ...(network.length === 0 ? {} : { networkMs: median(network) }),
    full: beside.length === 0 ? null : spread(beside.map(({ fullMs }) => fullMs)),
    speedup: beside.length === 0 ? null : spread(beside.map(({ timings, fullMs }) => fullMs / timings.ttftMs)),
    positions: median(cases.map(({ positions }) => positions)),
  }
}

/** A cell less full context of the same case, question by question. */
export function compareCells(cell: SweepCell, full: SweepCell, seed: number): SweepAgainst {
  const less = (own: readonly number[], other: readonly number[]) => {
    const found = pairedBootstrap(own, other, { random: random(seed) })
    return { difference: found.difference, ci: [found.low, found.high] as [number, number] }
  }
  const difference = (field: 'em' | 'f1') => {
    const of = ({ cases }: SweepCell): number[] => cases.map((each) => each[field])
    return less(of(cell), of(full))
  }
  const [own, other] = [perplexitiesOf(cell.cases), perplexitiesOf(full.cases)]
  return {
    n: cell.cases.length,
    em: difference('em'),
    f1: difference('f1'),
    logPerplexity: own && other && less(own, other),
  }
}
