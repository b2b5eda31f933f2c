/**
 * Draws the validation curves of a training run as a picture: `node scripts/curves.ts RUN/events.jsonl OUT.svg PANEL…`.
 * A PANEL is `pattern=title`: a line for every score whose name fits the pattern, called by what its `*` stands for.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { TrainEvent } from '../src/shared/train.ts'

const [from, to, ...panels] = process.argv.slice(2)
if (!from || !to || panels.length === 0) {
  console.error('use: node scripts/curves.ts EVENTS.jsonl OUT.svg PANEL…')
  process.exit(2)
}

type Point = { readonly step: number; readonly value: number }
type Line = { readonly name: string; readonly points: readonly Point[] }

const panel = { width: 340, height: 210, left: 44, right: 86, top: 30, bottom: 26 } as const
const columns = 2
const colours = ['#2f5fd0', '#c2621b', '#1f8a5b', '#8a4fb3', '#a33a3a', '#5b6470'] as const

const events = readFileSync(from, 'utf8')
  .split('\n')
  .flatMap((line) => (line.trim() === '' ? [] : [TrainEvent.parse(JSON.parse(line))]))

/** A name has one colour in all panels. */
const named = new Map<string, string>()
function colourOf(name: string): string {
  const colour = named.get(name) ?? (colours[named.size % colours.length] as string)
  named.set(name, colour)
  return colour
}

/** Every score that fits `pattern`, along the validations. */
function linesOf(pattern: string): readonly Line[] {
  const [before = '', after = ''] = pattern.split('*')
  const lines = new Map<string, Point[]>()
  for (const event of events) {
    if (event.type !== 'valid') continue
    for (const { metric, value } of event.scores) {
      if (!metric.startsWith(before) || !metric.endsWith(after)) continue
      const name = metric.slice(before.length, metric.length - after.length)
      lines.set(name, [...(lines.get(name) ?? []), { step: event.step, value }])
    }
  }
  return [...lines].map(([name, points]) => ({ name, points }))
}

/** Round numbers across a span, about four of them. */
function ticks(low: number, high: number): readonly number[] {
  const rough = (high - low) / 4
  const unit = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 5, 10].map((each) => each * unit).find((each) => each >= rough) ?? rough
  const found: number[] = []
  for (let at = Math.ceil(low / step) * step; at <= high + step / 1e6; at += step) found.push(Number(at.toPrecision(6)))
  return found
}

/** Where labels may stand: pushed down until none covers another. */
function apart(wanted: readonly number[], gap: number): readonly number[] {
  const order = wanted.map((y, i) => ({ y, i })).toSorted((a, b) => a.y - b.y)
  let last = -Infinity
  const placed: number[] = []
  for (const { y, i } of order) placed[i] = last = Math.max(y, last + gap)
  return placed
}

function draw(panelOf: string, at: number): string {
  const [pattern = '', title = pattern] = panelOf.split('=')
  const lines = linesOf(pattern)
  const all = lines.flatMap(({ points }) => points)
  if (all.length === 0) throw new Error(`No validation of ${from} has a score like "${pattern}".`)
  const [steps, values] = [all.map((point) => point.step), all.map((point) => point.value)]
  const [first, last] = [Math.min(...steps), Math.max(...steps)]
  const [low, high] = [Math.min(...values), Math.max(...values)]
  const inner = { width: panel.width - panel.left - panel.right, height: panel.height - panel.top - panel.bottom }
  const x = (step: number): number => panel.left + (inner.width * (step - first)) / Math.max(1, last - first)
  const y = (value: number): number => panel.top + inner.height * (1 - (value - low) / Math.max(1e-9, high - low))
  const grid = ticks(low, high).map(
    (tick) =>
      `<line x1="${panel.left}" x2="${panel.width - panel.right}" y1="${y(tick).toFixed(1)}" y2="${y(tick).toFixed(1)}" stroke="#d9dde3"/>` +
      `<text x="${panel.left - 6}" y="${(y(tick) + 3.5).toFixed(1)}" text-anchor="end">${tick}</text>`,
  )
  const ends = lines.map(({ points }) => y((points.at(-1) as Point).value))
  const labels = apart(ends, 12)
  const drawn = lines.map(({ name, points }, i) => {
    const colour = colourOf(name)
    const path = points.map(({ step, value }) => `${x(step).toFixed(1)},${y(value).toFixed(1)}`).join(' ')
    return (
      `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="1.6"/>` +
      `<text x="${panel.width - panel.right + 6}" y="${((labels[i] as number) + 3.5).toFixed(1)}" style="fill:${colour}">${name}</text>`
    )
  })
  const place = `translate(${(at % columns) * panel.width} ${Math.floor(at / columns) * panel.height})`
  return `<g transform="${place}"><text x="${panel.left}" y="16" class="title">${title}</text>${grid.join('')}
<text x="${panel.left}" y="${panel.height - 8}">${first}</text><text x="${panel.width - panel.right}" y="${panel.height - 8}" text-anchor="end">${last} steps</text>
${drawn.join('\n')}</g>`
}

const size = { width: columns * panel.width, height: Math.ceil(panels.length / columns) * panel.height }
writeFileSync(
  to,
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${size.height}" width="${size.width}" height="${size.height}">
<style>text{font:10px system-ui,sans-serif;fill:#5b6470}.title{font-weight:600;fill:#1d2530}</style><rect width="100%" height="100%" fill="#fff"/>
${panels.map(draw).join('\n')}
</svg>
`,
)
