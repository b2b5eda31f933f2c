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

export type Figure = { readonly title: string; readonly series: readonly Series[] }

/** Scores of the events as series, one a metric that `named` gives a name. */
function scoresOf(
  events: readonly (StepEvent | ValidEvent)[],
  named: (metric: string) => string | null,
): readonly Series[] {
  const points = new Map<string, { readonly x: number; readonly y: number }[]>()
  for (const { step, scores } of events) {
    for (const { metric, value } of scores) {
      const name = named(metric)
      if (name === null) continue
      const own = points.get(name) ?? []
      own.push({ x: step, y: value })
      points.set(name, own)
    }
  }
  return [...points].map(([name, own]) => ({ name, points: own }))
}

const curve = (
  name: string,
  events: readonly (StepEvent | ValidEvent)[],
  read: (event: StepEvent | ValidEvent) => number,
): Series => ({ name, points: events.map((event) => ({ x: event.step, y: read(event) })) })

/** One metric as it is trained and as it is held out. */
const both = (steps: readonly StepEvent[], valids: readonly ValidEvent[], metric: string): readonly Series[] => [
  ...scoresOf(steps, (name) => (name === metric ? 'sampled' : null)),
  ...scoresOf(valids, (name) => (name === metric ? 'held out' : null)),
]

/** The figures of a policy: what its choice is worth, how near the oracle it comes, how sure it is, how far it moved, how much it expands. */
function policyFigures(steps: readonly StepEvent[], valids: readonly ValidEvent[]): readonly Figure[] {
  const overlap = scoresOf(valids, (metric) => {
    if (metric === 'overlap with the oracle') return 'policy'
    return metric === 'fraction of chunks expanded' ? 'chance' : null
  })
  return [
    {
      title: 'reward, nats a token ↑ (held out: policy, random, oracle)',
      series: [
        ...scoresOf(steps, (metric) => (metric.startsWith('reward') ? 'sampled' : null)),
        ...scoresOf(valids, (metric) => /^reward of (\w+)/.exec(metric)?.[1] ?? null),
      ],
    },
    {
      title: 'overlap with the oracle, held out ↑',
      series: overlap.some(({ name }) => name === 'policy') ? overlap : [],
    },
    { title: 'entropy of the first pick, nats ↓', series: both(steps, valids, 'entropy of the first pick, nats') },
    {
      title: 'KL(now || start) of the first pick, nats ↓',
      series: both(steps, valids, 'KL(now || start) of the first pick, nats'),
    },
    { title: 'fraction of chunks expanded ↓', series: both(steps, valids, 'fraction of chunks expanded') },
  ]
}

/** The loss that is trained on beside those held out. */
function lossFigure(loss: string, steps: readonly StepEvent[], valids: readonly ValidEvent[]): Figure {
  const held = scoresOf(valids, (metric) =>
    /loss, nats/.test(metric) ? `held out, ${metric.replace(/:? ?(contrastive )?loss, nats.*/, '') || 'all'}` : null,
  )
  return { title: `${loss} ↓`, series: [curve('trained', steps, (event) => event.loss), ...held] }
}

/** The losses of several trainings, a curve each: trained, and what validation watches. */
function comparedFigures(
  loss: string,
  sides: readonly { readonly name: string; readonly events: readonly TrainEvent[] }[],
) {
  const of = (title: string, pick: (events: readonly TrainEvent[]) => readonly (StepEvent | ValidEvent)[]): Figure => ({
    title,
    series: sides.map(({ name, events }) => curve(name, pick(events), (event) => event.loss)),
  })
  return [of(`trained: ${loss} ↓`, stepsOf), of('held out: the loss that is watched ↓', validsOf)]
}

/**
 * Figures of a training whose loss is called `loss`: losses trained and held out, laid over those of `others` where there
 * are any; what is told of a policy; the gradient's norm, the learning rate and the throughput.
 */
export function seriesOf(
  events: readonly TrainEvent[],
  loss: string,
  name = '',
  others: readonly { readonly name: string; readonly events: readonly TrainEvent[] }[] = [],
): readonly Figure[] {
  const [steps, valids] = [stepsOf(events), validsOf(events)]
  const policy = policyFigures(steps, valids).filter(({ series }) => series.length > 0)
  const losses =
    others.length === 0 ? [lossFigure(loss, steps, valids)] : comparedFigures(loss, [{ name, events }, ...others])
  return [
    // The loss of a policy says little beside its reward: where each draw is learnt from once it is near zero throughout.
    ...(others.length === 0 ? [...policy, ...losses] : [...losses, ...policy]),
    {
      title: 'gradient norm before clipping',
      series: [{ name: 'gradient norm', points: steps.map((event) => ({ x: event.step, y: event.gradientNorm })) }],
    },
    {
      title: 'learning rate',
      series: [{ name: 'learning rate', points: steps.map((event) => ({ x: event.step, y: event.learningRate })) }],
    },
    {
      title: 'tokens a second ↑',
      series: [
        { name: 'tokens a second', points: steps.map((event) => ({ x: event.step, y: event.tokensPerSecond })) },
      ],
    },
  ]
}
