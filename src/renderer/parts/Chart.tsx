/** Curves over one axis: times with quartiles and a level to compare with, and plain series. The only door to recharts. */
import {
  CartesianGrid,
  ErrorBar,
  Line,
  LineChart,
  ReferenceLine,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts'
import { formatMs, formatScore } from './format.ts'

export type Curve = {
  readonly name: string
  readonly points: readonly { readonly x: number; readonly ms: number; readonly low: number; readonly high: number }[]
}
export type ChartProps = {
  readonly title: string
  readonly x: string
  readonly ticks: readonly number[]
  readonly curves: readonly Curve[]
  readonly level: { readonly name: string; readonly ms: number } | null
}

/** Curves differ by dash and shade, so that colour is not needed to tell them apart. */
const dashes = ['', '6 3', '2 3', '8 3 2 3', '1 4', '12 4', '12 3 2 3 2 3', '4 7']
const shades = 5

export function Chart({ title, x, ticks, curves, level }: ChartProps) {
  const data = ticks.map((at) => {
    const row: Record<string, number | readonly number[]> = { x: at }
    for (const { name, points } of curves) {
      const point = points.find((other) => other.x === at)
      if (point === undefined) continue
      row[name] = point.ms
      row[`${name} spread`] = [point.ms - point.low, point.high - point.ms]
    }
    return row
  })
  return (
    <figure className="chart">
      <figcaption>
        <strong>{title}</strong>
        <Legend names={curves.map(({ name }) => name)} />
        {level !== null && (
          <span>
            <svg viewBox="0 0 26 8" aria-hidden="true">
              <path d="M0 4h26" className="curve curve-level" />
            </svg>
            {level.name} {formatMs(level.ms)}
          </span>
        )}
      </figcaption>
      <ResponsiveContainer width="100%" height={210}>
        <LineChart data={data} margin={{ top: 8, right: 14, bottom: 18, left: 0 }} title={`TTFT ${title}`}>
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
            domain={[0, 'auto']}
            width={58}
            tickFormatter={(ms: number) => (ms === 0 ? '0' : formatMs(ms))}
            stroke="var(--ink3)"
            tickLine={false}
            axisLine={false}
          />
          <Tooltip
            formatter={(value) => (typeof value === 'number' ? formatMs(value) : String(value))}
            labelFormatter={(at) => (typeof at === 'number' ? `${title.replace('against ', '')} ${at}` : '')}
            isAnimationActive={false}
          />
          {level !== null && (
            <ReferenceLine y={level.ms} ifOverflow="extendDomain" className="curve curve-level" stroke="var(--ink3)" />
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
