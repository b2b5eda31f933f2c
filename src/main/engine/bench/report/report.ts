/** A report as a value: what runs and tables come to, before it is written in any format. */
import { toCommand } from '../../../../shared/command.ts'
import type { Run } from '../../../../shared/run.ts'
import type { Table } from '../../../../shared/table.ts'
import type { ReportSection } from '../../../../shared/report.ts'
import { untrainedNote, untrainedText } from '../../../../shared/untrained.ts'
import { figuresOf, type Figure } from '../export/figures.ts'
import { median, quartiles } from '../../measure/statistics.ts'
import { runTable, settingTable, type MarksById } from './runTables.ts'

export type Report = {
  readonly title: string
  readonly made: string
  readonly summary: readonly string[]
  /** What the figures were measured with: each fact with every value it took. */
  readonly setUp: readonly (readonly [name: string, value: string])[]
  readonly tables: readonly Table[]
  readonly bars: readonly Bar[]
  readonly figures: readonly Figure[]
  /** Those that were asked for; the others stay out. */
  readonly sections: ReadonlySet<ReportSection>
  readonly examples: readonly Example[]
  readonly commands: readonly string[]
  readonly plans: readonly Run['plan'][]
  readonly limits: readonly string[]
}
/** TTFT of the runs of one setting, in milliseconds. */
export type Bar = {
  readonly label: string
  readonly n: number
  readonly median: number
  readonly low: number
  readonly high: number
}
export type Example = {
  readonly number: number
  readonly run: Run
  /** The text of its passages; null where document text is left out. */
  readonly passages: readonly { readonly title: string; readonly text: string }[] | null
}

/** As many runs as are shown chunk by chunk. */
const mostExamples = 6

/** `made` is the time of the report; with `text` false no passage and no chunk of the documents is in it. */
export function reportOf(
  runs: readonly Run[],
  tables: readonly Table[],
  asked: {
    readonly title: string
    readonly text: boolean
    readonly sections: readonly ReportSection[]
    readonly made: string
    readonly marks?: MarksById
  },
): Report {
  const { title, text, sections, made, marks } = asked
  const groups = [...Map.groupBy(runs, settingOf)]
  const bars = groups.map(([label, own]): Bar => {
    const times = own.map(({ timings }) => timings.ttftMs)
    const [low, high] = quartiles(times)
    return { label, n: own.length, median: median(times), low, high }
  })
  const all = [
    ...(runs.length === 0 ? [] : [runTable(runs, marks)]),
    ...(groups.length > 1 ? [settingTable(groups)] : []),
    ...tables,
  ]
  return {
    title,
    made,
    summary: summaryOf(runs, tables, bars),
    setUp: setUpOf(runs),
    tables: all,
    bars: bars.length > 1 ? bars : [],
    figures: figuresOf(all),
    sections: new Set(sections),
    examples: runs.slice(0, mostExamples).map((run, at) => ({
      number: at + 1,
      run,
      passages: text ? run.passages.map(({ title: name, text: body }) => ({ title: name, text: body })) : null,
    })),
    commands: [
      ...new Set([
        ...runs.map(({ plan }) => toCommand(plan)),
        ...tables.flatMap(({ source }) => source['command'] ?? []),
      ]),
    ],
    plans: runs.map(({ plan }) => plan),
    limits: limitsOf(runs, text),
  }
}

const settingOf = ({ plan }: Run): string => `k ${plan.k}, p ${plan.p}, ${plan.policy}`

function summaryOf(runs: readonly Run[], tables: readonly Table[], bars: readonly Bar[]): readonly string[] {
  const judged = runs.flatMap(({ quality }) => quality.exactMatch ?? [])
  const questions = new Set(runs.map(({ plan }) => plan.question)).size
  const fastest = bars.toSorted((a, b) => a.median - b.median)[0]
  return [
    ...(runs.length === 0
      ? []
      : [`${count(runs.length, 'run')} of ${count(questions, 'question')} under ${count(bars.length, 'setting')}.`]),
    ...(judged.length === 0
      ? []
      : [`Exact match in ${judged.filter(Boolean).length} of ${judged.length} runs with a gold answer.`]),
    ...(fastest === undefined || bars.length < 2
      ? []
      : [`Lowest median TTFT: ${fastest.median.toFixed(1)} ms (n ${fastest.n}) at ${fastest.label}.`]),
    ...(tables.length === 0 ? [] : [`${count(tables.length, 'table')} of measurements made elsewhere.`]),
  ]
}

const count = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? '' : 's'}`

function setUpOf(runs: readonly Run[]): Report['setUp'] {
  const facts: readonly (readonly [string, (run: Run) => string])[] = [
    ['workbench', ({ manifest }) => manifest.version],
    ['bundle', ({ manifest: { bundle } }) => `${bundle.name} (${bundle.hash})${untrainedNote(bundle.untrained)}`],
    ['index', ({ plan }) => plan.index.split(/[/\\]/).at(-1) ?? plan.index],
    [
      'engine',
      ({ manifest }) => `onnxruntime ${manifest.onnxruntime} on ${manifest.device}, ${manifest.threads} threads`,
    ],
    ['node', ({ manifest }) => manifest.node],
    ['system', ({ manifest }) => manifest.platform],
    ['processor', ({ manifest }) => manifest.cpu],
    [
      'memory',
      ({ manifest }) => (manifest.memoryBytes === undefined ? '' : `${(manifest.memoryBytes / 1e9).toFixed(1)} GB`),
    ],
    ['seeds', ({ plan }) => String(plan.seed)],
    ['runs made', ({ manifest }) => manifest.time.slice(0, 10)],
  ]
  return facts.flatMap(([name, of]): [string, string][] => {
    const values = [...new Set(runs.map(of))].filter((value) => value !== '')
    return values.length === 0 ? [] : [[name, values.join('; ')]]
  })
}

function limitsOf(runs: readonly Run[], text: boolean): readonly string[] {
  const reused = runs.filter(({ counts }) => counts.reusedPositions > 0).length
  const cached = runs.filter(({ counts }) => counts.cachedChunks > 0).length
  const machines = new Set(runs.map(({ manifest }) => manifest.cpu)).size
  const untrained = [...new Set(runs.flatMap(({ manifest }) => untrainedText(manifest.bundle.untrained)))].filter(
    (parts) => parts !== '',
  )
  return [
    ...untrained.map(
      (parts) => `Untrained, with random weights: ${parts}. What goes through them says nothing of quality.`,
    ),
    ...(runs.length === 0
      ? []
      : ['A run is timed once. Times scatter with load; a difference within the quartiles says nothing.']),
    ...(reused === 0
      ? []
      : [
          `${reused} of ${runs.length} runs reused positions of the run before from the KV cache, which shortens their TTFT.`,
        ]),
    ...(cached === 0
      ? []
      : [`${cached} of ${runs.length} runs found chunk embeddings in the cache; the others compressed all of theirs.`]),
    ...(machines < 2 ? [] : ['The runs come from more than one processor: their times do not compare.']),
    ...(runs.length > mostExamples
      ? [`The first ${mostExamples} of ${runs.length} runs are shown chunk by chunk.`]
      : []),
    ...(text || runs.length === 0
      ? []
      : ['The text of the documents was left out on request; questions and answers stand.']),
  ]
}
