/** A report as one HTML file: no script, nothing fetched, readable on screen and on paper. */
import type { ReportSection } from '../../../../shared/report.ts'
import { aboutTables, figureHtml, tablesHtml } from '../export/html.ts'
import { escape, pageOf } from '../export/page.ts'
import type { Example, Report, Bar } from './report.ts'

/** The whole file. Every text from runs and documents is escaped. */
export function toHtml(report: Report): string {
  const { title, made, summary, setUp, tables, bars, figures, examples, commands, plans, limits, sections } = report
  const charts = `${bars.length === 0 ? '' : chart(bars)}${figures.map(figureHtml).join('')}`
  const parts: readonly (readonly [id: ReportSection, heading: string, body: string])[] = [
    ['summary', 'Summary', summary.map((line) => `<p>${escape(line)}</p>`).join('')],
    ['set-up', 'Set-up', facts(setUp)],
    ['tables', 'Tables', tablesHtml(tables)],
    ['charts', 'Charts', charts],
    ['examples', 'Examples', examples.map(exampleHtml).join('')],
    [
      'limits',
      'Limits',
      limits.length === 0 ? '' : `<ul>${limits.map((line) => `<li>${escape(line)}</li>`).join('')}</ul>`,
    ],
    ['again', 'To make it again', again(commands, plans)],
  ]
  const kept = parts.filter(([id, , body]) => body !== '' && sections.has(id))
  const told = kept.map(
    ([id, heading, body], at) => `<section id="${id}"><h2>${at + 1}. ${heading}</h2>${body}</section>`,
  )
  const lead = `REFRAG Workbench report, ${escape(made.slice(0, 10))}. ${tables.length > 0 && sections.has('tables') ? aboutTables : ''}`
  return pageOf({ title, lead, body: told.join('\n') })
}

function facts(pairs: Report['setUp']): string {
  if (pairs.length === 0) return ''
  return `<dl>${pairs.map(([name, value]) => `<div><dt>${escape(name)}</dt><dd>${escape(value)}</dd></div>`).join('')}</dl>`
}

/** Medians as bars, quartiles as whiskers. */
function chart(bars: readonly Bar[]): string {
  const [left, width, row] = [230, 400, 26]
  const most = Math.max(...bars.map(({ high }) => high), 1e-9)
  const x = (value: number): string => (left + (value / most) * width).toFixed(1)
  const lines = bars.map(({ label, median, low, high, n }, at) => {
    const y = at * row + row / 2
    return (
      `<text x="${left - 8}" y="${y + 4}" text-anchor="end">${escape(label)}</text>` +
      `<rect class="bar" x="${left}" y="${y - 6}" width="${((median / most) * width).toFixed(1)}" height="12"/>` +
      `<path class="whisker" d="M${x(low)} ${y}H${x(high)}M${x(low)} ${y - 4}v8M${x(high)} ${y - 4}v8"/>` +
      `<text x="${left + width + 12}" y="${y + 4}">${median.toFixed(1)} ms, n ${n}</text>`
    )
  })
  return `<figure><svg class="bars" viewBox="0 0 ${left + width + 130} ${bars.length * row}" role="img" aria-label="Median TTFT by setting; the values are in the tables">${lines.join('')}</svg><figcaption>Median TTFT by setting, lower is better; whiskers are quartiles.</figcaption></figure>`
}

function exampleHtml({ number, run, passages }: Example): string {
  const { plan, quality, counts, chunks, sensed } = run
  const judged = quality.exactMatch === null ? '' : quality.exactMatch ? ' (exact match)' : ' (no exact match)'
  const rows: Report['setUp'] = [
    ['answer', `${run.answer.trim() || 'none'}${judged}`],
    ...(plan.target === undefined ? [] : [['gold', plan.target] as const]),
    ['setting', `k ${plan.k}, p ${plan.p}, ${plan.policy}, seed ${plan.seed}`],
    [
      'context',
      `${counts.contextTokens} tokens in ${counts.positions} positions; ${counts.expanded} of ${counts.chunks} chunks expanded, by ${sensed.metric}`,
    ],
  ]
  const tiles = chunks.map((chunk, at) => {
    const first = at > 0 && chunk.passage !== chunks[at - 1]?.passage ? ' first' : ''
    return `<i class="${chunk.expanded ? 'expanded' : 'compressed'}${chunk.forced === null ? '' : ' forced'}${first}"></i>`
  })
  const strip = `<div class="strip" role="img" aria-label="${counts.expanded} of ${counts.chunks} chunks expanded">${tiles.join('')}</div>`
  const texts = passages?.map(
    ({ title, text }, at) => `<li><strong>${escape(title || `Passage ${at + 1}`)}</strong> ${escape(text)}</li>`,
  )
  return `<article><h3>Run ${number}. ${escape(plan.question)}</h3>${facts(rows)}${strip}<p class="quiet">Chunks in context order: filled is expanded to tokens, hollow is one embedding, a bar below is by hand.</p>${texts === undefined ? '' : `<ol class="passages">${texts.join('')}</ol>`}</article>`
}

function again(commands: readonly string[], plans: Report['plans']): string {
  if (commands.length === 0) return ''
  const block = (label: string, text: string): string =>
    `<pre tabindex="0" role="region" aria-label="${label}">${escape(text)}</pre>`
  return `${block('Commands', commands.join('\n'))}<h3>Plans</h3>${block('Plans', JSON.stringify(plans, null, 1))}`
}
