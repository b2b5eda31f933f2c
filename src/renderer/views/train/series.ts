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

type Figure = { readonly title: string; readonly series: readonly Series[] }

/** Scores of the events as series, one a metric that `named` gives a name. */
function scoresOf(events: readonly TrainEvent[], named: (metric: string) => string | null): readonly Series[] {
  const points = new Map<string, { readonly x: number; readonly y: number }[]>()
  for (const { step, scores } of events) {
    for (const { metric, value } of scores) {
      const name = named(metric)
      if (name !== null) points.set(name, [...(points.get(name) ?? []), { x: step, y: value }])
    }
  }
  return [...points].map(([name, own]) => ({ name, points: own }))
}

/** Figures of a training: losses trained and held out, rewards where there are any, and the gradient's norm. */
export function seriesOf(events: readonly TrainEvent[]): readonly Figure[] {
  const steps = stepsOf(events)
  const of = (name: string, read: (event: StepEvent) => number): Series => ({
    name,
    points: steps.map((event) => ({ x: event.step, y: read(event) })),
  })
  const held = scoresOf(validsOf(events), (metric) =>
    /loss, nats/.test(metric) ? `held out, ${metric.replace(/:? ?(contrastive )?loss, nats.*/, '') || 'all'}` : null,
  )
  const rewards = [
    ...scoresOf(steps, (metric) => (metric.startsWith('reward') ? 'sampled' : null)),
    ...scoresOf(validsOf(events), (metric) => /^reward of (\w+)/.exec(metric)?.[1] ?? null),
  ]
  return [
    { title: 'loss, nats a token ↓', series: [of('trained', (event) => event.loss), ...held] },
    ...(rewards.length > 0
      ? [{ title: 'reward, nats a token ↑ (held out: policy, random, oracle)', series: rewards }]
      : []),
    { title: 'gradient norm before clipping', series: [of('gradient norm', (event) => event.gradientNorm)] },
  ]
}
