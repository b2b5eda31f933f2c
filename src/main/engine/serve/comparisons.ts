/** The comparisons of this workbench: made of kept runs, scored, timed, voted on; every step is kept as it ends. */
import { randomUUID } from 'node:crypto'
import { cpus } from 'node:os'
import {
  settingOf,
  type ChangeComparison,
  type Comparison,
  type ComparisonInfo,
  type ComparisonReport,
  type ComparisonView,
  type Figure,
  type Round,
  type Sitting,
  type TimeInput,
  type Vote,
} from '../../../shared/comparison.ts'
import { comparisonTables } from '../../../shared/comparisonTables.ts'
import { Fault } from '../../../shared/fault.ts'
import { reportSections } from '../../../shared/report.ts'
import type { JobEvent } from '../../../shared/job.ts'
import { meter } from '../../../shared/progress.ts'
import type { ReportFile } from '../../../shared/report.ts'
import type { Run } from '../../../shared/run.ts'
import { beginBlind, castVote } from '../bench/compare/blind.ts'
import { figuresOf } from '../bench/compare/figures.ts'
import { scoreRuns } from '../bench/compare/score.ts'
import { timeRuns } from '../bench/compare/time.ts'
import { disturbances, gauge } from '../bench/disturbance.ts'
import { openComparisonStore } from '../store/comparisons.ts'
import type { Asking } from './asking.ts'
import type { Machine } from './background.ts'
import { alone } from './benching.ts'
import { threads } from './health.ts'
import { writeReport } from './reporting.ts'

export type Comparisons = {
  /** The comparison of two to four runs, in whatever order; made where there is none. Faults run-missing, bad-input. */
  readonly make: (runs: readonly string[]) => ComparisonView
  readonly list: () => ComparisonInfo[]
  /** Fault comparison-missing. */
  readonly open: (id: string) => ComparisonView
  readonly change: (change: ChangeComparison) => ComparisonView
  /** Teacher-forced log-probabilities of every run that is still kept. */
  readonly score: (id: string, signal?: AbortSignal) => AsyncGenerator<JobEvent<never, ComparisonView>>
  /** Adds rounds of repeats; each is kept as it ends. Faults bad-input, comparison-busy and those of other long work. */
  readonly time: (input: TimeInput, signal?: AbortSignal) => AsyncGenerator<JobEvent<Round, ComparisonView>>
  /** Begins a blind vote, in place of the one before. */
  readonly blind: (id: string, seed: number) => ComparisonView
  readonly vote: (id: string, at: number, vote: Vote) => ComparisonView
  readonly unblind: (id: string) => ComparisonView
  readonly report: (input: ComparisonReport) => Promise<ReportFile>
  readonly remove: (id: string) => void
  /** A comparison as it is kept, without its runs; null where it is not here. */
  readonly kept: (id: string) => Comparison | null
  /** Takes in a comparison from elsewhere; one of the same runs stays as it is. Gives the id that it goes by here. */
  readonly takeIn: (comparison: Comparison) => { readonly id: string; readonly isNew: boolean }
  readonly close: () => void
}

