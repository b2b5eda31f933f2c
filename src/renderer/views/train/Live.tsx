/** The training looked at: how far it is, its curves, and what it says of held-out texts. */
import { lazy, Suspense, useState } from 'react'
import { useStore } from 'zustand'
import type { Score } from '../../../shared/corpus.ts'
import type { TrainEvent } from '../../../shared/train.ts'
import { Histograms } from '../../parts/Histograms.tsx'
import { Empty, Loading, Pane } from '../../parts/Pane.tsx'
import { Segments } from '../../parts/Segments.tsx'
import { arrow, formatCount, formatScore, plural } from '../../parts/format.ts'
import { train } from '../../state/train.ts'
import { binNames, chanceBin, columnsOf, laidOf, spread } from './chances.ts'
import { Compare, useSides } from './Compare.tsx'
import { DataFacts, leakOf } from './DataFacts.tsx'
import { lossOf, type Side } from './differing.ts'
import { rateOf, seriesOf, stepsOf, validsOf } from './series.ts'
import { Samples } from './Samples.tsx'
import { Register } from './Register.tsx'
import { Standing } from './Standing.tsx'
import { Tables } from './Tables.tsx'

const Lines = lazy(async () => ({ default: (await import('../../parts/Chart.tsx')).Lines }))

export function Live() {
  const { shown, list } = useStore(train)
  const info = list?.find((each) => each.id === shown) ?? null
  if (info !== null) return <Shown info={info} />
  return (
    <Pane title="Training">
      <Empty>
        No training yet. It begins from the loaded bundle, runs in the engine whatever this page does, and is kept step
        by step: one that was paused, or killed, goes on exactly where it was.
      </Empty>
    </Pane>
  )
}

function Shown({ info }: Pick<Side, 'info'>) {
  const { events, phase } = useStore(train)
  const [face, setFace] = useState<'curves' | 'table'>('curves')
  const sides = useSides(info)
  const running = phase === 'following' || phase === 'stopping'
  return (
    <Pane
      title={info.id}
      note={`${info.input.trainer} from ${info.bundle}; ${info.data}`}
      aside={
        <Segments
          label="Shown as"
          value={face}
          options={[
            { value: 'curves', label: 'Curves' },
            { value: 'table', label: 'Table' },
          ]}
          onChange={setFace}
        />
      }
    >
      <Standing info={info} />
      <Register info={info} />
      {events.length === 0 ? (
        <Loading label={running ? 'Waiting for the first steps' : 'Reading what it told'} lines={4} />
      ) : (
        <>
          <Figures events={events} loss={lossOf(info.input)} />
          <Compare sides={sides} />
          {face === 'curves' ? <Curves sides={sides} /> : <Tables events={events} loss={lossOf(info.input)} />}
          <Samples events={events} />
        </>
      )}
      {info.report !== null && (
        <details className="train-data">
          <summary>Data and leak check: {leakOf(info.report)}</summary>
          <DataFacts report={info.report} />
        </details>
      )}
    </Pane>
  )
}

/** Held-out scores worth a place above the curves: all that a policy is judged by, else the first two. */
function heldOf(scores: readonly Score[]): readonly Score[] {
  const judged = scores.filter(({ metric }) => /^reward of |^overlap/.test(metric))
  return judged.length > 0 ? judged : scores.slice(0, 2)
}

/** The figures of the moment. */
function Figures({ events, loss }: { readonly events: readonly TrainEvent[]; readonly loss: string }) {
  const last = stepsOf(events).at(-1)
  const valid = validsOf(events).at(-1)
  const saved = events.findLast((event) => event.type === 'saved')
  return (
    <dl className="figures">
      {last?.scores.map(({ metric, value, better }) => (
        <Figure key={metric} name={`${metric}\u00a0${arrow(better)}`} value={formatScore(value)} />
      ))}
      {last !== undefined && (
        <>
          <Figure name={`${loss}\u00a0↓`} value={formatScore(last.loss)} />
          <Figure name="learning rate" value={rateOf(last.learningRate)} />
          <Figure name="gradient norm" value={formatScore(last.gradientNorm)} />
          <Figure name="tokens a second" value={formatCount(Math.round(last.tokensPerSecond))} />
        </>
      )}
      {heldOf(valid?.scores ?? []).map(({ metric, value, better }) => (
        <Figure key={metric} name={`held out, ${metric}\u00a0${arrow(better)}`} value={formatScore(value)} />
      ))}
      {saved !== undefined && <Figure name="checkpoint at step" value={formatCount(saved.step)} />}
    </dl>
  )
}

function Figure({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  )
}

function Curves({ sides }: { readonly sides: readonly Side[] }) {
  const [shown, ...others] = sides.map(({ info, events }) => ({ name: info.id, events, loss: lossOf(info.input) }))
  if (shown === undefined) return null
  return (
    <div className="charts">
      <Suspense fallback={<Loading label="Loading the chart" lines={4} />}>
        <Chances events={shown.events} />
        {seriesOf(shown.events, shown.loss, shown.name, others).map((figure) => (
          <Lines key={figure.title} {...figure} />
        ))}
      </Suspense>
    </div>
  )
}

/** How a policy's scores lay over the held-out chunks, validation by validation. */
function Chances({ events }: { readonly events: readonly TrainEvent[] }) {
  const laid = laidOf(validsOf(events))
  const columns = spread(laid)
  const last = laid.at(-1)
  if (last === undefined) return null
  const { histogram } = last
  const chunks = histogram.groups.reduce((sum, { counts }) => sum + counts.reduce((a, b) => a + b, 0), 0)
  return (
    <Histograms
      title={`${histogram.metric}, ${plural(chunks, 'held-out chunk')}`}
      sides={['compressed', 'expanded']}
      bins={binNames(histogram)}
      level={chanceBin(histogram)}
      columns={columnsOf(columns)}
      note={
        columns.length < laid.length ? `${columns.length} of ${laid.length} validations; the table has all.` : undefined
      }
    />
  )
}
