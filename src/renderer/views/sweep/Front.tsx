/** Time against quality: what is worth having, and what to take when one of the two is given. */
import { lazy, Suspense, useState } from 'react'
import { caseOf } from '../../../shared/grid.ts'
import { qualities, type QualityName } from '../../../shared/pareto.ts'
import type { SweepCell } from '../../../shared/sweep.ts'
import { NumberField } from '../../parts/NumberField.tsx'
import { Empty, Loading } from '../../parts/Pane.tsx'
import { formatMs } from '../../parts/format.ts'
import { planName, type Standing } from './cases.ts'
import { pickFrom } from './front.ts'
import { metricOf, sayReading, titleOf } from './metrics.ts'
import type { Looking } from './Results.tsx'

const Points = lazy(async () => ({ default: (await import('../../parts/Chart.tsx')).Points }))

export function Front({
  standing,
  at,
  looking,
}: {
  readonly standing: Standing
  readonly at: { readonly case: string; readonly quality: QualityName }
  readonly looking: Looking
}) {
  const cells = [...standing.cells.values()]
  const times = cells
    .filter((cell) => caseOf(cell) === at.case && cell.state === 'done')
    .flatMap(({ timing }) => (timing === null ? [] : [timing.ttft.median]))
    .toSorted((a, b) => a - b)
  const [asked, setAsked] = useState<number | null>(null)
  const [loss, setLoss] = useState(0.05)
  // Until a person names a time, the middle one: there is then something on either side.
  const ms = asked ?? roundUp(times[Math.floor(times.length / 2)])
  const { points, best, fastest, least } = pickFrom(cells, { ...at, ms, loss })
  if (points.length === 0) return <Empty>No cell of this kind is measured yet.</Empty>
  const metric = metricOf(at.quality)
  const { better } = qualities[at.quality]
  return (
    <>
      <Suspense fallback={<Loading label="Loading the chart" lines={6} />}>
        <Points
          title={`TTFT, ms ↓ against ${titleOf(metric)}: up and left is better`}
          x="TTFT, ms"
          y={metric.short}
          up={better === 'higher'}
          points={points}
          limit={{ x: ms, y: least }}
          {...looking}
        />
      </Suspense>
      <div className="front-picks">
        <div>
          <NumberField
            label="Best quality under, ms"
            value={ms ?? 0}
            min={0}
            max={10_000_000}
            step={0.1}
            width={84}
            onChange={setAsked}
            onSettle={() => {}}
          />
          <Pick
            cell={best}
            quality={at.quality}
            none={ms === null ? '' : `none begins within ${formatMs(ms)}`}
            looking={looking}
          />
        </div>
        <div>
          <NumberField
            label={`Fastest that loses at most, ${metric.unit === '' ? metric.short : metric.unit}`}
            value={loss}
            min={0}
            max={1000}
            step={0.01}
            width={84}
            onChange={setLoss}
            onSettle={() => {}}
          />
          <Pick
            cell={fastest}
            quality={at.quality}
            none={least === null ? 'full context is not measured' : 'none is so good'}
            looking={looking}
          />
        </div>
      </div>
      <p className="quiet">
        Bars: quartiles of TTFT, 95 % intervals of quality. A pick goes by medians and means alone: where intervals
        overlap, plans cannot be told apart.
      </p>
    </>
  )
}

/** To the next tenth, so that the cell itself is within it. */
function roundUp(ms: number | undefined): number | null {
  return ms === undefined ? null : Math.ceil(ms * 10) / 10
}

function Pick({
  cell,
  quality,
  none,
  looking,
}: {
  readonly cell: SweepCell | null
  readonly quality: QualityName
  readonly none: string
  readonly looking: Looking
}) {
  if (cell === null) return <span className="quiet">{none}</span>
  const [time, score] = [metricOf('ttft'), metricOf(quality)]
  const [x, y] = [time.of(cell), score.of(cell)]
  return (
    <span>
      <button
        type="button"
        className="linkish"
        aria-pressed={looking.selected === cell.key}
        onClick={() => looking.onSelect(cell.key)}
      >
        {planName(cell)}
      </button>
      <span className="quiet">
        {x !== null && `TTFT ${time.format(x.value)}`}
        {y !== null && `, ${score.short} ${sayReading(score, y)}`}
      </span>
    </span>
  )
}
