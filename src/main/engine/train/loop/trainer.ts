/** A trainer: the graphs that move weights, one step at a time or over several micro-batches. */
import { startGraph, type Builder } from '../../graph/build.ts'
import { add, mul } from '../../graph/express.ts'
import { gradient } from '../../graph/gradient.ts'
import {
  live,
  numbers,
  openSession,
  type Feeds,
  type Live,
  type Session,
  type SessionOptions,
} from '../../graph/run.ts'
import { count, floats, sizes, type Tensor, type Value, type Weights } from '../../graph/value.ts'
import { adamFeeds, adamStep, type AdamOptions } from './optimizer.ts'
import { openSlots } from './slots.ts'

/** Builds one loss into a graph and names what else is to be read. */
export type LossGraph = (g: Builder) => { readonly loss: Value; readonly outputs?: Readonly<Record<string, Value>> }

/** What one step tells. */
export type StepResult = {
  readonly loss: number
  /** Global norm of the gradient before clipping. */
  readonly gradientNorm: number
  readonly outputs: Readonly<Record<string, Live>>
}

/** Which weights move, by name. */
type Trains = (name: string) => boolean

export type Trainer = {
  /** Compiles a step for one loss; weights it meets for the first time come from `initial`, those that move are `trains`. */
  prepare(name: string, loss: LossGraph, trains?: Trains): Promise<TrainingStep>
  /** Compiles the gradient of one loss, to be added up over micro-batches until `apply`. */
  prepareGathering(name: string, loss: LossGraph, trains?: Trains): Promise<Gathering>
  /** Moves the weights by what was gathered, and forgets it. Gives the gradient's norm. */
  apply(learningRate: number, step: number): Promise<number>
  /** Takes the last step back; weights and moments are then what they were before it. Once a step. */
  undo(): void
  /** Copies of all weights (and moments), for a checkpoint. */
  weights(): Map<string, Tensor>
  moments(): Map<string, Tensor>
  /** The weights as they are fed, not copied: good until the next step. */
  live(): ReadonlyMap<string, Live>
  close(): Promise<void>
}
export type TrainingStep = {
  run(feeds: Feeds, learningRate: number, step: number): Promise<StepResult>
  close(): Promise<void>
}
export type Gathering = {
  /** Adds `share` of the gradient; gives the loss. */
  run(feeds: Feeds, share: number): Promise<number>
  close(): Promise<void>
}

const one = (value: number): Live => live(floats([], [value]))

/**
 * Starts a trainer. `initial` gives each weight's first value; `moments` those of a resumed run.
 * `trains` tells which weights move: the rest are fed and stay.
 */
