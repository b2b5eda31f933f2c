/** Scores as bars in the order of picking, with the line behind which nothing is picked. */
import type { MouseEvent } from 'react'

export type ScoreBar = {
  readonly index: number
  readonly score: number
  readonly fill: number
  readonly expanded: boolean
  readonly forced: boolean
}
export type ScoreBarsProps = {
  readonly bars: readonly ScoreBar[]
  readonly budget: number
  readonly selected: number | null
  readonly label: string
  readonly onSelect: (index: number) => void
}

const height = 100

export function ScoreBars({ bars, budget, selected, label, onSelect }: ScoreBarsProps) {
  const line = bars.length === 0 ? 0 : (budget / bars.length) * 100
  const at = bars.findIndex((bar) => bar.index === selected)
  function pick(event: MouseEvent<SVGSVGElement>) {
    const box = event.currentTarget.getBoundingClientRect()
    const bar = bars[Math.floor(((event.clientX - box.left) / box.width) * bars.length)]
    if (bar !== undefined) onSelect(bar.index)
  }
  // One path for each kind of bar: a strip of 2,000 chunks stays four elements.
  const pathOf = (test: (bar: ScoreBar) => boolean) =>
    bars
      .map((bar, x) => (test(bar) ? `M${x + 0.08} ${height}V${height - bar.fill * height}H${x + 0.92}V${height}z` : ''))
      .join('')
  return (
    <figure className="score-bars">
      {/* The table below carries the same numbers for keys and screen readers. */}
      {/* oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-noninteractive-element-interactions */}
      <svg
        viewBox={`0 0 ${Math.max(1, bars.length)} ${height}`}
        preserveAspectRatio="none"
        aria-hidden="true"
        onClick={pick}
      >
        <path className="bars-compressed" d={pathOf((bar) => !bar.expanded && !bar.forced)} />
        <path className="bars-expanded" d={pathOf((bar) => bar.expanded && !bar.forced)} />
        <path className="bars-forced" d={pathOf((bar) => bar.forced)} />
        {at !== -1 && <rect className="bars-selected" x={at} y={0} width={1} height={height} />}
      </svg>
      <span className="threshold" style={{ left: `${line}%` }} />
      <figcaption
        className={line > 55 ? 'at-end' : undefined}
        style={line > 55 ? { right: `${100 - line}%` } : { left: `${line}%` }}
      >
        {label}
      </figcaption>
    </figure>
  )
}
