/** Runs as tables: one a row, and by setting. */
import type { Run } from '../../../../shared/run.ts'
import type { RunMarks } from '../../../../shared/runs.ts'
import { columnsFor, tableOf, type Table } from '../../../../shared/table.ts'
import { median, quartiles } from '../../measure/statistics.ts'

/** What was written on runs, by their ids. */
export type MarksById = ReadonlyMap<string, RunMarks>

const perRun = columnsFor<{ readonly at: number; readonly run: Run; readonly marks: RunMarks | undefined }>()
/** Every run in the order given; tags and notes where any of them has one. */
export function runTable(runs: readonly Run[], marks: MarksById = new Map()): Table {
  const own = runs.map(({ id }) => marks.get(id))
  const tagged = own.some((each) => each !== undefined && each.tags.length > 0)
  const noted = own.some((each) => each !== undefined && each.note !== '')
  return tableOf(
    'runs',
    'Runs, one a row. Times are of one run each; answers with tokens given are branches, EM and F1 included.',
    [
      perRun.integer('run', 'run', {}, ({ at }) => at + 1),
      perRun.text('question', 'question', {}, ({ run }) => run.plan.question),
      perRun.text('answer', 'answer', {}, ({ run }) => run.answer.trim()),
      perRun.integer('k', 'k', {}, ({ run }) => run.plan.k),
      perRun.number('p', 'p', { digits: 2 }, ({ run }) => run.plan.p),
      perRun.text('policy', 'policy', {}, ({ run }) => run.plan.policy),
      perRun.integer(
        'forced',
        'forced',
        {},
        ({ run }) => run.plan.forced.expand.length + run.plan.forced.compress.length,
      ),
      perRun.integer('given', 'given', {}, ({ run }) => run.tokens.filter(({ given }) => given).length),
      perRun.number('ttft', 'TTFT', { unit: 'ms', better: 'lower', digits: 1 }, ({ run }) => run.timings.ttftMs),
      perRun.number('ttit', 'TTIT', { unit: 'ms', better: 'lower', digits: 1 }, ({ run }) => run.timings.ttitMs),
      perRun.number(
        'logPerplexity',
        'log-ppl',
        { unit: 'nats', better: 'lower' },
        ({ run }) => run.quality.logPerplexity,
      ),
      perRun.flag('exactMatch', 'EM', { better: 'higher' }, ({ run }) => run.quality.exactMatch),
      perRun.number('f1', 'F1', { better: 'higher', digits: 2 }, ({ run }) => run.quality.f1),
      ...(tagged ? [perRun.text('tags', 'tags', {}, (row) => row.marks?.tags.join(', ') ?? '')] : []),
      ...(noted ? [perRun.text('note', 'note', {}, (row) => row.marks?.note ?? '')] : []),
    ],
    runs.map((run, at) => ({ at, run, marks: own[at] })),
  )
}

const perSetting = columnsFor<readonly [label: string, runs: readonly Run[]]>()
/** The runs of each setting together. */
export function settingTable(groups: readonly (readonly [string, readonly Run[]])[]): Table {
  const times = (runs: readonly Run[]): readonly number[] => runs.map(({ timings }) => timings.ttftMs)
  const known = (runs: readonly Run[]): readonly number[] => runs.flatMap(({ quality }) => quality.logPerplexity ?? [])
  return tableOf(
    'settings',
    'Runs by setting: medians, with quartiles in brackets.',
    [
      perSetting.text('setting', 'setting', {}, ([label]) => label),
      perSetting.integer('n', 'n', {}, ([, runs]) => runs.length),
      perSetting.number('ttft', 'TTFT', { unit: 'ms', better: 'lower', digits: 1 }, ([, runs]) => median(times(runs))),
      perSetting.interval('ttftQuartiles', 'TTFT quartiles', { unit: 'ms', digits: 1 }, ([, runs]) =>
        quartiles(times(runs)),
      ),
      perSetting.number('logPerplexity', 'log-ppl', { unit: 'nats', better: 'lower' }, ([, runs]) =>
        known(runs).length === 0 ? null : median(known(runs)),
      ),
      perSetting.integer(
        'judged',
        'judged',
        {},
        ([, runs]) => runs.filter(({ quality }) => quality.exactMatch !== null).length,
      ),
      perSetting.integer(
        'exact',
        'exact',
        { better: 'higher' },
        ([, runs]) => runs.filter(({ quality }) => quality.exactMatch === true).length,
      ),
    ],
    groups,
  )
}
