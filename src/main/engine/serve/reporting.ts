/** The report call: kept runs, sweeps and files, as one file to keep or send. */
import { Fault } from '../../../shared/fault.ts'
import type { ReportFile, ReportInput } from '../../../shared/report.ts'
import type { Run } from '../../../shared/run.ts'
import { toPdf } from '../bench/export/pdf.ts'
import { toHtml } from '../bench/report/html.ts'
import { toMarkdown } from '../bench/report/markdown.ts'
import { readSource } from '../bench/report/read.ts'
import { reportOf } from '../bench/report/report.ts'
import type { MarksById } from '../bench/report/runTables.ts'
import { sweepRows, sweepTable } from '../../../shared/sweepTables.ts'
import type { Table } from '../../../shared/table.ts'
import type { Runs } from '../store/runs.ts'
import type { Sweeps } from './sweeps.ts'

/**
 * `print` makes a PDF of a page. Throws Fault run-missing, sweep-missing, file-missing, bad-record, and bad-input where there is
 * nothing to report, or nothing to print a PDF with.
 */
export async function makeReport(
  input: ReportInput,
  from: { readonly runs: Runs; readonly sweeps: Pick<Sweeps, 'open'> },
  print?: (html: string) => Promise<Uint8Array>,
): Promise<ReportFile> {
  const sources = []
  for (const path of input.from) sources.push(await readSource(path))
  const kept = from.runs.openAll(input.runs)
  const all = [...kept.map(({ run }) => run), ...sources.flatMap((source) => source.runs)]
  const tables = sources.flatMap((source) => source.tables)
  for (const folder of input.sweeps) tables.push(await tableOfSweep(folder, from.sweeps))
  if (all.length === 0 && tables.length === 0) {
    throw new Fault('bad-input', 'A report of nothing was asked for.', { remedy: 'Name runs or files to report on.' })
  }
  const marks = new Map(kept.map((each) => [each.run.id, each.marks] as const))
  return writeReport(all, tables, input, print, marks)
}

/** Runs and tables as one file. Fault bad-input where there is no browser to print a PDF. */
export async function writeReport(
  runs: readonly Run[],
  tables: readonly Table[],
  { title, text, sections, format }: Pick<ReportInput, 'title' | 'text' | 'sections' | 'format'>,
  print: (html: string) => Promise<Uint8Array> = toPdf,
  marks: MarksById = new Map(),
): Promise<ReportFile> {
  const report = reportOf(runs, tables, { title, text, sections, made: new Date().toISOString(), marks })
  const name = `${title.replaceAll(/[^\p{L}\p{N}]+/gu, '-').replaceAll(/^-|-$/g, '') || 'report'}.${format}`
  if (format === 'md') return { name, content: toMarkdown(report), encoding: 'utf8' }
  const html = toHtml(report)
  if (format === 'html') return { name, content: html, encoding: 'utf8' }
  return { name, content: Buffer.from(await print(html)).toString('base64'), encoding: 'base64' }
}

/** What a sweep has measured so far, with what it was measured with. */
async function tableOfSweep(folder: string, sweeps: Pick<Sweeps, 'open'>): Promise<Table> {
  const { info, cells } = await sweeps.open(folder)
  const { index, machine, input, sets, bundles, done } = info
  return {
    ...sweepTable(sweepRows(info, cells)),
    caption: `Sweep ${info.id}: ${done} of ${info.cells} cells, full context in turn with each.`,
    source: {
      sweep: info.id,
      began: info.began,
      bundles: bundles.map(({ name, hash }) => `${name} ${hash.slice(0, 12)}`).join(', '),
      index: index.name,
      questions: sets.map((set) => `${set.name}, ${set.cases} cases`).join('; '),
      seed: String(input.seed),
      machine: `onnxruntime ${machine.onnxruntime} on ${machine.device}, ${machine.threads} threads, node ${machine.node}`,
    },
  }
}
