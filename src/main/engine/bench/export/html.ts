/** Tables as one HTML file: tables with their intervals drawn, what made them, and how to make them again. */
import { headingOf, isNumeric, shown, type Column, type Table, type Value } from '../../../../shared/table.ts'
import { figuresOf, type Figure } from './figures.ts'
import { intervalsOf, type Whisker } from './whiskers.ts'
import { escape, pageOf } from './page.ts'

export type DocumentHead = { readonly title: string; readonly made: string }

/** The whole file: no script, nothing fetched; light and dark as the reader's system has it, and made to be printed. */
export function toHtml(tables: readonly Table[], { title, made }: DocumentHead): string {
  const told = tables.filter(({ rows }) => rows.length > 0)
  const contents = told.map(({ name, caption }, at) => `<li><a href="#${name}-${at + 1}">${escape(caption)}</a></li>`)
  const nav = told.length > 1 ? `<nav aria-label="Tables"><ol>${contents.join('')}</ol></nav>\n` : ''
  const lead = `REFRAG Workbench, ${escape(made)}. ${aboutTables}`
  const figures = figuresOf(told)
  const charts =
    figures.length === 0 ? '' : `\n<section id="charts"><h2>Charts</h2>${figures.map(figureHtml).join('')}</section>`
  return pageOf({ title, lead, body: `${nav}${tablesHtml(told)}${charts}` })
}

/** How to read a table of these. */
export const aboutTables =
  'Intervals are of 95 % unless a heading says quartiles; an arrow in a heading says which way is better.'

/** A picture with its caption. */
export function figureHtml({ caption, svg }: Figure): string {
  return `<figure>${svg}<figcaption>${escape(caption)}</figcaption></figure>`
}

/** Tables, numbered, with their intervals drawn and where they come from. */
export function tablesHtml(tables: readonly Table[]): string {
  return tables.map((table, at) => section(table, at, originOf(tables, at))).join('\n')
}

function section(table: Table, at: number, origin: string): string {
  const { name, caption, columns, rows } = table
  const whiskers = intervalsOf(table)
  const drawnAfter = whiskers?.column ?? -1
  const heads = columns.map((column, i) => {
    const cell = `<th scope="col"${isRight(column) ? ' class="n"' : ''}>${escape(headingOf(column))}</th>`
    return i === drawnAfter ? `${cell}<td class="w">${escape(whiskers?.scale ?? '')}</td>` : cell
  })
  const body = rows.map((row, r) => {
    const cells = columns.map((column, i) => {
      const cell = cellOf(column, row[i] ?? null)
      return i === drawnAfter ? `${cell}<td class="w">${draw(whiskers?.rows[r] ?? null)}</td>` : cell
    })
    return `<tr>${cells.join('')}</tr>`
  })
  const id = `${name}-${at + 1}`
  return `<div class="table" id="${id}">
<p class="caption"><b>Table ${at + 1}.</b> ${escape(caption)}</p>
<div class="scroll" tabindex="0" role="region" aria-label="Table ${at + 1}">
<table><thead><tr>${heads.join('')}</tr></thead><tbody>
${body.join('\n')}
</tbody></table></div>
${origin}
</div>`
}

const isRight = (column: Column): boolean => isNumeric(column) || column.kind === 'interval'
const marked: ReadonlySet<string> = new Set(['holds', 'does not', 'cannot tell'])

function cellOf(column: Column, value: Value): string {
  const text = escape(shown(value, column))
  if (isRight(column)) return `<td class="n">${text === '' ? '–' : text}</td>`
  if (column.key === 'verdict' && marked.has(text))
    return `<td><b class="${text.replaceAll(' ', '-')}">${text}</b></td>`
  return `<td>${text}</td>`
}

/** Interval and value on the table's common scale; its numbers stand in the cells beside it. */
function draw(whisker: Whisker | null): string {
  if (!whisker) return ''
  const { low, value, high, neutral } = whisker
  const x = (share: number): string => (4 + 112 * share).toFixed(1)
  const line = neutral === null ? '' : `<line class="z" x1="${x(neutral)}" x2="${x(neutral)}" y1="0" y2="14"/>`
  return `<svg viewBox="0 0 120 14" width="120" height="14" aria-hidden="true">${line}<line x1="${x(low)}" x2="${x(high)}" y1="7" y2="7"/><circle cx="${x(value)}" cy="7" r="3"/></svg>`
}

/** Where a table comes from, told below the last of those that came together. */
function originOf(tables: readonly Table[], at: number): string {
  const keyOf = (table: Table | undefined): string => JSON.stringify(table?.source)
  const own = keyOf(tables[at])
  if (keyOf(tables[at + 1]) === own && at + 1 < tables.length) return ''
  let first = at
  while (first > 0 && keyOf(tables[first - 1]) === own) first--
  const which = first === at ? 'Table' : `Tables ${first + 1} to`
  const { command, ...rest } = tables[at]?.source ?? {}
  const facts = Object.entries(rest).map(([what, value]) => `<dt>${escape(what)}</dt><dd>${escape(value)}</dd>`)
  const again = command === undefined ? '' : `<pre tabindex="0"><code>${escape(command)}</code></pre>`
  if (again === '' && facts.length === 0) return ''
  return `<details open><summary>${which} ${at + 1}: where ${first === at ? 'it comes' : 'they come'} from</summary>${again}${facts.length > 0 ? `<dl>${facts.join('')}</dl>` : ''}</details>`
}
