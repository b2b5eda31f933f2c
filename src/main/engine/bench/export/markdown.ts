/** Markdown as GitHub reads it: caption, table, and the command that makes it again. */
import { headingOf, isNumeric, shown, type Table } from '../../../../shared/table.ts'

/** One table after another. */
export function toMarkdown(tables: readonly Table[]): string {
  return tables.map(section).join('\n')
}

function section({ caption, columns, rows, source }: Table): string {
  const { command, ...rest } = source
  const about = Object.entries(rest).map(([name, value]) => `${name} ${value}`)
  return [
    escape(caption),
    '',
    line(columns.map((column) => escape(headingOf(column)))),
    line(columns.map((column) => (isNumeric(column) ? '---:' : '---'))),
    ...rows.map((row) => line(columns.map((column, at) => escape(shown(row[at] ?? null, column))))),
    '',
    ...(about.length === 0 ? [] : [escape(`${about.join('; ')}.`), '']),
    ...(command === undefined ? [] : ['```sh', command, '```', '']),
  ].join('\n')
}

const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`

/** Text that Markdown takes for itself: no mark of it is read as layout, and a row stays one line. */
export function escape(text: string): string {
  return text
    .replaceAll(/[\\`*_[\]|~#]/g, '\\$&')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/\r\n|[\r\n]/g, '<br>')
}