export function startTrainer(options: {
  readonly initial: (param: Value) => Tensor
  readonly moments?: Weights
  readonly trains?: Trains
  readonly adam: AdamOptions
  /** Computes layers again in the backward pass: slower, holds less. */
  readonly recompute?: boolean | undefined
  readonly session?: SessionOptions
}): Trainer {
  const slots = openSlots(options)
  const sessions = new Set<Session>()
  /** Gathered gradients by weight: the sum so far and where the next sum is written. */
  const gathered = new Map<string, { readonly param: Value; sum: Live; next: Live }>()
  let applying: { readonly session: Session; readonly names: string } | null = null
  let lastMoved: ReadonlySet<string> = new Set()

  const moves = (params: readonly Value[], trains = options.trains): Value[] =>
    params.filter((param) => trains?.(param.name) ?? true)
  const namesOf = (params: readonly Value[]): ReadonlySet<string> => new Set(params.map((param) => param.name))

  async function open(g: Builder): Promise<{ readonly session: Session; readonly close: () => Promise<void> }> {
    // A step planned as one block takes that block beside what the first run left in the arena, and is no faster.
    const session = await openSession(g.finish(), undefined, { pattern: false, ...options.session })
    sessions.add(session)
    return {
      session,
      async close() {
        sessions.delete(session)
        await session.close()
      },
    }
  }

  function rates(learningRate: number, step: number): Record<string, Live> {
    const { rate, tiny, decay } = adamFeeds(options.adam, learningRate, step)
    return { rate: one(rate), tiny: one(tiny), decay: one(decay) }
  }

  function swap(moving: ReadonlySet<string>): void {
    slots.swap(moving)
    lastMoved = moving
  }

  async function prepare(name: string, lossGraph: LossGraph, trains?: Trains): Promise<TrainingStep> {
    const g = startGraph(name)
    const { loss, outputs = {} } = lossGraph(g)
    const { params } = g.finish()
    const moving = moves(params, trains)
    adamStep(g, moving, gradient(g, loss, moving, options), options.adam)
    g.output('loss', loss)
    for (const [outputName, value] of Object.entries(outputs)) g.output(outputName, value)
    params.forEach((param) => slots.claim(param))
    const { session, close } = await open(g)
    const moved = namesOf(moving)

    async function run(feeds: Feeds, learningRate: number, step: number): Promise<StepResult> {
      const all: Record<string, Live> = { ...feeds, ...rates(learningRate, step) }
      const into: Record<string, Live | null> = { loss: null, gradientNorm: null }
      for (const outputName of Object.keys(outputs)) into[outputName] = null
      slots.bind(params, moved, all, into)
      const results = await session.run(all, into)
      swap(moved)
      return {
        loss: numbers(results.loss)[0] as number,
        gradientNorm: numbers(results.gradientNorm)[0] as number,
        outputs: results,
      }
    }
    return { run, close }
  }

  async function prepareGathering(name: string, lossGraph: LossGraph, trains?: Trains): Promise<Gathering> {
    const g = startGraph(`${name} gathered`)
    const { loss } = lossGraph(g)
    const { params } = g.finish()
    const moving = moves(params, trains)
    const share = g.input('share', 'float32', [])
    gradient(g, loss, moving, options).forEach((value, i) => {
      const param = moving[i] as Value
      g.output(
        `gathered.${param.name}`,
        add(g, g.input(`sum.${param.name}`, 'float32', sizes(param)), mul(g, value, share)),
      )
    })
    g.output('loss', loss)
    params.forEach((param) => slots.claim(param))
    for (const param of moving) {
      const zeros = (): Live => live(floats(sizes(param), new Float32Array(count(sizes(param)))))
      if (!gathered.has(param.name)) gathered.set(param.name, { param, sum: zeros(), next: zeros() })
    }
    const { session, close } = await open(g)

    async function run(feeds: Feeds, part: number): Promise<number> {
      const all: Record<string, Live> = { ...feeds, share: one(part) }
      const into: Record<string, Live | null> = { loss: null }
      slots.bind(params, new Set(), all, into)
      const own = moving.map((param) => gathered.get(param.name) as NonNullable<ReturnType<typeof gathered.get>>)
      for (const { param, sum, next } of own) {
        all[`sum.${param.name}`] = sum
        into[`gathered.${param.name}`] = next
      }
      const results = await session.run(all, into)
      for (const each of own) [each.sum, each.next] = [each.next, each.sum]
      return numbers(results.loss)[0] as number
    }
    return { run, close }
  }

  async function apply(learningRate: number, step: number): Promise<number> {
    const params = [...gathered.values()].map(({ param }) => param)
    const names = params.map((param) => param.name).join()
    if (applying?.names !== names) {
      // A weight met since the last step changes what is moved: the graph is made again, once.
      if (applying) {
        sessions.delete(applying.session)
        await applying.session.close()
      }
      const g = startGraph('apply')
      const weights = params.map((param) => g.param(param.name, sizes(param)))
      const sums = params.map((param) => g.input(`sum.${param.name}`, 'float32', sizes(param)))
      adamStep(g, weights, sums, options.adam)
      applying = { session: (await open(g)).session, names }
    }
    const all = rates(learningRate, step)
    const into: Record<string, Live | null> = { gradientNorm: null }
    const moved = namesOf(params)
    slots.bind(params, moved, all, into)
    for (const { param, sum } of gathered.values()) all[`sum.${param.name}`] = sum
    const results = await applying.session.run(all, into)
    swap(moved)
    for (const { sum } of gathered.values()) numbers(sum).fill(0)
    return numbers(results.gradientNorm)[0] as number
  }

  return {
    prepare,
    prepareGathering,
    apply,
    undo() {
      slots.swap(lastMoved)
      lastMoved = new Set()
    },
    weights: () => slots.weights(),
    moments: () => slots.moments(),
    live: () => slots.live(),
    async close() {
      for (const session of sessions) await session.close()
      slots.clear()
      gathered.clear()
    },
  }
}
