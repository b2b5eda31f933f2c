/** A report as Markdown: the same sections, the strip as a row of squares. */
import { escape, toMarkdown as tablesMarkdown } from '../export/markdown.ts'
import type { Example, Report } from './report.ts'

export function toMarkdown({ title, made, summary, setUp, tables, examples, commands, limits }: Report): string {
  const parts: readonly (readonly [heading: string, lines: readonly string[]])[] = [
    ['Summary', summary.map(escape)],
    ['Set-up', setUp.map(([name, value]) => `- ${name}: ${escape(value)}`)],
    ['Tables', tables.length === 0 ? [] : [tablesMarkdown(tables)]],
    ['Examples', examples.flatMap(exampleLines)],
    ['Limits', limits.map((line) => `- ${escape(line)}`)],
    ['To make it again', commands.length === 0 ? [] : fenced(commands.join('\n'))],
  ]
  const sections = parts
    .filter(([, lines]) => lines.length > 0)
    .map(([heading, lines]) => `## ${heading}\n\n${lines.join('\n')}\n`)
  return `# ${escape(title)}\n\nREFRAG Workbench report, ${made.slice(0, 10)}\n\n${sections.join('\n')}`
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
