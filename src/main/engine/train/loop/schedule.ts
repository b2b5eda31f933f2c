/** Learning rates over a run: warm-up, then one of a few shapes. */
import type { TrainInput } from '../../../../shared/train.ts'

type Shape = TrainInput['schedule']

/** How the rate falls after the warm-up, from 1 at `along` 0 to its end at 1. */
const shapes: Readonly<Record<Shape, (along: number) => number>> = {
  constant: () => 1,
  linear: (along) => 1 - along,
  cosine: (along) => 0.5 * (1 + Math.cos(Math.PI * along)),
}

/** A schedule over `steps`; the paper's own is a cosine after 4 % of linear warm-up (B.2). */
export type Schedule = {
  readonly peak: number
  readonly steps: number
  /** Share of the steps over which the rate rises in a straight line. */
  readonly warmup: number
  readonly shape: Shape
}

/** The learning rates of a run as its settings ask for them; `own` is the trainer's peak where they name none. */
export function courseRate(input: TrainInput, own: number): (step: number) => number {
  const peak = input.learningRate ?? own
  return (step) => rateAt({ peak, steps: input.steps, warmup: input.warmup, shape: input.schedule }, step)
}

/** The learning rate of `step`, counted from 1. */
function rateAt({ peak, steps, warmup, shape }: Schedule, step: number): number {
  const rising = Math.max(1, Math.round(steps * warmup))
  if (step <= rising) return (peak * step) / rising
  return peak * shapes[shape](Math.min(1, (step - rising) / Math.max(1, steps - rising)))
}
