/** LaTeX tables with the rules of booktabs, to be read by \input. */
import { headingOf, isNumeric, shown, type Table } from '../../../../shared/table.ts'

/** One table environment after another. Text beyond Latin letters needs LuaLaTeX or XeLaTeX and a font that has it. */
export function toLatex(tables: readonly Table[]): string {
  return ['% Needs \\usepackage{booktabs}.', ...tables.map(environment)].join('\n')
}

function environment({ name, caption, columns, rows, source }: Table): string {
  const arrows = { higher: '\u2191', lower: '\u2193' }
  const about = Object.entries(source).map(([what, value]) => `% ${what}: ${value.replaceAll(/\s+/g, ' ')}`)
  return [
    ...about,
    '\\begin{table}',
    '  \\centering',
    `  \\caption{${escape(caption)}}`,
    `  \\label{tab:${name}}`,
    `  \\begin{tabular}{${columns.map((column) => (isNumeric(column) ? 'r' : 'l')).join('')}}`,
    '    \\toprule',
    line(columns.map((column) => headingOf(column, arrows))),
    '    \\midrule',
    ...rows.map((row) => line(columns.map((column, at) => shown(row[at] ?? null, column)))),
    '    \\bottomrule',
    '  \\end{tabular}',
    '\\end{table}',
    '',
  ].join('\n')
}

/** A row that began with a bracket or a star would be read as an option of the rule or the line's end above it. */
function line(cells: readonly string[]): string {
  const [first = '', ...rest] = cells.map(escape)
  return `    ${[/^[[*]/.test(first) ? `{}${first}` : first, ...rest].join(' & ')} \\\\`
}

const marks: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
  '<': '\\textless{}',
  '>': '\\textgreater{}',
  '|': '\\textbar{}',
  '\u2191': '$\\uparrow$',
  '\u2193': '$\\downarrow$',
}

/** Every character that TeX takes for itself as the command that prints it; a minus before a digit as a minus. */
function escape(text: string): string {
  return text
    .replaceAll(/\p{Cc}+/gu, ' ')
    .replaceAll(/[\\~^<>|\u2191\u2193]/g, (mark) => `\u0000${marks[mark]}\u0000`)
    .split('\u0000')
    .map((part, at) => (at % 2 === 1 ? part : part.replaceAll(/[&%$#_{}]/g, '\\$&')))
    .join('')
    .replaceAll(/(?<=^|[[ ])-(?=\d)/g, '$-$')
    .replaceAll(/-(?=-)/g, '-{}')
}
