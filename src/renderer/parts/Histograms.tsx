/** How values lie, moment after moment: a pair of histograms back to back for each, all on one scale. */
import { formatCount } from './format.ts'

export type Bins = {
  readonly name: string
  /** Counts from the lowest bin to the highest. */
  readonly left: readonly number[]
  readonly right: readonly number[]
}
export type HistogramsProps = {
  readonly title: string
  /** What the two sides are of. */
  readonly sides: readonly [left: string, right: string]
  /** Names of the bins, from the lowest. */
  readonly bins: readonly string[]
  /** The bin through which a line is drawn, to compare with. */
  readonly level: number
  readonly columns: readonly Bins[]
  readonly note?: string | undefined
}

const half = 100

export function Histograms({ title, sides, bins, level, columns, note }: HistogramsProps) {
  const most = Math.max(1, ...columns.flatMap(({ left, right }) => [...left, ...right]))
  const rows = bins.length
  // A bin's row from the top: the highest first.
  const pathOf = (counts: readonly number[], sign: 1 | -1): string =>
    counts
      .map((count, bin) => {
        const [top, width] = [rows - 1 - bin, sign * (count / most) * half]
        return count === 0 ? '' : `M0 ${top + 0.1}H${width}V${top + 0.9}H0z`
      })
      .join('')
  const sum = (counts: readonly number[]): number => counts.reduce((a, b) => a + b, 0)
  return (
    <figure className="chart histograms">
      <figcaption>
        <strong>{title}</strong>
        {(['left', 'right'] as const).map((side, at) => (
          <span key={side}>
            <svg viewBox="0 0 26 8" aria-hidden="true">
              <rect className={`histogram-${side}`} width="26" height="8" rx="1" />
            </svg>
            {sides[at]}, to the {side}
          </span>
        ))}
      </figcaption>
      <div className="histogram-plot">
        <ol className="histogram-bins" aria-hidden="true">
          {bins.toReversed().map((bin) => (
            <li key={bin}>{bin}</li>
          ))}
        </ol>
        {columns.map(({ name, left, right }) => (
          <div key={name} className="histogram-column">
            <svg
              viewBox={`${-half} 0 ${2 * half} ${rows}`}
              preserveAspectRatio="none"
              role="img"
              aria-label={`${name}: ${formatCount(sum(left))} ${sides[0]}, ${formatCount(sum(right))} ${sides[1]}; the table has them by bin`}
            >
              <line className="histogram-level" x1={-half} x2={half} y1={rows - 0.5 - level} y2={rows - 0.5 - level} />
              <path className="histogram-left" d={pathOf(left, -1)} />
              <path className="histogram-right" d={pathOf(right, 1)} />
              <line className="histogram-axis" x1="0" x2="0" y1="0" y2={rows} />
            </svg>
            <span aria-hidden="true">{name}</span>
          </div>
        ))}
      </div>
      {note !== undefined && <p className="quiet">{note}</p>}
    </figure>
  )
}
