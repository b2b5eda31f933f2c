/** The rows of `bench ttft` as a picture: speed-up beside the paper's points, TTFT and TTIT beside the model. */
import type { TtftRow } from './bench.ts'
import type { LatencyModel } from './latency.ts'
import { paperContexts, paperSpeedup } from './paperLatency.ts'
import { colourAt, drawPanels, neutralColour, type Line, type Panel } from './picture.ts'

const axis = 'context tokens'

/** Speed-up against the context, a line for each k, and the paper's beside it where the contexts reach. */
function speedups(rows: readonly TtftRow[], cached: boolean): Panel {
  const own = rows.filter((row) => row.cached === cached)
  const ks = [...new Set(own.map(({ k }) => k))].toSorted((a, b) => a - b)
  const reach = Math.max(...own.map(({ context }) => context))
  return {
    title: `times faster to the first token, ${cached ? 'cached' : 'all chunks encoded anew'}`,
    x: axis,
    lines: ks.flatMap((k, at): Line[] => [
      {
        name: `k ${k}`,
        colour: colourAt(at),
        kind: 'measured',
        points: own.filter((row) => row.k === k).map((row) => ({ x: row.context, y: row.speedup })),
      },
      {
        name: `paper k ${k}`,
        colour: colourAt(at),
        kind: 'paper',
        points: paperContexts.flatMap((context) => {
          const y = context > reach ? null : paperSpeedup(context, k, cached)
          return y === null ? [] : [{ x: context, y }]
        }),
      },
    ]),
  }
}

/** Milliseconds against the context, measured and under the model: full context, and each k with its embeddings cached. */
function modelled(model: LatencyModel, what: 'ttftMs' | 'ttitMs', title: string): Panel {
  const rows = model.rows.filter(({ cached }) => cached !== false)
  const ks = [...new Set(rows.map(({ k }) => k))].toSorted((a, b) => (a ?? 0) - (b ?? 0))
  return {
    title,
    x: axis,
    lines: ks.flatMap((k, at) => {
      const own = rows.filter((row) => row.k === k)
      const colour = k === null ? neutralColour : colourAt(at - (ks[0] === null ? 1 : 0))
      const name = k === null ? 'full' : `k ${k}`
      const line = (kind: 'measured' | 'model'): Line => ({
        name: kind === 'model' ? `model ${name}` : name,
        colour,
        kind,
        points: own.flatMap((row) => {
          const y = row[kind === 'model' ? 'predicted' : 'measured'][what]
          return y === null ? [] : [{ x: row.context, y }]
        }),
      })
      return [line('measured'), line('model')]
    }),
  }
}

/** The picture of rows of one architecture. Where several p were measured, the lowest is drawn. */
export function drawTtft(rows: readonly TtftRow[], model: LatencyModel | null): string {
  const p = Math.min(...rows.map((row) => row.p))
  const drawn = rows.filter((row) => row.p === p)
  const arch = drawn[0]?.arch ?? 'nothing measured'
  const panels = [speedups(drawn, true), speedups(drawn, false)]
  const ofP = model && { ...model, rows: model.rows.filter((row) => row.p === null || row.p === p) }
  const fitted = ofP
    ? [modelled(ofP, 'ttftMs', 'TTFT, ms'), modelled(ofP, 'ttitMs', 'each token after the first, ms')]
    : []
  const disturbed = drawn.filter((row) => row.disturbed.length > 0).length
  const repeats = [...new Set(drawn.map(({ n }) => n))].toSorted((a, b) => a - b).join(' or ')
  return drawPanels(
    [...panels, ...fitted],
    [
      `${arch}, p = ${p}, fp32, batch ${drawn[0]?.batch ?? 1}; medians of n = ${repeats}.${disturbed === 0 ? '' : ` ${disturbed} of ${drawn.length} rows were measured while other things went on.`}`,
      "Dashed: the paper's 7B on an A100 (arXiv:2509.01092, figures 2, 8, 9). Dotted: its latency model, fitted to full context.",
    ],
  )
}
