/** The trainings of an ablation: which run each arm is, from what it begins, and what alone tells the arms apart. */
import type { AblationInput, AblationWhat } from '../../../shared/ablation.ts'
import { TrainInput, type Part } from '../../../shared/train.ts'
import { curriculum } from '../train/courses/curriculum.ts'

/** One run: its settings but for the folder, and the run whose bundle it begins from (null: the one loaded). */
export type Run = {
  readonly name: 'reconstruct' | 'without' | 'with'
  readonly from: 'reconstruct' | null
  readonly settings: Omit<TrainInput, 'out'>
}

/** What the arms begin anew: the decoder is the one loaded. */
const compressor: readonly Part[] = ['encoder', 'projector']

/** Tokens of the longest context that a curriculum up to `longest` tokens has. */
export function longestContext(k: number, longest: number): number {
  return k * (curriculum({ k, longest: Math.max(k, longest), stages: 1 }).rows.at(-1)?.chunks ?? 1)
}

/** What all runs of an ablation share. Each step reads the same number of context tokens, however they are cut. */
function shared(input: AblationInput, k: number): Omit<TrainInput, 'out' | 'trainer'> {
  const { data, batch, positions, longest, output, stages, schedule, seed, every, steps, learningRate } = input
  const {
    out: _,
    trainer: __,
    ...settings
  } = TrainInput.parse({
    trainer: 'reconstruct',
    out: '',
    data,
    batch,
    tokens: batch * longestContext(k, longest),
    positions,
    longest,
    output,
    stages,
    schedule,
    seed,
    every,
    steps,
    ks: [k],
    ...(learningRate === undefined ? {} : { learningRate }),
  })
  return settings
}

/** The runs of each ablation, in the order in which they are trained. */
const plans: Readonly<Record<AblationWhat, (input: AblationInput, k: number) => readonly Run[]>> = {
  /** Table 11: reconstruction by stages against the longest context from the first step; the decoder stays frozen. */
  curriculum(input, k) {
    const settings = { ...shared(input, k), trainer: 'reconstruct' as const, fresh: [...compressor] }
    return [
      { name: 'without', from: null, settings: { ...settings, curriculum: false } },
      { name: 'with', from: null, settings },
    ]
  },
  /** Table 12: continual pre-training behind a reconstruction against the same from an encoder that has learnt nothing. */
  reconstruction(input, k) {
    const { learningRate: _, ...common } = shared(input, k)
    const before = input.rateBefore === undefined ? {} : { learningRate: input.rateBefore }
    const settings = { ...shared(input, k), trainer: 'continue' as const }
    return [
      {
        name: 'reconstruct',
        from: null,
        settings: {
          ...common,
          ...before,
          trainer: 'reconstruct',
          fresh: [...compressor],
          steps: input.before ?? input.steps,
        },
      },
      { name: 'without', from: null, settings: { ...settings, fresh: [...compressor] } },
      { name: 'with', from: 'reconstruct', settings },
    ]
  },
}

/** The runs of an ablation at k tokens a chunk. */
export function runsOf(input: AblationInput, k: number): readonly Run[] {
  return plans[input.what](input, k)
}
