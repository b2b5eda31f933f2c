/** What a sweep came to: maps, lines, boxes of the cases, the front between time and quality, and the table of the same cells. */
import { lazy, Suspense, useState } from 'react'
import { frontOf } from '../../../shared/pareto.ts'
import type { PolicyName } from '../../../shared/plan.ts'
import { Boxes } from '../../parts/Boxes.tsx'
import { Choice } from '../../parts/Choice.tsx'
import { Loading } from '../../parts/Pane.tsx'
import { Segments } from '../../parts/Segments.tsx'
import { boxesOf, caseFigures, type CaseFigure } from './boxes.ts'
import { casesOf, policiesOf, type Standing } from './cases.ts'
import { CellFacts } from './CellFacts.tsx'
import { Front } from './Front.tsx'
import { Maps } from './Maps.tsx'
import { sweptAgainstK, sweptAgainstP } from './lines.ts'
import { metricOf, metricsOf, titleOf, type Metric, type MetricName } from './metrics.ts'
import { SweepTable } from './SweepTable.tsx'

const Chart = lazy(async () => ({ default: (await import('../../parts/Chart.tsx')).Chart }))

type Face = 'maps' | 'lines' | 'boxes' | 'front' | 'table'
/** Which cell is pointed at and which is selected, the same in every picture. */
export type Looking = {
  readonly hovered: string | null
  readonly selected: string | null
  readonly onHover: (key: string | null) => void
  readonly onSelect: (key: string) => void
}

export function Results({ standing }: { readonly standing: Standing }) {
  const [face, setFace] = useState<Face>('maps')
  const [chosen, setChosen] = useState<{ readonly case?: string; readonly policy?: PolicyName }>({})
  const [names, setNames] = useState<Readonly<Record<Metric['kind'], MetricName>>>({ speed: 'ttft', quality: 'em' })
  const [hovered, setHovered] = useState<string | null>(null)
  const [selected, setSelected] = useState<string | null>(null)
  const looking: Looking = {
    hovered,
    selected,
    onHover: setHovered,
    onSelect: (key) => setSelected((before) => (before === key ? null : key)),
  }
  const cases = casesOf(standing)
  const policies = policiesOf(standing)
  const at = {
    case: cases.find(({ key }) => key === chosen.case)?.key ?? cases[0]?.key ?? '',
    policy: policies.find((policy) => policy === chosen.policy) ?? policies[0] ?? 'none',
  }
  const cell = selected === null ? undefined : standing.cells.get(selected)
  const quality = qualityOf(names.quality)
  return (
    <>
      <div className="sweep-picks">
        <Segments
          label="Shown as"
          value={face}
          options={[
            { value: 'maps', label: 'Maps' },
            { value: 'lines', label: 'Lines' },
            { value: 'boxes', label: 'Boxes' },
            { value: 'front', label: 'Front' },
            { value: 'table', label: 'Table' },
          ]}
          onChange={setFace}
        />
        {face !== 'table' && cases.length > 1 && (
          <Choice
            label="reading"
            value={at.case}
            options={cases.map(({ key, label }) => [key, label])}
            onChange={(key) => setChosen({ ...chosen, case: key })}
          />
        )}
        {face !== 'table' && face !== 'front' && policies.length > 1 && (
          <Choice
            label="policy"
            value={at.policy}
            options={policies.map((name) => [name, name])}
            onChange={(policy) => setChosen({ ...chosen, policy })}
          />
        )}
        {face !== 'table' &&
          face !== 'boxes' &&
          (['speed', 'quality'] as const)
            .filter((kind) => face !== 'front' || kind === 'quality')
            .map((kind) => (
              <Choice
                key={kind}
                label={kind}
                value={names[kind]}
                options={metricsOf(kind)
                  .filter((name) => face !== 'front' || !metricOf(name).diverging)
                  .map((name) => [name, titleOf(metricOf(name))])}
                onChange={(name) => setNames({ ...names, [kind]: name })}
              />
            ))}
      </div>
      {face === 'maps' && (
        <Maps
          standing={standing}
          at={at}
          shown={[names.speed, names.quality]}
          front={frontOf([...standing.cells.values()], quality)}
          looking={looking}
        />
      )}
      {face === 'lines' && (
        <div className="charts">
          <Suspense fallback={<Loading label="Loading the chart" lines={4} />}>
            {[names.speed, names.quality].flatMap((name) => {
              const metric = metricOf(name)
              return [sweptAgainstK, sweptAgainstP].map((draw) => {
                const chart = draw(standing, { ...at, metric })
                return <Chart key={`${name} ${chart.title}`} {...chart} />
              })
            })}
          </Suspense>
        </div>
      )}
      {face === 'boxes' &&
        (Object.keys(caseFigures) as CaseFigure[]).map((figure) => {
          const metric = metricOf(caseFigures[figure].metric)
          return (
            <Boxes
              key={figure}
              title={`${titleOf(metric)}, case by case`}
              boxes={boxesOf(standing, { ...at, figure })}
              format={metric.format}
              selected={selected}
              onSelect={looking.onSelect}
            />
          )
        })}
      {face === 'front' && <Front standing={standing} at={{ case: at.case, quality }} looking={looking} />}
      {face === 'table' && <SweepTable standing={standing} quality={quality} looking={looking} />}
      {cell !== undefined && <CellFacts standing={standing} cell={cell} onClose={() => setSelected(null)} />}
    </>
  )
}

/** The score that a front is drawn with: a difference from full context orders cells as the score itself. */
function qualityOf(name: MetricName): 'em' | 'f1' | 'logPerplexity' {
  if (name === 'f1' || name === 'f1Less') return 'f1'
  return name === 'logPerplexity' || name === 'logPerplexityLess' ? 'logPerplexity' : 'em'
}