/** Comparisons are kept in `home`; `print` makes a PDF of a page. */
export function openComparisons(
  home: string,
  at: Asking,
  machine: Machine,
  print?: (html: string) => Promise<Uint8Array>,
): Comparisons {
  const store = openComparisonStore(home, at.log)
  const made = new Map<string, { readonly key: string; readonly figures: Figure[] }>()

  function viewOf(comparison: Comparison): ComparisonView {
    const found = comparison.runs.map((id) => ({ id, run: openRun(id) }))
    const runs = found.flatMap(({ run }) => (run === null ? [] : [run]))
    const missing = found.flatMap(({ id, run }) => (run === null ? [id] : []))
    return { comparison, runs, missing, figures: figuresFor(comparison, runs) }
  }

  /** The figures of a comparison, made anew when something that they rest on has changed: a bootstrap is not for every vote. */
  function figuresFor(comparison: Comparison, runs: readonly Run[]): Figure[] {
    const { id, baseline, rounds, scores } = comparison
    const key = [baseline, rounds.length, scores?.rows.length ?? 'none', ...runs.map((run) => run.id)].join(' ')
    const known = made.get(id)
    if (known?.key === key) return known.figures
    const figures = figuresOf(comparison, runs)
    made.set(id, { key, figures })
    return figures
  }

  function openRun(id: string): Run | null {
    try {
      return at.runs.open(id)
    } catch (error) {
      // A deleted run leaves a gap; the others stand.
      if (error instanceof Fault && error.code === 'run-missing') return null
      throw error
    }
  }

  /** Changes what is kept now: something else may have been kept since the caller looked. */
  function update(id: string, change: (comparison: Comparison) => Comparison): ComparisonView {
    const next = change(store.open(id))
    store.save(next)
    return viewOf(next)
  }

  function make(ids: readonly string[]): ComparisonView {
    if (new Set(ids).size !== ids.length)
      throw new Fault('bad-input', 'A run is compared with itself.', { remedy: 'Name two to four different runs.' })
    const runs = at.runs.openAll(ids).map(({ run }) => run)
    const known = store.find(ids)
    // The order asked for stands: A is the first named.
    if (known) return known.runs.join() === ids.join() ? viewOf(known) : change({ id: known.id, runs: [...ids] })
    const [first] = runs
    if (first === undefined) throw new Error('internal: a comparison of no runs')
    const fresh: Comparison = {
      id: randomUUID(),
      made: new Date().toISOString(),
      question: first.plan.question,
      runs: [...ids],
      settings: Object.fromEntries(runs.map((run) => [run.id, settingOf(run)])),
      baseline: first.id,
      note: '',
      scores: null,
      sittings: [],
      rounds: [],
      blind: null,
    }
    store.save(fresh)
    return viewOf(fresh)
  }

  function change({ id, runs, baseline, note }: ChangeComparison): ComparisonView {
    return update(id, (comparison) => {
      if (runs && runs.toSorted().join(' ') !== comparison.runs.toSorted().join(' '))
        throw new Fault('bad-input', 'Another order must be of the same runs.')
      if (baseline !== undefined && !comparison.runs.includes(baseline))
        throw new Fault('bad-input', `${baseline} is none of the runs compared.`)
      return {
        ...comparison,
        ...(runs && { runs }),
        ...(baseline !== undefined && { baseline }),
        ...(note !== undefined && { note }),
      }
    })
  }

  function score(id: string, signal?: AbortSignal): AsyncGenerator<JobEvent<never, ComparisonView>> {
    return alone<never, ComparisonView>(
      at,
      async (emit, stop) => {
        const { runs } = viewOf(store.open(id))
        const progress = meter('score', 'runs', runs.length)
        emit(progress.at(0))
        for await (const event of scoreRuns(await at.loader.get(), runs, stop)) {
          if (event.type === 'run') emit(progress.at(event.done))
          else return update(id, (comparison) => ({ ...comparison, scores: event.scores }))
        }
        throw new Error('internal: the runs were scored without a result')
      },
      signal,
    )
  }

  function time({ id, repeats, warmups }: TimeInput, signal?: AbortSignal) {
    return alone<Round, ComparisonView>(
      at,
      async (emit, stop) => {
        const release = machine.hold('comparison-busy', 'Timing of a comparison')
        try {
          const { runs, missing } = viewOf(store.open(id))
          if (missing.length > 0)
            throw new Fault('run-missing', 'A run of this comparison was deleted: rounds need all of them.', {
              remedy: 'Restore it on the runs screen, or compare the others.',
            })
          const parts = await at.loader.get()
          const progress = meter('time', 'asks', (repeats + warmups) * runs.length)
          emit(progress.at(0))
          let before = await gauge()
          let sitting: Sitting | null = null
          const place = store.open(id).sittings.length
          for await (const event of timeRuns(parts, runs, { repeats, warmups }, stop)) {
            if (event.type === 'ask') {
              const note = event.round < 0 ? 'warm-up, dropped' : `round ${event.round + 1} of ${repeats}`
              emit(progress.at(event.done, note))
              if (event.round < 0) before = await gauge()
              continue
            }
            const now = await gauge()
            const seen = disturbances(before, now)
            before = now
            sitting = seenIn(sitting ?? newSitting(warmups, parts.use.label), seen)
            const round: Round = { sitting: place, asks: event.asks }
            store.addRound(id, round, sitting)
            emit({ type: 'partial', partial: round })
          }
          parts.flush()
          return viewOf(store.open(id))
        } finally {
          release()
        }
      },
      signal,
    )
  }

  return {
    make,
    list: () => store.list(),
    open: (id) => viewOf(store.open(id)),
    change,
    score,
    time,
    blind: (id, seed) => update(id, (comparison) => ({ ...comparison, blind: beginBlind(comparison.runs, seed) })),
    vote: (id, place, vote) =>
      update(id, (comparison) => ({ ...comparison, blind: castVote(blindOf(comparison), place, vote) })),
    unblind: (id) => update(id, (comparison) => ({ ...comparison, blind: { ...blindOf(comparison), opened: true } })),
    report: async ({ id, format, text }) => {
      const view = viewOf(store.open(id))
      const title = `Comparison: ${view.comparison.question}`
      if (format === 'json') return { name: 'comparison.json', content: toJson(view, text), encoding: 'utf8' }
      return writeReport(
        view.runs,
        comparisonTables(view),
        { title, text, sections: [...reportSections], format },
        print,
      )
    },
    remove: (id) => {
      store.open(id)
      store.remove(id)
      made.delete(id)
    },
    kept: (id) => (store.list().some((each) => each.id === id) ? store.open(id) : null),
    takeIn: (comparison) => {
      const same = store.find(comparison.runs)
      if (same !== null) return { id: same.id, isNew: false }
      const taken = store.list().some((each) => each.id === comparison.id)
      const own = taken ? { ...comparison, id: randomUUID() } : comparison
      store.save(own)
      for (const round of own.rounds)
        store.addRound(own.id, round, own.sittings[round.sitting] ?? newSitting(0, 'unknown'))
      return { id: own.id, isNew: true }
    },
    close: () => store.close(),
  }
}

