/** A dry run: some steps of the very run that is set up, timed, on weights that stay as they are; nothing is written. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DataReport, DryRun, TrainInput } from '../../../shared/train.ts'
import { mean, median, quartiles } from '../measure/statistics.ts'
import type { Bundle } from '../store/bundle.ts'
import { runCourse, type Course, type MicroBatch } from './loop/loop.ts'
import { openRun, type OpenRun } from './run.ts'

/** Steps that are timed. */
const timed = 10

export type DryEvent =
  | { readonly type: 'data'; readonly report: DataReport }
  | { readonly type: 'step'; readonly done: number; readonly stage: string }
  | { readonly type: 'done'; readonly result: DryRun }

/** The steps to take of a run's: spread over it, for a curriculum's last steps are not as its first. */
export function spreadSteps(steps: number, count: number = timed): readonly number[] {
  const taken = Math.min(steps, count)
  return Array.from({ length: taken }, (_, i) => Math.floor(((2 * i + 1) * steps) / (2 * taken)) + 1)
}

/** A step's draw, and the seconds that drawing took. */
type Drawn = { readonly batches: readonly MicroBatch[]; readonly seconds: number }

/**
 * The course of a dry run: each of `steps` drawn once and taken twice in a row. The first time compiles what is new, the
 * second is what such a step takes. The rate is zero: weights and what is drawn by them are those of the run's beginning.
 */
function twice(course: Course, steps: readonly number[], drawn: (draw: Drawn) => void): Course {
  const at = (taken: number): number => steps[Math.ceil(taken / 2) - 1] as number
  let last: readonly MicroBatch[] = []
  return {
    ...course,
    steps: 2 * steps.length,
    stage: (taken) => course.stage(at(taken)),
    rate: () => 0,
    async draw(taken, weights) {
      if (taken % 2 === 0) return last
      const started = performance.now()
      last = await course.draw(at(taken), weights)
      drawn({ batches: last, seconds: (performance.now() - started) / 1000 })
      return last
    },
  }
}

const tokensOf = (batches: readonly MicroBatch[]): number => batches.reduce((sum, { tokens }) => sum + tokens, 0)

/** The most memory that the process has held so far, and what it holds now, in bytes. */
const residentNow = (): number => process.memoryUsage.rss()
const residentPeak = (): number => process.resourceUsage().maxRSS * 1024

/** Opens a run that leaves nothing behind: documents to retrieve from are indexed in its folder, here one that goes again. */
async function openUnwritten(input: TrainInput, ...rest: [Bundle, Parameters<typeof openRun>[2]]): Promise<OpenRun> {
  if (input.corpus === undefined) return openRun(input, ...rest)
  const out = await mkdtemp(join(tmpdir(), 'dry-run-'))
  try {
    return await openRun({ ...input, out }, ...rest)
  } finally {
    await rm(out, { recursive: true })
  }
}

/** Times `input` on `bundle`. Faults are those that the run itself would be refused for. */
export async function* dryRun(
  input: TrainInput,
  bundle: Bundle,
  { threads, signal }: { readonly threads: number; readonly signal?: AbortSignal | undefined },
): AsyncGenerator<DryEvent> {
  const [before, peakBefore] = [residentNow(), residentPeak()]
  const { source, course, loop } = await openUnwritten(input, bundle, { threads, signal })
  // The loop closes the course with itself; one that it never began is closed here.
  let begun = false
  try {
    const report = source.report()
    yield { type: 'data', report }
    const steps = spreadSteps(input.steps)
    const draws: Drawn[] = []
    const takes: number[] = []
    let [most, since, validationSeconds]: [number, number, number | null] = [before, performance.now(), null]
    let scores: DryRun['scores'] = []
    const dry = twice(course, steps, (draw) => void draws.push(draw))
    const every = { log: 1, valid: dry.steps, checkpoint: dry.steps + 1 }
    begun = true
    for await (const event of runCourse(dry, { ...loop, folder: null, every, signal })) {
      const seconds = (performance.now() - since) / 1000
      most = Math.max(most, residentNow())
      if (event.type === 'step') {
        takes.push(seconds)
        if (event.step % 2 === 0) yield { type: 'step', done: event.step / 2, stage: event.stage }
      } else if (event.type === 'valid') {
        validationSeconds = seconds
        scores = [...event.scores]
      }
      since = performance.now()
    }
    signal?.throwIfAborted()
    const stepSeconds = draws.map(({ seconds }, i) => seconds + (takes[2 * i + 1] as number))
    const preparingSeconds = stepSeconds.reduce(
      (sum, whole, i) => sum + Math.max(0, (takes[2 * i] as number) - whole),
      0,
    )
    const validations = course.validate ? Math.floor(input.steps / input.every.valid) : 0
    const [low, high] = quartiles(stepSeconds)
    const result: DryRun = {
      data: report,
      steps: steps.length,
      stepSeconds: { median: median(stepSeconds), low, high },
      tokensPerSecond:
        draws.reduce((sum, { batches }) => sum + tokensOf(batches), 0) / stepSeconds.reduce((a, b) => a + b, 0),
      // The system knows the process's peak since it began: it is this run's where this run raised it.
      residentBytes: { before, peak: residentPeak() > peakBefore ? residentPeak() : most },
      run: {
        steps: input.steps,
        seconds: mean(stepSeconds) * input.steps + preparingSeconds + validations * (validationSeconds ?? 0),
        preparingSeconds,
        validations,
        validationSeconds,
        checkpoints: Math.ceil(input.steps / input.every.checkpoint),
      },
      scores,
    }
    yield { type: 'done', result }
  } finally {
    if (!begun) await course.close?.()
  }
}
