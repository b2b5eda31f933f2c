/** The report call: kept runs and files, as one file to keep or send. */
import { Fault } from '../../../shared/fault.ts'
import type { ReportFile, ReportInput } from '../../../shared/report.ts'
import { toPdf } from '../bench/export/pdf.ts'
import { toHtml } from '../bench/report/html.ts'
import { toMarkdown } from '../bench/report/markdown.ts'
import { readSource } from '../bench/report/read.ts'
import { reportOf } from '../bench/report/report.ts'
import type { Runs } from '../store/runs.ts'

/**
 * `print` makes a PDF of a page. Throws Fault run-missing, file-missing, bad-record, and bad-input where there is nothing to report,
 * or nothing to print a PDF with.
 */
export async function makeReport(
  input: ReportInput,
  runs: Runs,
  print: (html: string) => Promise<Uint8Array> = toPdf,
): Promise<ReportFile> {
  const sources = []
  for (const path of input.from) sources.push(await readSource(path))
  const kept = runs.openAll(input.runs).map(({ run }) => run)
  const all = [...kept, ...sources.flatMap((source) => source.runs)]
  const tables = sources.flatMap((source) => source.tables)
  if (all.length === 0 && tables.length === 0) {
    throw new Fault('bad-input', 'A report of nothing was asked for.', { remedy: 'Name runs or files to report on.' })
  }
  const report = reportOf(all, tables, { title: input.title, text: input.text, made: new Date().toISOString() })
  const name = `${input.title.replaceAll(/[^\p{L}\p{N}]+/gu, '-').replaceAll(/^-|-$/g, '') || 'report'}.${input.format}`
  if (input.format === 'md') return { name, content: toMarkdown(report), encoding: 'utf8' }
  const html = toHtml(report)
  if (input.format === 'html') return { name, content: html, encoding: 'utf8' }
  return { name, content: Buffer.from(await print(html)).toString('base64'), encoding: 'base64' }
}
