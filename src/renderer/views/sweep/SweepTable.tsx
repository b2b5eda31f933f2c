/** The table twin of every picture: a row for each cell that has ended, in the order of the grid. */
import { useState } from 'react'
import { caseOf, keyOf } from '../../../shared/grid.ts'
import { frontOf, type QualityName } from '../../../shared/pareto.ts'
import type { SweepCell } from '../../../shared/sweep.ts'
import { Empty, Scroll } from '../../parts/Pane.tsx'
import { casesOf, planName, type Standing } from './cases.ts'
import { metricOf, type MetricName } from './metrics.ts'
import type { Looking } from './Results.tsx'

/** Each metric with its ends behind it. */
const shown: readonly MetricName[] = [
  'ttft',
  'speedup',
  'ttit',
  'em',
  'emLess',
  'f1',
  'logPerplexity',
  'logPerplexityLess',
  'positions',
]

/** The cells as rows of text: what is shown, and what is copied. */
export function rowsOf(standing: Standing, quality: QualityName) {
  const cells = standing.points.map((point) => standing.cells.get(keyOf(point))).filter((cell) => cell !== undefined)
  const front = frontOf(cells, quality)
  const cases = new Map(casesOf(standing).map(({ key, label }) => [key, label]))
  return {
    heads: [
      'cell',
      ...(cases.size > 1 ? ['reading'] : []),
      ...shown.flatMap((name) => {
        const { short, better, ends } = metricOf(name)
        const head = `${short} ${better === 'higher' ? '↑' : '↓'}`
        return ends === null ? [head] : [head, ends]
      }),
      'n',
      'front',
      'state',
    ],
    rows: cells.map((cell) => ({
      cell,
      values: [
        planName(cell),
        ...(cases.size > 1 ? [cases.get(caseOf(cell)) ?? ''] : []),
        ...shown.flatMap((name) => valuesOf(cell, name)),
        String(cell.quality?.n ?? ''),
        front.has(cell.key) ? 'yes' : '',
        cell.state,
      ],
    })),
  }
}

function valuesOf(cell: SweepCell, name: MetricName): readonly string[] {
  const metric = metricOf(name)
  const found = metric.of(cell)
  const ends = found === null ? '' : `${metric.format(found.low)} to ${metric.format(found.high)}`
  const value = found === null ? '' : metric.format(found.value)
  return metric.ends === null ? [value] : [value, ends]
}

export function SweepTable({
  standing,
  quality,
  looking,
}: {
  readonly standing: Standing
  readonly quality: QualityName
  readonly looking: Looking
}) {
  const [copied, setCopied] = useState(false)
  const { heads, rows } = rowsOf(standing, quality)
  if (rows.length === 0) return <Empty>No cell is measured yet.</Empty>
  async function copy() {
    const lines = [heads, ...rows.map(({ values }) => values)].map((line) => line.join('\t'))
    await navigator.clipboard.writeText(`${lines.join('\n')}\n`)
    setCopied(true)
  }
  return (
    <>
      <Scroll className="scroll-cells">
        <table>
          <caption className="unseen">Cells with their quartiles and intervals</caption>
          <thead>
            <tr>
              {heads.map((head, at) => (
                // Heads of ends come again and again.
                <th key={at} scope="col">
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ cell, values: [name, ...values] }) => (
              <tr key={cell.key} data-on={cell.key === looking.selected || undefined}>
                <td>
                  <button
                    type="button"
                    className="linkish"
                    aria-pressed={cell.key === looking.selected}
                    onClick={() => looking.onSelect(cell.key)}
                  >
                    {name}
                  </button>
                </td>
                {values.map((value, at) => (
                  <td key={at}>{value}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      <p className="table-foot">
        <button type="button" onClick={() => void copy().catch(() => setCopied(false))}>
          {copied ? 'Copied' : 'Copy as TSV'}
        </button>
      </p>
    </>
  )
}