/** All of it; without `text` passages and chunks keep their places and lose their words. */
function toJson(view: ComparisonView, text: boolean): string {
  const wordless = <Each extends { readonly text: string }>(each: Each): Each => ({ ...each, text: '' })
  const runs = view.runs.map((run) => ({
    ...run,
    passages: run.passages.map(wordless),
    chunks: run.chunks.map(wordless),
  }))
  return JSON.stringify(text ? view : { ...view, runs }, null, 1)
}

function blindOf({ blind }: Comparison): NonNullable<Comparison['blind']> {
  if (blind === null) throw new Fault('bad-input', 'No blind vote was begun.', { remedy: 'Begin one first.' })
  return blind
}

function newSitting(warmups: number, device: string): Sitting {
  return {
    began: new Date().toISOString(),
    warmups,
    device,
    threads,
    cpu: cpus()[0]?.model ?? 'unknown',
    disturbed: [],
  }
}

/** What disturbed a round disturbs its sitting; each disturbance is told once, however its share changes. */
function seenIn(sitting: Sitting, seen: readonly string[]): Sitting {
  const kindOf = (words: string): string => words.split(/[:(]/)[0] ?? words
  const known = new Set(sitting.disturbed.map(kindOf))
  return { ...sitting, disturbed: [...sitting.disturbed, ...seen.filter((words) => !known.has(kindOf(words)))] }
}
