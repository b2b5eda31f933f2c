/** The training looked at: how far it is, its curves, and what it says of held-out texts. */
import { lazy, Suspense, useState } from 'react'
import { useStore } from 'zustand'
import type { TrainEvent, TrainingInfo } from '../../../shared/train.ts'
import { FaultNote } from '../../parts/FaultNote.tsx'
import { Empty, Loading, Pane, Scroll } from '../../parts/Pane.tsx'
import { ProgressBar } from '../../parts/ProgressBar.tsx'
import { Segments } from '../../parts/Segments.tsx'
import { arrow, formatCount, formatScore } from '../../parts/format.ts'
import { goOn, stop, train } from '../../state/train.ts'
import { rateOf, seriesOf, stepsOf, validsOf } from './series.ts'
import { Samples } from './Samples.tsx'

const Lines = lazy(async () => ({ default: (await import('../../parts/Chart.tsx')).Lines }))

type Face = 'curves' | 'table'

export function Live() {
  const { shown, list, events, progress, phase } = useStore(train)
  const [face, setFace] = useState<Face>('curves')
  const info = list?.find((each) => each.id === shown) ?? null
  if (info === null)
    return (
      <Pane title="Training">
        <Empty>
          No training yet. It begins from the loaded bundle, runs in the engine whatever this page does, and is kept
          step by step: one that was stopped, or killed, goes on exactly where it was.
        </Empty>
      </Pane>
    )
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
      <State info={info} />
      {running && (
        <ProgressBar
          title="Training"
          progress={progress}
          cancelling={phase === 'stopping'}
          onCancel={() => void stop()}
          cancelLabel="Stop"
        />
      )}
      {events.length === 0 ? (
        <Loading label={running ? 'Waiting for the first steps' : 'Reading what it told'} lines={4} />
      ) : (
        <>
          <Figures events={events} />
          {face === 'curves' ? <Curves events={events} /> : <Table events={events} />}
          <Samples events={events} />
        </>
      )}
    </Pane>
  )
}

/** What is to be done about a training that rests. */
function State({ info }: { readonly info: TrainingInfo }) {
  const resting = useStore(train, (state) => state.phase === 'idle')
  if (!resting || info.state === 'running') return null
  if (info.state === 'failed' && info.fault !== null)
    return <FaultNote what={`It failed after step ${info.step}.`} fault={info.fault} onRetry={() => void goOn(info)} />
  return (
    <div className="job-line train-state">
      <strong>{info.state === 'finished' ? 'Finished' : 'Stopped'}</strong>
      <span className="quiet grow">
        {formatCount(info.step)} of {formatCount(info.input.steps)} steps
        {info.state === 'finished' && (
          <>
            {' '}
            · as a bundle: <code>npm run refrag -- train register {info.input.out} --out DIR</code>
          </>
        )}
      </span>
      {info.state === 'stopped' && (
        <button type="button" onClick={() => void goOn(info)}>
          Go on
        </button>
      )}
    </div>
  )
}

/** The figures of the moment. */
function Figures({ events }: { readonly events: readonly TrainEvent[] }) {
  const last = stepsOf(events).at(-1)
  const valid = validsOf(events).at(-1)
  return (
    <dl className="figures">
      {last !== undefined && (
        <>
          <Figure name="loss, nats a token ↓" value={formatScore(last.loss)} />
          <Figure name="learning rate" value={rateOf(last.learningRate)} />
          <Figure name="gradient norm" value={formatScore(last.gradientNorm)} />
          <Figure name="tokens a second" value={formatCount(Math.round(last.tokensPerSecond))} />
        </>
      )}
      {valid?.scores.slice(0, 2).map(({ metric, value, better }) => (
        <Figure key={metric} name={`held out, ${metric} ${arrow(better)}`} value={formatScore(value)} />
      ))}
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

function Curves({ events }: { readonly events: readonly TrainEvent[] }) {
  return (
    <div className="charts">
      <Suspense fallback={<Loading label="Loading the chart" lines={4} />}>
        {seriesOf(events).map((figure) => (
          <Lines key={figure.title} {...figure} />
        ))}
      </Suspense>
    </div>
  )
}

function Table({ events }: { readonly events: readonly TrainEvent[] }) {
  return (
    <Scroll className="scroll-tall">
      <table>
        <caption className="unseen">Loss, learning rate and gradient norm by step</caption>
        <thead>
          <tr>
            <th scope="col">step</th>
            <th scope="col">stage</th>
            <th scope="col">loss</th>
            <th scope="col">learning rate</th>
            <th scope="col">gradient norm</th>
            <th scope="col">tokens a second</th>
          </tr>
        </thead>
        <tbody>
          {stepsOf(events)
            .toReversed()
            .map((event) => (
              <tr key={event.step}>
                <td>{formatCount(event.step)}</td>
                <td>{event.stage}</td>
                <td>{formatScore(event.loss)}</td>
                <td>{rateOf(event.learningRate)}</td>
                <td>{formatScore(event.gradientNorm)}</td>
                <td>{formatCount(Math.round(event.tokensPerSecond))}</td>
              </tr>
            ))}
        </tbody>
      </table>
    </Scroll>
  )
}
