/** Comparisons: two to four kept runs side by side, and what was measured between them. */
import * as z from 'zod'
import { Run, Timings } from './run.ts'

/** As many runs as stand side by side; each goes by its letter. */
export const mostCompared = 4
export const letterOf = (at: number): string => 'ABCD'[at] ?? '?'

/** A text that plans are scored on: the answer of a run, or the gold answer. */
export const ScoredText = z.object({
  of: z.string().nullable().describe('id of the run whose answer it is; null for the gold answer'),
  tokens: z.array(z.object({ id: z.number().int(), text: z.string() })).describe('the end of the answer among them'),
})
export type ScoredText = z.infer<typeof ScoredText>

/** Teacher-forced log-probabilities: every text under every plan, each token given the ones before it. */
export const Scores = z.object({
  texts: z.array(ScoredText),
  rows: z.array(
    z.object({
      run: z.string(),
      text: z.number().int().describe('place in `texts`'),
      logProbs: z.array(z.number()).describe('nats, one for each token of the text'),
    }),
  ),
  left: z.array(z.object({ run: z.string(), reason: z.string() })).describe('runs that could not be scored'),
})
export type Scores = z.infer<typeof Scores>

/** One ask of a run's plan, repeated for its times. */
export const TimedAsk = z.object({ run: z.string(), timings: Timings })
export type TimedAsk = z.infer<typeof TimedAsk>

/** One round of repeats: every plan asked once, in turn. */
export const Round = z.object({
  sitting: z.number().int().describe('place in `sittings`'),
  asks: z.array(TimedAsk).describe('in the order asked'),
})
export type Round = z.infer<typeof Round>

/** Rounds made one after the other, and with what. Rounds of several sittings add up: within each all plans met the same minutes. */
export const Sitting = z.object({
  began: z.string().describe('ISO time'),
  warmups: z.number().int().describe('rounds dropped before the first that counts'),
  device: z.string(),
  threads: z.number().int(),
  cpu: z.string(),
  disturbed: z.array(z.string()).describe('what else was going on; empty when nothing was seen'),
})
export type Sitting = z.infer<typeof Sitting>

/** One choice of a blind vote: two runs in the order in which they were shown. */
export const Ballot = z.object({
  left: z.string(),
  right: z.string(),
  vote: z.enum(['left', 'right', 'tie']).nullable().describe('null until it is given'),
})
export type Ballot = z.infer<typeof Ballot>
export type Vote = NonNullable<Ballot['vote']>

/** A blind vote: every pair once, order and sides shuffled by the seed. */
export const BlindVote = z.object({
  seed: z.number().int(),
  ballots: z.array(Ballot),
  opened: z.boolean().describe('the names were shown; no vote changes after that'),
})
export type BlindVote = z.infer<typeof BlindVote>

/** A comparison as it is kept: its runs by id, what was measured, what was voted. */
export const Comparison = z.object({
  id: z.string(),
  made: z.string().describe('ISO time'),
  question: z.string().describe('of run A when it was made'),
  runs: z.array(z.string()).min(2).max(mostCompared).describe('ids; the first is A'),
  settings: z.record(z.string(), z.string()).describe('k, p and policy in words, by run'),
  baseline: z.string().describe('id of the run that differences are taken from'),
  note: z.string().max(4000),
  scores: Scores.nullable().describe('null until they are computed'),
  sittings: z.array(Sitting),
  rounds: z.array(Round),
  blind: BlindVote.nullable(),
})
export type Comparison = z.infer<typeof Comparison>

/** A comparison as listed. */
export const ComparisonInfo = z.object({
  id: z.string(),
  made: z.string(),
  question: z.string(),
  runs: z.array(z.string()),
  settings: z.record(z.string(), z.string()),
  rounds: z.number().int(),
  scored: z.boolean(),
  votes: z.number().int(),
  note: z.string(),
})
export type ComparisonInfo = z.infer<typeof ComparisonInfo>

/** How a run's figure differs from the baseline's. */
export const Delta = z.object({
  kind: z.enum(['difference', 'ratio']).describe('run less baseline, or run over baseline'),
  value: z.number(),
  interval: z
    .tuple([z.number(), z.number()])
    .nullable()
    .describe('95 %, bootstrap in pairs; null where nothing was repeated'),
  noise: z
    .boolean()
    .nullable()
    .describe('the interval holds no difference (0, or a ratio of 1); null without an interval'),
})
export type Delta = z.infer<typeof Delta>

export const FigureCell = z.object({
  run: z.string(),
  value: z.number().nullable(),
  n: z.number().int().nullable().describe('rounds, or tokens; null for a count'),
  interval: z.tuple([z.number(), z.number()]).nullable().describe('95 % of the value, bootstrap'),
  quartiles: z.tuple([z.number(), z.number()]).nullable(),
  delta: Delta.nullable().describe('null for the baseline itself, and where either has no value'),
})
export type FigureCell = z.infer<typeof FigureCell>

/** One measure of all runs. */
export const Figure = z.object({
  name: z.string(),
  label: z.string(),
  unit: z.string().nullable(),
  better: z.enum(['higher', 'lower']).nullable(),
  of: z
    .enum(['rounds', 'tokens', 'run'])
    .describe('what `n` counts and the interval is over; `run` for what is known of one run'),
  cells: z.array(FigureCell),
})
export type Figure = z.infer<typeof Figure>

/** A comparison with its runs and the figures they come to. */
export const ComparisonView = z.object({
  comparison: Comparison,
  runs: z.array(Run).describe('in the order of the comparison, without those that were deleted'),
  missing: z.array(z.string()).describe('ids of runs that were deleted'),
  figures: z.array(Figure),
})
export type ComparisonView = z.infer<typeof ComparisonView>

const id = z.string()
/** Two to four runs; the comparison of the same runs, in whatever order, is opened again. */
export const CompareInput = z.object({ runs: z.array(id).min(2).max(mostCompared) })
export const ComparisonId = z.object({ id })
/** What a person changes: `runs` is the same runs in another order. */
export const ChangeComparison = z.object({
  id,
  runs: z.array(id).optional(),
  baseline: id.optional(),
  note: z.string().max(4000).optional(),
})
export type ChangeComparison = z.infer<typeof ChangeComparison>
export const TimeInput = z.object({
  id,
  repeats: z.number().int().min(1).max(1000).default(5).describe('rounds, beside those kept before'),
  warmups: z.number().int().min(0).max(100).default(1),
})
export type TimeInput = z.infer<typeof TimeInput>
export const BlindInput = z.object({ id, seed: z.number().int().default(7) })
export const VoteInput = z.object({ id, at: z.number().int().min(0), vote: Ballot.shape.vote.unwrap() })
export const ComparisonReport = z.object({
  id,
  format: z.enum(['html', 'md', 'pdf', 'json']).default('html'),
  text: z.boolean().default(true).describe('false leaves out the text of documents'),
})
export type ComparisonReport = z.infer<typeof ComparisonReport>

/** A setting in words. */
export function settingOf({ plan }: Pick<Run, 'plan'>): string {
  const forced = plan.forced.expand.length + plan.forced.compress.length
  const by = plan.decoder === undefined ? '' : `, decoded by ${plan.decoder}`
  return `k ${plan.k}, p ${plan.p}, ${plan.policy}${forced === 0 ? '' : `, ${forced} by hand`}${by}`
}
