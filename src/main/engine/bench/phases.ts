/**
 * A training step by phase: three graphs of one loss, each with more of the step in it, run in turn. A phase is a
 * difference of two of them, so it holds what its graph adds on the host too: the results that are copied out.
 */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Spread, TrainPhases } from '../../../shared/bench.ts'
import { startGraph } from '../graph/build.ts'
import { gradient } from '../graph/gradient.ts'
import { live, openSession, type Feeds, type Live, type Session } from '../graph/run.ts'
import { count, floats, sizes } from '../graph/value.ts'
import { median, quartiles } from '../measure/statistics.ts'
import { initialWeight } from '../nets/initial.ts'
import { adamDefaults } from '../train/loop/optimizer.ts'
import { startTrainer, type Trainer } from '../train/loop/trainer.ts'
import { languageFeeds, languageLoss } from './language.ts'
import type { TimingOptions } from './trainSpeed.ts'

const rate = 1e-3
const tracedSteps = 5

const spread = (values: readonly number[]): Spread => ({ median: median(values), quartiles: quartiles(values) })

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now()
  await work()
  return performance.now() - started
}

function trainerOf(at: TimingOptions, profile?: string): Trainer {
  return startTrainer({
    initial: (param) => initialWeight(param, at.seed, at.config.layers),
    adam: adamDefaults,
    recompute: at.recompute,
    session: { threads: at.threads, ...(profile === undefined ? {} : { profile }) },
  })
}

/** The loss, with its gradient where asked for, over the weights of a trainer; gradients go to buffers of their own. */
async function openPart(
  at: TimingOptions,
  back: boolean,
): Promise<{ session: Session; into: Record<string, Live | null> }> {
  const g = startGraph(back ? 'loss and gradient' : 'loss')
  const { loss } = languageLoss(g, at.config, at.rows)
  const { params } = g.finish()
  const into: Record<string, Live | null> = { loss: null }
  const gradients = back ? gradient(g, loss, params, at) : []
  gradients.forEach((value, i) => {
    const name = `d.${params[i]?.name}`
    g.output(name, value)
    into[name] = live(floats(sizes(value), new Float32Array(count(sizes(value)))))
  })
  g.output('loss', loss)
  return { session: await openSession(g.finish(), undefined, { threads: at.threads, pattern: false }), into }
}

/** Milliseconds of each traced step beyond what the runtime says that it ran. */
async function hostTimes(at: TimingOptions, feeds: Feeds): Promise<number[]> {
  const folder = await mkdtemp(join(tmpdir(), 'refrag-trace-'))
  const trainer = trainerOf(at, join(folder, 'step'))
  const walls: number[] = []
  try {
    const step = await trainer.prepare('traced', (g) => languageLoss(g, at.config, at.rows))
    for (let i = 1; i <= tracedSteps + 1; i++) walls.push(await timed(() => step.run(feeds, rate, i)))
    // The trace is written when its session closes.
    await step.close()
    const [trace] = await readdir(folder)
    const events = JSON.parse(await readFile(join(folder, trace as string), 'utf8')) as readonly {
      readonly name: string
      readonly dur: number
    }[]
    const runs = events.filter(({ name }) => name === 'model_run').map(({ dur }) => dur / 1000)
    if (runs.length !== walls.length) throw new Error(`internal: ${walls.length} steps, ${runs.length} in their trace`)
    return walls.map((wall, i) => wall - (runs[i] as number)).slice(1)
  } finally {
    await trainer.close()
    await rm(folder, { recursive: true })
  }
}

/** Times `steps` rounds after a warm-up. Yields after each. */
export async function* timePhases(at: TimingOptions, signal?: AbortSignal): AsyncGenerator<void, TrainPhases> {
  const feeds = languageFeeds(at.config, at.rows, at.seed)
  const trainer = trainerOf(at)
  const parts: Session[] = []
  try {
    const step = await trainer.prepare('whole', (g) => languageLoss(g, at.config, at.rows))
    const [forward, back] = [await openPart(at, false), await openPart(at, true)]
    parts.push(forward.session, back.session)
    const rounds: {
      readonly forward: number
      readonly backward: number
      readonly optimizer: number
      readonly step: number
    }[] = []
    for (let round = 0; round <= at.steps; round++) {
      signal?.throwIfAborted()
      const fed = { ...feeds, ...Object.fromEntries(trainer.live()) }
      const loss = await timed(() => forward.session.run(fed, forward.into))
      const gradients = await timed(() => back.session.run(fed, back.into))
      const whole = await timed(() => step.run(feeds, rate, round + 1))
      if (round > 0)
        rounds.push({ forward: loss, backward: gradients - loss, optimizer: whole - gradients, step: whole })
      yield
    }
    const of = (name: keyof (typeof rounds)[number]): Spread => spread(rounds.map((each) => each[name]))
    return {
      rounds: rounds.length,
      forward: of('forward'),
      backward: of('backward'),
      optimizer: of('optimizer'),
      step: of('step'),
      host: spread(await hostTimes(at, feeds)),
    }
  } finally {
    for (const session of parts) await session.close()
    await trainer.close()
  }
}
