/** Curves over one axis with a spread and a level to compare with, plain series, and points. The only door to recharts. */
import {
  CartesianGrid,
  ErrorBar,
  Line,
  LineChart,
  ReferenceLine,
  ResponsiveContainer,
  Scatter,
  ScatterChart,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts'
import { formatMs, formatScore } from './format.ts'

export type Curve = {
  readonly name: string
  /** Each with the low and the high end of what it may be. */
  readonly points: readonly { readonly x: number; readonly y: number; readonly low: number; readonly high: number }[]
}
export type ChartProps = {
  /** What is drawn, such as TTFT. */
  readonly subject: string
  /** Against what. */
  readonly title: string
  readonly x: string
  readonly ticks: readonly number[]
  readonly curves: readonly Curve[]
  readonly level: { readonly name: string; readonly y: number } | null
  readonly format: (y: number) => string
  /** Whether the axis begins at nothing, as times do. */
  readonly fromZero: boolean
}

/** Curves differ by dash and shade, so that colour is not needed to tell them apart. */
const dashes = ['', '6 3', '2 3', '8 3 2 3', '1 4', '12 4', '12 3 2 3 2 3', '4 7']
const shades = 5

export function Chart({ subject, title, x, ticks, curves, level, format, fromZero }: ChartProps) {
  const data = ticks.map((at) => {
    const row: Record<string, number | readonly number[]> = { x: at }
    for (const { name, points } of curves) {
      const point = points.find((other) => other.x === at)
      if (point === undefined) continue
      row[name] = point.y
      row[`${name} spread`] = [point.y - point.low, point.high - point.y]
    }
    return row
  })
  return (
    <figure className="chart">
      <figcaption>
        <strong>
          {subject} {title}
        </strong>
        <Legend names={curves.map(({ name }) => name)} />
        {level !== null && (
          <span>
            <svg viewBox="0 0 26 8" aria-hidden="true">
              <path d="M0 4h26" className="curve curve-level" />
            </svg>
            {level.name} {format(level.y)}
          </span>
        )}
      </figcaption>
      <ResponsiveContainer width="100%" height={210}>
        <LineChart data={data} margin={{ top: 8, right: 14, bottom: 18, left: 0 }} title={`${subject} ${title}`}>
          <CartesianGrid vertical={false} stroke="var(--line)" />
          <XAxis
            dataKey="x"
            type="number"
            domain={['dataMin', 'dataMax']}
            ticks={[...ticks]}
            label={{ value: x, position: 'insideBottom', offset: -12 }}
            stroke="var(--ink3)"
            tickLine={false}
          />
          <YAxis
            domain={[fromZero ? 0 : 'auto', 'auto']}
            width={58}
            tickFormatter={(y: number) => (y === 0 ? '0' : format(y))}
            stroke="var(--ink3)"
            tickLine={false}
            axisLine={false}
          />
          <Tooltip
            formatter={(value) => (typeof value === 'number' ? format(value) : String(value))}
            labelFormatter={(at) => (typeof at === 'number' ? `${title.replace('against ', '')} ${at}` : '')}
            isAnimationActive={false}
          />
          {level !== null && (
            <ReferenceLine y={level.y} ifOverflow="extendDomain" className="curve curve-level" stroke="var(--ink3)" />
          )}
          {curves.map(({ name }, at) => (
            <Line
              key={name}
              dataKey={name}
              className={`curve curve-${at % shades}`}
              stroke="var(--accent)"
              strokeDasharray={dashes[at % dashes.length] ?? ''}
              dot={{ r: 2.5, strokeDasharray: '' }}
              isAnimationActive={false}
              connectNulls
            >
              <ErrorBar dataKey={`${name} spread`} width={3} stroke="var(--ink3)" strokeWidth={1} />
            </Line>
          ))}
        </LineChart>
      </ResponsiveContainer>
    </figure>
  )
}

function Legend({ names }: { readonly names: readonly string[] }) {
  return names.map((name, at) => (
    <span key={name}>
      <svg viewBox="0 0 26 8" aria-hidden="true">
        <path d="M0 4h26" className={`curve curve-${at % shades}`} strokeDasharray={dashes[at % dashes.length]} />
      </svg>
      {name}
    </span>
  ))
}

export type Series = { readonly name: string; readonly points: readonly { readonly x: number; readonly y: number }[] }

/** Plain series over steps. */
export function Lines({ title, series }: { readonly title: string; readonly series: readonly Series[] }) {
  return (
    <figure className="chart">
      <figcaption>
        <strong>{title}</strong>
        {series.length > 1 && <Legend names={series.map(({ name }) => name)} />}
      </figcaption>
      <ResponsiveContainer width="100%" height={210}>
        <LineChart margin={{ top: 8, right: 14, bottom: 18, left: 0 }} title={title}>
          <CartesianGrid vertical={false} stroke="var(--line)" />
          <XAxis
            dataKey="x"
            type="number"
            domain={['dataMin', 'dataMax']}
            allowDuplicatedCategory={false}
            label={{ value: 'step', position: 'insideBottom', offset: -12 }}
            stroke="var(--ink3)"
            tickLine={false}
          />
          <YAxis
            domain={['auto', 'auto']}
            width={58}
            tickFormatter={(value: number) => formatScore(value)}
            stroke="var(--ink3)"
            tickLine={false}
            axisLine={false}
          />
          <Tooltip
            formatter={(value) => (typeof value === 'number' ? formatScore(value) : String(value))}
            labelFormatter={(at) => (typeof at === 'number' ? `step ${at}` : '')}
            isAnimationActive={false}
          />
          {series.map(({ name, points }, at) => (
            <Line
              key={name}
              name={name}
              data={[...points]}
              dataKey="y"
              className={`curve curve-${at % shades}`}
              stroke="var(--accent)"
              strokeDasharray={dashes[at % dashes.length] ?? ''}
              dot={points.length < 12 ? { r: 2.5, strokeDasharray: '' } : false}
              isAnimationActive={false}
              connectNulls
            />
          ))}
        </LineChart>
      </ResponsiveContainer>
    </figure>
  )
}

export type Point = {
  readonly key: string
  readonly label: string
  readonly x: number
  readonly y: number
  /** Low and high ends of what each may be. */
  readonly xSpread: readonly [number, number]
  readonly ySpread: readonly [number, number]
  readonly kind: 'plan' | 'full' | 'compressed'
  /** Nothing is at least as fast and as good, and better in one. */
  readonly front: boolean
}
export type PointsProps = {
  readonly title: string
  readonly x: string
  readonly y: string
  /** Whether higher is better in y: up is always better. */
  readonly up: boolean
  readonly points: readonly Point[]
  /** Crosshair: what is asked for in each. */
  readonly limit: { readonly x: number | null; readonly y: number | null }
  readonly hovered: string | null
  readonly selected: string | null
  readonly onHover: (key: string | null) => void
  readonly onSelect: (key: string) => void
}

/** Shapes as well as shades, so that colour is not needed to tell the kinds apart; each is drawn around 0, 0. */
const shapes: Readonly<Record<Point['kind'], { readonly d: string; readonly name: string }>> = {
  plan: { d: 'M-5 0a5 5 0 1 0 10 0a5 5 0 1 0-10 0', name: 'some expanded' },
  full: { d: 'M0-7L7 0L0 7L-7 0z', name: 'full context' },
  compressed: { d: 'M-5-5H5V5H-5z', name: 'all compressed' },
}

/** Points between time and quality; a line runs along the front. Keys reach the same cells in the table and the heat maps. */
export function Points(props: PointsProps) {
  const { title, x, y, up, points, limit, hovered, selected, onHover, onSelect } = props
  const data = points.map((point) => ({
    ...point,
    xError: [point.x - point.xSpread[0], point.xSpread[1] - point.x],
    yError: [point.y - point.ySpread[0], point.ySpread[1] - point.y],
  }))
  const front = data.filter((point) => point.front).toSorted((a, b) => a.x - b.x)
  const draw = (each: unknown) => {
    const { cx, cy, payload } = each as { readonly cx: number; readonly cy: number; readonly payload: Point }
    return (
      <g
        className={`point point-${payload.kind}`}
        transform={`translate(${cx} ${cy})`}
        data-front={payload.front}
        data-hovered={payload.key === hovered || undefined}
        data-selected={payload.key === selected || undefined}
        onMouseEnter={() => onHover(payload.key)}
        onMouseLeave={() => onHover(null)}
        onClick={() => onSelect(payload.key)}
      >
        <title>{payload.label}</title>
        <path d={shapes[payload.kind].d} />
        {payload.key === selected && <circle r={10} className="point-ring" />}
      </g>
    )
  }
  return (
    <figure className="chart points">
      <figcaption>
        <strong>{title}</strong>
        {(Object.keys(shapes) as Point['kind'][])
          .filter((kind) => points.some((point) => point.kind === kind))
          .map((kind) => (
            <span key={kind}>
              <svg viewBox="-13 -8 26 16" aria-hidden="true" className={`point-${kind}`}>
                <path d={shapes[kind].d} />
              </svg>
              {shapes[kind].name}
            </span>
          ))}
        <span>filled: on the front</span>
      </figcaption>
      <ResponsiveContainer width="100%" height={300}>
        <ScatterChart margin={{ top: 8, right: 18, bottom: 20, left: 4 }} title={title}>
          <CartesianGrid stroke="var(--line)" />
          <XAxis
            dataKey="x"
            type="number"
            domain={[0, 'auto']}
            tickFormatter={(ms: number) => (ms === 0 ? '0' : formatMs(ms))}
            label={{ value: x, position: 'insideBottom', offset: -12 }}
            stroke="var(--ink3)"
            tickLine={false}
          />
          <YAxis
            dataKey="y"
            type="number"
            domain={['auto', 'auto']}
            reversed={!up}
            width={62}
            tickFormatter={(value: number) => formatScore(value)}
            label={{ value: y, angle: -90, position: 'insideLeft', style: { textAnchor: 'middle' } }}
            stroke="var(--ink3)"
            tickLine={false}
            axisLine={false}
          />
          {limit.x !== null && <ReferenceLine x={limit.x} className="curve-limit" stroke="var(--hand)" />}
          {limit.y !== null && <ReferenceLine y={limit.y} className="curve-limit" stroke="var(--hand)" />}
          <Scatter
            data={front}
            line={{ className: 'front-line' }}
            lineJointType="linear"
            shape={() => <g />}
            isAnimationActive={false}
          />
          <Scatter data={data} shape={draw} isAnimationActive={false}>
            <ErrorBar dataKey="xError" direction="x" width={3} stroke="var(--ink3)" strokeWidth={1} />
            <ErrorBar dataKey="yError" direction="y" width={3} stroke="var(--ink3)" strokeWidth={1} />
          </Scatter>
        </ScatterChart>
      </ResponsiveContainer>
    </figure>
  )
}
