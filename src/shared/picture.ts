/** Plain pictures as SVG: panels side by side, every line named at its end, axes logarithmic or linear. */

export type Point = {
  readonly x: number
  readonly y: number
  /** Ends of an interval about y, drawn as a whisker. */
  readonly low?: number
  readonly high?: number
}
export type Line = {
  readonly name: string
  readonly colour: string
  /** How it is told from others of its colour; `points` are joined by no line. */
  readonly kind: 'measured' | 'paper' | 'model' | 'points'
  readonly points: readonly Point[]
}
export type Scale = 'log' | 'linear'
export type Panel = {
  readonly title: string
  readonly x: string
  readonly lines: readonly Line[]
  /** Logarithmic where not said. */
  readonly scales?: { readonly x: Scale; readonly y: Scale }
}

export const colours = ['#2f5fd0', '#b4560f', '#1a7a50', '#8a4fb3', '#a33a3a', '#1f7690'] as const
/** The colour of what others are measured against. */
export const neutralColour = '#5f6873'
/** Each of them on a dark ground. */
export const onDark: Readonly<Record<string, string>> = {
  '#2f5fd0': '#7fa3f7',
  '#b4560f': '#e79a5c',
  '#1a7a50': '#5fc495',
  '#8a4fb3': '#c499e4',
  '#a33a3a': '#ec8d8d',
  '#1f7690': '#6cbcd6',
  [neutralColour]: '#a3aab1',
}
const size = { width: 430, height: 250, left: 52, right: 126, top: 30, bottom: 38 } as const
const columns = 2
const dashes: Readonly<Record<Line['kind'], string>> = {
  measured: '',
  paper: ' stroke-dasharray="5 3"',
  model: ' stroke-dasharray="1.5 3"',
  points: '',
}

/** The colour of the nth line; past the last they begin again. */
export function colourAt(at: number): string {
  return colours[at % colours.length] as string
}

type Axis = { readonly at: (value: number) => number; readonly ticks: readonly number[] }

/** Ticks of a logarithmic axis: 1, 2 and 5 times the powers of ten within a span, or the powers alone where they are many. */
function logTicks(low: number, high: number): readonly number[] {
  const decades = Math.log10(high / low)
  const found: number[] = []
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++)
    for (const by of decades > 2.5 ? [1] : [1, 2, 5]) found.push(by * 10 ** power)
  return found.filter((tick) => tick >= low * 0.999 && tick <= high * 1.001)
}

/** Ticks of a linear axis: the multiples within a span of the step that gives about five. */
function linearTicks(low: number, high: number): readonly number[] {
  const rough = (high - low) / 5
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = power * ([1, 2, 5, 10].find((by) => by * power >= rough) ?? 10)
  const first = Math.ceil(low / step - 1e-9)
  const count = Math.floor(high / step + 1e-9) - first + 1
  return Array.from({ length: count }, (_, i) => Number(((first + i) * step).toPrecision(12)))
}

/** Where values stand between 0 and 1. Logarithms need values above 0: without them the axis is linear. */
function axisOf(values: readonly number[], scale: Scale): Axis {
  const [low, high] = [Math.min(...values), Math.max(...values)]
  if (!(high > low)) return { at: () => 0.5, ticks: [low] }
  if (scale === 'log' && low > 0)
    return { at: (value) => Math.log(value / low) / Math.log(high / low), ticks: logTicks(low, high) }
  // A little room, so that no point lies on the frame.
  const [from, to] = [low - 0.04 * (high - low), high + 0.04 * (high - low)]
  return { at: (value) => (value - from) / (to - from), ticks: linearTicks(from, to) }
}

/** Where labels may stand: pushed down until none covers another, then up from the lower edge. */
function apart(wanted: readonly number[], gap: number, lowest: number): readonly number[] {
  const order = wanted.map((y, i) => ({ y, i })).toSorted((a, b) => a.y - b.y)
  const placed: number[] = []
  let last = -Infinity
  for (const { y, i } of order) placed[i] = last = Math.max(y, last + gap)
  let next = lowest + gap
  for (const { i } of order.toReversed()) placed[i] = next = Math.min(placed[i] as number, next - gap)
  return placed
}

const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
const label = (value: number): string =>
  value >= 1024 && value % 1024 === 0 ? `${value / 1024}k` : Number(value.toPrecision(3)).toLocaleString('en-US')

/** Values of a logarithmic x axis that have room for a label: each is measured, so that they stand for themselves. */
function spaced(values: readonly number[], at: (value: number) => number, gap: number): readonly number[] {
  const kept: number[] = []
  for (const value of values) if (at(value) - at(kept.at(-1) ?? value) >= gap || kept.length === 0) kept.push(value)
  return kept
}

