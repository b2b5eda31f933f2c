/** A trainer: weights and moments in two sets of buffers that swap at each step, and the graphs that move them. */
import { startGraph, type Builder } from '../graph/build.ts'
import { gradient } from '../graph/gradient.ts'
import { live, numbers, openSession, type Feeds, type Live, type Session, type SessionOptions } from '../graph/run.ts'
import { count, floats, sizes, type Tensor, type Value, type Weights } from '../graph/value.ts'
import { adamFeeds, adamStep, type AdamOptions } from './optimizer.ts'

/** Builds one loss into a graph and names what else is to be read. */
export type LossGraph = (g: Builder) => { readonly loss: Value; readonly outputs?: Readonly<Record<string, Value>> }

/** One weight with its two moments. */
type Slot = { readonly weight: Live; readonly first: Live; readonly second: Live }
type Slots = Map<string, Slot>

/** What one step tells. */
export type StepResult = {
  readonly loss: number
  readonly gradientNorm: number
  readonly outputs: Readonly<Record<string, Live>>
}

export type Trainer = {
  /** Compiles a step for one loss; weights it meets for the first time come from `initial`. */
  prepare(name: string, loss: LossGraph): Promise<TrainingStep>
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

const zeros = (shape: readonly number[]): Live => live(floats(shape, new Float32Array(count(shape))))
const copy = (tensor: Live): Tensor => floats([...tensor.dims], numbers(tensor).slice())
const one = (value: number): Live => live(floats([], [value]))

/**
 * Starts a trainer. `initial` gives each weight's first value; `moments` those of a resumed run.
 * `trains` tells which weights move: the rest are fed and stay.
 */
export function startTrainer(options: {
  readonly initial: (param: Value) => Tensor
  readonly moments?: Weights
  readonly trains?: (name: string) => boolean
  readonly adam: AdamOptions
  readonly session?: SessionOptions
}): Trainer {
  let current: Slots = new Map()
  let spare: Slots = new Map()
  const sessions = new Set<Session>()

  function claim(param: Value): void {
    if (current.has(param.name)) return
    const shape = sizes(param)
    const moment = (kind: string): Live => {
      const kept = options.moments?.get(`${kind}.${param.name}`)
      return kept ? live(floats(shape, (kept.data as Float32Array).slice())) : zeros(shape)
    }
    const first = options.initial(param)
    current.set(param.name, {
      weight: live(floats(shape, (first.data as Float32Array).slice())),
      first: moment('first'),
      second: moment('second'),
    })
    spare.set(param.name, { weight: zeros(shape), first: zeros(shape), second: zeros(shape) })
  }

  async function prepare(name: string, lossGraph: LossGraph): Promise<TrainingStep> {
    const g = startGraph(name)
    const { loss, outputs = {} } = lossGraph(g)
    const params = g.finish().params
    const moving = params.filter((param) => options.trains?.(param.name) ?? true)
    adamStep(g, moving, gradient(g, loss, moving), options.adam)
    g.output('loss', loss)
    for (const [outputName, value] of Object.entries(outputs)) g.output(outputName, value)
    params.forEach(claim)
    const session = await openSession(g.finish(), undefined, options.session)
    sessions.add(session)
    const movingNames = new Set(moving.map((param) => param.name))

    async function run(feeds: Feeds, learningRate: number, step: number): Promise<StepResult> {
      const { rate, tiny, decay } = adamFeeds(options.adam, learningRate, step)
      const all: Record<string, Live> = { ...feeds, rate: one(rate), tiny: one(tiny), decay: one(decay) }
      const into: Record<string, Live | null> = { loss: null, gradientNorm: null }
      for (const outputName of Object.keys(outputs)) into[outputName] = null
      for (const param of params) {
        const slot = current.get(param.name) as Slot
        all[param.name] = slot.weight
        if (!movingNames.has(param.name)) continue
        all[`first.${param.name}`] = slot.first
        all[`second.${param.name}`] = slot.second
        const target = spare.get(param.name) as Slot
        into[`next.${param.name}`] = target.weight
        into[`nextFirst.${param.name}`] = target.first
        into[`nextSecond.${param.name}`] = target.second
      }
      const results = await session.run(all, into)
      for (const moved of movingNames) {
        const [before, after] = [current.get(moved) as Slot, spare.get(moved) as Slot]
        current.set(moved, after)
        spare.set(moved, before)
      }
      return {
        loss: numbers(results.loss)[0] as number,
        gradientNorm: numbers(results.gradientNorm)[0] as number,
        outputs: results,
      }
    }
    async function close(): Promise<void> {
      sessions.delete(session)
      await session.close()
    }
    return { run, close }
  }

  return {
    prepare,
    weights: () => new Map([...current].map(([name, slot]) => [name, copy(slot.weight)])),
    moments: () =>
      new Map(
        [...current].flatMap(([name, slot]) => [
          [`first.${name}`, copy(slot.first)] as const,
          [`second.${name}`, copy(slot.second)] as const,
        ]),
      ),
    live: () => new Map([...current].map(([name, slot]) => [name, slot.weight])),
    async close() {
      for (const session of sessions) await session.close()
      current = new Map()
      spare = new Map()
    },
  }
}
