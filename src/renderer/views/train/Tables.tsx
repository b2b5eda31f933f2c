/** What the figures of a training draw, as tables: its steps, what is held out, and how a policy's scores lay. */
import type { TrainEvent } from '../../../shared/train.ts'
import { Scroll } from '../../parts/Pane.tsx'
import { arrow, formatCount, formatScore } from '../../parts/format.ts'
import { binNames, countsOf, laidOf } from './chances.ts'
import { rateOf, stepsOf, validsOf, type StepEvent, type ValidEvent } from './series.ts'

export function Tables({ events, loss }: { readonly events: readonly TrainEvent[]; readonly loss: string }) {
  const [steps, valids] = [stepsOf(events).toReversed(), validsOf(events).toReversed()]
  return (
    <>
      <Steps steps={steps} loss={loss} />
      {valids.length > 0 && <Held valids={valids} />}
      <Chances valids={valids} />
    </>
  )
}

/** The metrics that some of the events tell, each with its direction. */
function metricsOf(events: readonly (StepEvent | ValidEvent)[]): readonly { metric: string; head: string }[] {
  const heads = new Map(
    events.flatMap(({ scores }) => scores.map(({ metric, better }) => [metric, `${metric}\u00a0${arrow(better)}`])),
  )
  return [...heads].map(([metric, head]) => ({ metric, head }))
}

function valueOf({ scores }: StepEvent | ValidEvent, metric: string): string {
  const score = scores.find((each) => each.metric === metric)
  return score === undefined ? '—' : formatScore(score.value)
}

function Steps({ steps, loss }: { readonly steps: readonly StepEvent[]; readonly loss: string }) {
  const metrics = metricsOf(steps)
  return (
    <Scroll className="scroll-tall">
      <table className="told">
        <caption>Trained, the latest first</caption>
        <thead>
          <tr>
            <th scope="col">step</th>
            <th scope="col">stage</th>
            <th scope="col">{loss}&nbsp;↓</th>
            {metrics.map(({ metric, head }) => (
              <th key={metric} scope="col">
                {head}
              </th>
            ))}
            <th scope="col">learning rate</th>
            <th scope="col">gradient norm</th>
            <th scope="col">tokens a second&nbsp;↑</th>
          </tr>
        </thead>
        <tbody>
          {steps.map((event) => (
            <tr key={event.step}>
              <td>{formatCount(event.step)}</td>
              <td>{event.stage}</td>
              <td>{formatScore(event.loss)}</td>
              {metrics.map(({ metric }) => (
                <td key={metric}>{valueOf(event, metric)}</td>
              ))}
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

function Held({ valids }: { readonly valids: readonly ValidEvent[] }) {
  const metrics = metricsOf(valids)
  return (
    <Scroll>
      <table className="told">
        <caption>Held out, the latest first</caption>
        <thead>
          <tr>
            <th scope="col">step</th>
            {metrics.map(({ metric, head }) => (
              <th key={metric} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {valids.map((event) => (
            <tr key={event.step}>
              <td>{formatCount(event.step)}</td>
              {metrics.map(({ metric }) => (
                <td key={metric}>{valueOf(event, metric)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  )
}

/** A row for the chunks that a policy would expand and one for the rest, at each validation. */
function Chances({ valids }: { readonly valids: readonly ValidEvent[] }) {
  const laid = laidOf(valids)
  const [latest] = laid
  if (latest === undefined) return null
  const { histogram } = latest
  return (
    <Scroll>
      <table className="told">
        <caption>Held-out chunks by {histogram.metric}, the latest validation first</caption>
        <thead>
          <tr>
            <th scope="col">step</th>
            <th scope="col">chunks</th>
            {binNames(histogram).map((bin) => (
              <th key={bin} scope="col">
                {bin}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {laid.flatMap((event) =>
            event.histogram.groups.map(({ name }) => (
              <tr key={`${event.step} ${name}`}>
                <td>{formatCount(event.step)}</td>
                <td>{name}</td>
                {countsOf(event, name).map((count, bin) => (
                  <td key={bin}>{formatCount(count)}</td>
                ))}
              </tr>
            )),
          )}
        </tbody>
      </table>
    </Scroll>
  )
}