function drawPanel({ title, x: axis, lines, scales = { x: 'log', y: 'log' } }: Panel, at: number): string {
  const all = lines.flatMap(({ points }) => points)
  const xAxis = axisOf(
    all.map((point) => point.x),
    scales.x,
  )
  const yAxis = axisOf(
    all.flatMap(({ y, low = y, high = y }) => [low, y, high]),
    scales.y,
  )
  const foot = size.height - size.bottom
  const edge = size.width - size.right
  const x = (value: number): number => size.left + (edge - size.left) * xAxis.at(value)
  const y = (value: number): number => size.top + (foot - size.top) * (1 - yAxis.at(value))
  const place = (value: number): string => value.toFixed(1)
  const grid = yAxis.ticks.map(
    (tick) =>
      `<line class="grid" x1="${size.left}" x2="${edge}" y1="${place(y(tick))}" y2="${place(y(tick))}"/>` +
      `<text x="${size.left - 6}" y="${place(y(tick) + 3.5)}" text-anchor="end">${label(tick)}</text>`,
  )
  const scattered = lines.some(({ kind }) => kind === 'points')
  const measured = [...new Set(all.map((point) => point.x))].toSorted((a, b) => a - b)
  const wanted = scattered ? xAxis.ticks : measured
  const below = spaced(wanted, x, 24).map(
    (value) => `<text x="${place(x(value))}" y="${foot + 14}" text-anchor="middle">${label(value)}</text>`,
  )
  const named = lines.filter(({ name }) => name !== '')
  const ends = named.map(({ points }) => y((points.at(-1) as Point).y))
  const labels = apart(ends, 11, foot)
  const drawn = lines.map(({ colour, kind, points }) => {
    const path = points.map((point) => `${place(x(point.x))},${place(y(point.y))}`).join(' ')
    const whiskers = points.flatMap(({ x: over, low, high }) =>
      low === undefined || high === undefined
        ? []
        : [
            `<line x1="${place(x(over))}" x2="${place(x(over))}" y1="${place(y(low))}" y2="${place(y(high))}" stroke="${colour}" opacity="0.55"/>`,
          ],
    )
    const dots = points.map(
      (point) =>
        `<circle cx="${place(x(point.x))}" cy="${place(y(point.y))}" r="2.4" stroke="${colour}" ${kind === 'paper' ? 'class="hollow" fill="#fff"' : `fill="${colour}"`}/>`,
    )
    const line =
      kind === 'points'
        ? ''
        : `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="1.5"${dashes[kind]}/>`
    return line + whiskers.join('') + (kind === 'model' ? '' : dots.join(''))
  })
  const names = named.map(
    ({ name, colour }, i) =>
      `<text class="name" x="${edge + 8}" y="${place((labels[i] as number) + 3.5)}" fill="${colour}">${escape(name)}</text>`,
  )
  const moved = `translate(${(at % columns) * size.width} ${Math.floor(at / columns) * size.height})`
  return `<g transform="${moved}"><text x="${size.left}" y="16" class="title">${escape(title)}</text>
${[...grid, ...below].join('\n')}
<text x="${(size.left + edge) / 2}" y="${size.height - 8}" text-anchor="middle">${escape(axis)}</text>
${[...drawn, ...names].join('\n')}</g>`
}

/** The styles of a picture that stands alone; on a page they are the page's. */
const ownStyles = `<style>text{font:10px system-ui,sans-serif}text:not(.name){fill:#5b6470}.title{font-weight:600;fill:#1d2530}.grid{stroke:#d9dde3}</style><rect width="100%" height="100%" fill="#fff"/>`

/**
 * The picture of all panels that have a point to show, lines of text below them; empty where there is none.
 * On a `page` it brings neither styles nor ground of its own.
 */
export function drawPanels(
  panels: readonly Panel[],
  captions: readonly string[],
  ground: 'own' | 'page' = 'own',
): string {
  const shown = panels
    .map((panel) => ({ ...panel, lines: panel.lines.filter(({ points }) => points.length > 0) }))
    .filter(({ lines }) => lines.length > 0)
  if (shown.length === 0) return ''
  const [width, height] = [
    Math.min(columns, shown.length) * size.width,
    Math.ceil(shown.length / columns) * size.height + 8 + captions.length * 14,
  ]
  const name = escape(captions.length > 0 ? captions.join(' ') : shown.map(({ title }) => title).join('; '))
  const own = ground === 'own' ? ownStyles : ''
  return `<svg xmlns="http://www.w3.org/2000/svg" class="panels" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${name}">
${own}
${shown.map(drawPanel).join('\n')}
${captions.map((line, i) => `<text x="${size.left}" y="${height - 8 - (captions.length - 1 - i) * 14}">${escape(line)}</text>`).join('\n')}
</svg>
`
}
