/** The events of a training as curves. */
import type { TrainEvent } from '../../../shared/train.ts'
import type { Series } from '../../parts/Chart.tsx'

export type StepEvent = Extract<TrainEvent, { readonly type: 'step' }>
export type ValidEvent = Extract<TrainEvent, { readonly type: 'valid' }>

export function stepsOf(events: readonly TrainEvent[]): readonly StepEvent[] {
  return events.filter((event) => event.type === 'step')
}

export function validsOf(events: readonly TrainEvent[]): readonly ValidEvent[] {
  return events.filter((event) => event.type === 'valid')
}

/** A learning rate, short. */
export function rateOf(rate: number): string {
  return rate === 0 ? '0' : rate.toExponential(2).replace('-', '−')
}

/** Two figures: losses trained and held out, and the gradient's norm. */
export function seriesOf(
  events: readonly TrainEvent[],
): readonly { readonly title: string; readonly series: readonly Series[] }[] {
  const steps = stepsOf(events)
  const of = (name: string, read: (event: StepEvent) => number): Series => ({
    name,
    points: steps.map((event) => ({ x: event.step, y: read(event) })),
  })
  const valids = validsOf(events)
  const held = [...new Set(valids.flatMap(({ scores }) => scores.map(({ metric }) => metric)))]
    .filter((metric) => metric.endsWith('nats a token'))
    .map((metric): Series => ({
      name: `held out, ${metric.replace(/: loss.*/, '')}`,
      points: valids.flatMap(({ step, scores }) =>
        scores.filter((score) => score.metric === metric).map((score) => ({ x: step, y: score.value })),
      ),
    }))
  return [
    { title: 'loss, nats a token ↓', series: [of('trained', (event) => event.loss), ...held] },
    { title: 'gradient norm before clipping', series: [of('gradient norm', (event) => event.gradientNorm)] },
  ]
}
