/** A report as Markdown: the same sections, the strip as a row of squares. */
import type { ReportSection } from '../../../../shared/report.ts'
import { escape, toMarkdown as tablesMarkdown } from '../export/markdown.ts'
import type { Example, Report } from './report.ts'

export function toMarkdown(report: Report): string {
  const { title, made, summary, setUp, tables, examples, commands, limits, sections } = report
  // Markdown holds no pictures: the tables hold what charts would show.
  const parts: readonly (readonly [id: ReportSection, heading: string, lines: readonly string[]])[] = [
    ['summary', 'Summary', summary.map(escape)],
    ['set-up', 'Set-up', setUp.map(([name, value]) => `- ${name}: ${escape(value)}`)],
    ['tables', 'Tables', tables.length === 0 ? [] : [tablesMarkdown(tables)]],
    ['examples', 'Examples', examples.flatMap(exampleLines)],
    ['limits', 'Limits', limits.map((line) => `- ${escape(line)}`)],
    ['again', 'To make it again', commands.length === 0 ? [] : fenced(commands.join('\n'))],
  ]
  const told = parts
    .filter(([id, , lines]) => lines.length > 0 && sections.has(id))
    .map(([, heading, lines]) => `## ${heading}\n\n${lines.join('\n')}\n`)
  return `# ${escape(title)}\n\nREFRAG Workbench report, ${made.slice(0, 10)}\n\n${told.join('\n')}`
}

function exampleLines({ number, run, passages }: Example): readonly string[] {
  const strip = run.chunks.map(({ expanded }) => (expanded ? '■' : '□')).join('')
  return [
    `### Run ${number}. ${escape(run.plan.question)}`,
    '',
    `Answer: ${escape(run.answer.trim())}`,
    '',
    `Chunks, ■ expanded, □ one embedding: ${strip}`,
    '',
    ...(passages ?? []).map(({ title, text }, at) => `${at + 1}. ${escape(`${title} ${text}`.trim())}`),
    '',
  ]
}

/** A block of code whose fence is longer than any in it. */
function fenced(text: string): readonly string[] {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map((run) => run.length))
  const fence = '`'.repeat(longest + 1)
  return [`${fence}sh`, text, fence]
}
