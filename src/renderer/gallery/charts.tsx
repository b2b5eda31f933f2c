/** Charts and maps. The numbers are made up: what they show is how the parts look. */
import { useState } from 'react'
import { Boxes } from '../parts/Boxes.tsx'
import { Chart, Lines, Points, type Point } from '../parts/Chart.tsx'
import { HeatMap, type HeatCell, type HeatState } from '../parts/HeatMap.tsx'
import { Histograms } from '../parts/Histograms.tsx'
import { Waterfall } from '../parts/Waterfall.tsx'
import { sequential } from '../parts/colour.ts'
import { formatMs } from '../parts/format.ts'
import { idle, type Samples } from './sample.ts'

const ks = [8, 16, 32]

export const chartSamples: Samples = {
  Chart: [
    {
      state: 'curves with a spread, against a level',
      show: () => (
        <div className="gallery-wide">
          <Chart
            subject="TTFT"
            title="against k"
            x="k, tokens a chunk"
            ticks={ks}
            curves={[0, 0.25, 1].map((p) => ({
              name: `p ${p}`,
              points: ks.map((k) => ({ x: k, y: 400 * p + 900 / k, low: 380 * p + 880 / k, high: 430 * p + 930 / k })),
            }))}
            level={{ name: 'full context', y: 480 }}
            format={formatMs}
            fromZero
          />
        </div>
      ),
    },
    {
      state: 'one curve, no level',
      show: () => (
        <div className="gallery-wide">
          <Chart
            subject="TTFT"
            title="against p"
            x="p"
            ticks={[0, 1]}
            curves={[
              {
                name: 'k 8',
                points: [
                  { x: 0, y: 110, low: 100, high: 120 },
                  { x: 1, y: 410, low: 400, high: 440 },
                ],
              },
            ]}
            level={null}
            format={formatMs}
            fromZero
          />
        </div>
      ),
    },
    { state: 'series over steps', show: () => <Losses /> },
    { state: 'points, with a front and a limit', show: () => <Front /> },
  ],
  HeatMap: [
    { state: 'done, one chosen', show: () => <Heat states={['done', 'done', 'done', 'done', 'done', 'done']} /> },
    {
      state: 'pending, running, failed, invalid, skipped',
      show: () => <Heat states={['done', 'pending', 'running', 'failed', 'invalid', 'skipped']} />,
    },
  ],
  Boxes: [
    { state: 'one chosen', show: () => <Boxed spread={40} /> },
    { state: 'all the same', show: () => <Boxed spread={0} /> },
  ],
  Histograms: [
    {
      state: 'two sides',
      show: () => (
        <div className="gallery-wide">
          <Histograms
            title="Scores by step"
            sides={['expanded', 'compressed']}
            bins={['−2', '−1', '0', '1', '2']}
            level={2}
            columns={[0, 100, 200].map((step, at) => ({
              name: `${step}`,
              left: [0, at, 4, 6, 2 + at],
              right: [3 + at, 7, 4, 1, 0],
            }))}
            note="Wider is more."
          />
        </div>
      ),
    },
  ],
  Waterfall: [
    {
      state: 'the time to the first token',
      show: () => (
        <div className="gallery-wide">
          <Waterfall
            phases={[
              { name: 'retrieve', ms: 3.1 },
              { name: 'compress', ms: 12, note: '12 fresh' },
              { name: 'prefill', ms: 41.2, note: '96 positions' },
            ]}
            total="TTFT"
            totalMs={56.3}
          />
        </div>
      ),
    },
    {
      state: 'shorter than the scale it shares',
      show: () => (
        <div className="gallery-wide">
          <Waterfall phases={[{ name: 'prefill', ms: 20 }]} total="TTFT" totalMs={20} scaleMs={56.3} />
        </div>
      ),
    },
  ],
}

function Losses() {
  const points = Array.from({ length: 30 }, (_, at) => ({ x: at * 10, y: 5 / (1 + at / 4) }))
  return (
    <div className="gallery-wide">
      <Lines
        title="Loss, nats a token"
        series={[
          { name: 'training', points },
          { name: 'held out', points: points.filter((_, at) => at % 5 === 0).map(({ x, y }) => ({ x, y: y + 0.3 })) },
        ]}
      />
    </div>
  )
}

function Front() {
  const [selected, setSelected] = useState<string | null>('k16')
  const points: readonly Point[] = [
    { key: 'full', label: 'full context', x: 480, y: 1.2, kind: 'full' as const, front: true },
    { key: 'k16', label: 'k 16, p 0.25', x: 180, y: 1.4, kind: 'plan' as const, front: true },
    { key: 'k8', label: 'k 8, p 0.5', x: 300, y: 1.6, kind: 'plan' as const, front: false },
    { key: 'none', label: 'all compressed', x: 90, y: 2.1, kind: 'compressed' as const, front: true },
  ].map((point) => ({
    ...point,
    xSpread: [point.x * 0.95, point.x * 1.08] as const,
    ySpread: [point.y - 0.05, point.y + 0.06] as const,
  }))
  return (
    <div className="gallery-wide">
      <Points
        title="TTFT against log-perplexity"
        x="TTFT"
        y="log-perplexity ↓"
        up={false}
        points={points}
        limit={{ x: 350, y: null }}
        hovered={null}
        selected={selected}
        onHover={idle}
        onSelect={setSelected}
      />
    </div>
  )
}

function Heat({ states }: { readonly states: readonly HeatState[] }) {
  const [selected, setSelected] = useState<string | null>('16 0')
  const cell = (k: number, p: number, at: number): HeatCell => {
    const state = states[at] ?? 'pending'
    const ms = 90 + 300 * p + 400 / k
    return {
      key: `${k} ${p}`,
      state,
      text: ms.toFixed(0),
      label: `k ${k}, p ${p}: ${state === 'done' ? formatMs(ms) : state}`,
      paint: state === 'done' ? sequential(ms / 500) : null,
      marked: k === 32 && p === 0,
    }
  }
  return (
    <HeatMap
      title={`TTFT, ms: ${new Set(states).size === 1 ? 'done' : 'under way'}`}
      rowTitle="p"
      columnTitle="k"
      columns={ks.map((k) => `k ${k}`)}
      rows={[0, 1].map((p, row) => ({ name: `p ${p}`, cells: ks.map((k, column) => cell(k, p, 3 * row + column)) }))}
      legend={[
        { text: '90', paint: sequential(0.2) },
        { text: '440', paint: sequential(0.9) },
      ]}
      legendTitle="ms"
      hovered={null}
      selected={selected}
      onHover={idle}
      onSelect={setSelected}
      onOpen={idle}
    />
  )
}

function Boxed({ spread }: { readonly spread: number }) {
  const [selected, setSelected] = useState<string | null>('8')
  return (
    <Boxes
      title="TTFT by cell"
      boxes={[8, 16].map((k, at) => ({
        key: String(k),
        name: `k ${k}`,
        n: 5,
        low: 100 - spread,
        first: 100 - spread / 2,
        middle: 100 + (at * spread) / 4,
        third: 100 + spread / 2,
        high: 100 + spread,
      }))}
      format={formatMs}
      selected={selected}
      onSelect={setSelected}
    />
  )
}
