/** Two heat maps of the same cells, speed beside quality, and what their marks mean. */
import { caseOf } from '../../../shared/grid.ts'
import type { PolicyName } from '../../../shared/plan.ts'
import { HeatMap } from '../../parts/HeatMap.tsx'
import { plural } from '../../parts/format.ts'
import { say } from '../../state/view.ts'
import type { Standing } from './cases.ts'
import { heatOf } from './heat.ts'
import { metricOf, type MetricName } from './metrics.ts'
import type { Looking } from './Results.tsx'
import { toBench, whyNotBench } from './toBench.ts'

export function Maps({
  standing,
  at,
  shown,
  front,
  looking,
}: {
  readonly standing: Standing
  readonly at: { readonly case: string; readonly policy: PolicyName }
  readonly shown: readonly MetricName[]
  readonly front: ReadonlySet<string>
  readonly looking: Looking
}) {
  function open(key: string) {
    const cell = standing.cells.get(key)
    const why = cell === undefined ? 'It is not measured yet.' : whyNotBench(standing, cell)
    if (cell === undefined || why !== null) say(why ?? '')
    else toBench(standing, cell, 0)
  }
  return (
    <>
      <div className="maps">
        {shown.map((name) => (
          <HeatMap
            key={name}
            {...heatOf(standing, { ...at, metric: metricOf(name) }, front)}
            {...looking}
            onOpen={open}
          />
        ))}
      </div>
      <p className="quiet maps-key">
        {spoken(standing, at.case)} Point at a cell for its quartiles or interval. Ringed: on the front of TTFT and
        quality. · to come, ◌ being measured, ✕ failed, ! disturbed, – not in the grid. Space shows a cell, Enter takes
        its plan to the bench.
      </p>
    </>
  )
}

/** Over how much the maps speak. */
function spoken({ info, points }: Standing, key: string): string {
  const set = points.find((point) => caseOf(point) === key)?.set
  const cases = info.sets.find(({ hash }) => hash === set)?.cases ?? 0
  return `Speed: medians over ${plural(cases * info.input.repeats, 'ask')} a cell; quality: means over ${plural(cases, 'case')}.`
}
