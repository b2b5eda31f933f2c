/** Plain pictures of curves over two logarithmic axes, as SVG: panels side by side, every line named at its end. */

export type Line = {
  readonly name: string
  readonly colour: string
  /** How it is told from others of its colour. */
  readonly kind: 'measured' | 'paper' | 'model'
  readonly points: readonly { readonly x: number; readonly y: number }[]
}
export type Panel = { readonly title: string; readonly x: string; readonly lines: readonly Line[] }

export const colours = ['#2f5fd0', '#c2621b', '#1f8a5b', '#5b6470'] as const
const size = { width: 400, height: 250, left: 52, right: 92, top: 30, bottom: 38 } as const
const columns = 2
const dashes: Readonly<Record<Line['kind'], string>> = {
  measured: '',
  paper: ' stroke-dasharray="5 3"',
  model: ' stroke-dasharray="1.5 3"',
}

/** 1, 2 and 5 times the powers of ten within a span, or the powers alone where they are many. */
function ticks(low: number, high: number): readonly number[] {
  const decades = Math.log10(high / low)
  const found: number[] = []
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++)
    for (const by of decades > 2.5 ? [1] : [1, 2, 5]) found.push(by * 10 ** power)
  return found.filter((tick) => tick >= low * 0.999 && tick <= high * 1.001)
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

function drawPanel({ title, x: axis, lines }: Panel, at: number): string {
  const all = lines.flatMap(({ points }) => points)
  const [xs, ys] = [all.map((point) => point.x), all.map((point) => point.y)]
  const [first, last, low, high] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)]
  const along = (value: number, from: number, to: number): number =>
    to > from ? Math.log(value / from) / Math.log(to / from) : 0.5
  const x = (value: number): number => size.left + (size.width - size.left - size.right) * along(value, first, last)
  const y = (value: number): number => size.top + (size.height - size.top - size.bottom) * (1 - along(value, low, high))
  const grid = ticks(low, high).map(
    (tick) =>
      `<line x1="${size.left}" x2="${size.width - size.right}" y1="${y(tick).toFixed(1)}" y2="${y(tick).toFixed(1)}" stroke="#d9dde3"/>` +
      `<text x="${size.left - 6}" y="${(y(tick) + 3.5).toFixed(1)}" text-anchor="end">${label(tick)}</text>`,
  )
  const foot = size.height - size.bottom
  const below = [...new Set(xs)].map(
    (value) => `<text x="${x(value).toFixed(1)}" y="${foot + 14}" text-anchor="middle">${label(value)}</text>`,
  )
  const ends = lines.map(({ points }) => y((points.at(-1) as { y: number }).y))
  const labels = apart(ends, 11, foot)
  const drawn = lines.map(({ name, colour, kind, points }, i) => {
    const path = points.map((point) => `${x(point.x).toFixed(1)},${y(point.y).toFixed(1)}`).join(' ')
    const dots = points.map(
      (point) =>
        `<circle cx="${x(point.x).toFixed(1)}" cy="${y(point.y).toFixed(1)}" r="2.4" stroke="${colour}" fill="${kind === 'measured' ? colour : '#fff'}"/>`,
    )
    return (
      `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="1.5"${dashes[kind]}/>` +
      (kind === 'model' ? '' : dots.join('')) +
      `<text x="${size.width - size.right + 8}" y="${((labels[i] as number) + 3.5).toFixed(1)}" style="fill:${colour}">${escape(name)}</text>`
    )
  })
  const place = `translate(${(at % columns) * size.width} ${Math.floor(at / columns) * size.height})`
  return `<g transform="${place}"><text x="${size.left}" y="16" class="title">${escape(title)}</text>
${[...grid, ...below].join('\n')}
<text x="${(size.left + size.width - size.right) / 2}" y="${size.height - 8}" text-anchor="middle">${escape(axis)}</text>
${drawn.join('\n')}</g>`
}

/** The picture of all panels that have a point to show, lines of text below them. */
export function drawPanels(panels: readonly Panel[], captions: readonly string[]): string {
  const shown = panels
    .map((panel) => ({ ...panel, lines: panel.lines.filter(({ points }) => points.length > 0) }))
    .filter(({ lines }) => lines.length > 0)
  const [width, height] = [
    columns * size.width,
    Math.ceil(shown.length / columns) * size.height + 8 + captions.length * 14,
  ]
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">
<title>${escape(captions.join(' '))}</title>
<style>text{font:10px system-ui,sans-serif;fill:#5b6470}.title{font-weight:600;fill:#1d2530}</style><rect width="100%" height="100%" fill="#fff"/>
${shown.map(drawPanel).join('\n')}
${captions.map((line, i) => `<text x="${size.left}" y="${height - 8 - (captions.length - 1 - i) * 14}">${escape(line)}</text>`).join('\n')}
</svg>
`
}
