/** Weights with their moments in two sets of buffers: a step reads one set, writes the other, and they swap. */
import { live, numbers, type Live } from '../../graph/run.ts'
import { count, floats, sizes, type Tensor, type Value, type Weights } from '../../graph/value.ts'

/** One weight with its two moments. */
type Slot = { readonly weight: Live; readonly first: Live; readonly second: Live }
/** What moves has two slots, the current and the one that is written next; what stays is its weight alone. */
type Entry = { weight: Live; readonly param: Value; slots: { now: Slot; next: Slot } | null }

export type Slots = {
  /** Makes buffers for a weight met for the first time. */
  claim(param: Value): void
  /** Adds to `feeds` the weights of `params`, and of the `moving` ones the moments; names where their next values go. */
  bind(
    params: readonly Value[],
    moving: ReadonlySet<string>,
    feeds: Record<string, Live>,
    into: Record<string, Live | null>,
  ): void
  /** The next values of `moving` become the current ones; done again, it takes the step back. */
  swap(moving: ReadonlySet<string>): void
  /** Weights as they are fed, not copied: good until the next step. */
  live(): ReadonlyMap<string, Live>
  /** Copies, for a checkpoint. */
  weights(): Map<string, Tensor>
  moments(): Map<string, Tensor>
  clear(): void
}

const zeros = (shape: readonly number[]): Live => live(floats(shape, new Float32Array(count(shape))))
const copy = (tensor: Live): Tensor => floats([...tensor.dims], numbers(tensor).slice())

/** Empty slots. `initial` gives each weight's first value; `moments` those of a resumed run; the rest start at zero. */
export function openSlots(options: {
  readonly initial: (param: Value) => Tensor
  readonly moments?: Weights | undefined
}): Slots {
  const entries = new Map<string, Entry>()

  function entryOf(name: string): Entry {
    const entry = entries.get(name)
    if (!entry) throw new Error(`internal: the weight ${name} was not claimed`)
    return entry
  }

  /** Buffers of a weight that moves, made when it first does: most of a frozen decoder's memory would be moments of nothing. */
  function slotsOf(entry: Entry): { now: Slot; next: Slot } {
    const { name } = entry.param
    const shape = sizes(entry.param)
    const moment = (kind: string): Live => {
      const kept = options.moments?.get(`${kind}.${name}`)
      return kept ? live(floats(shape, (kept.data as Float32Array).slice())) : zeros(shape)
    }
    entry.slots ??= {
      now: { weight: entry.weight, first: moment('first'), second: moment('second') },
      next: { weight: zeros(shape), first: zeros(shape), second: zeros(shape) },
    }
    return entry.slots
  }

  return {
    claim(param) {
      if (entries.has(param.name)) return
      const first = options.initial(param)
      const weight = live(floats(sizes(param), (first.data as Float32Array).slice()))
      entries.set(param.name, { weight, param, slots: null })
    },
    bind(params, moving, feeds, into) {
      for (const { name } of params) {
        const entry = entryOf(name)
        feeds[name] = entry.weight
        if (!moving.has(name)) continue
        const { now, next } = slotsOf(entry)
        feeds[`first.${name}`] = now.first
        feeds[`second.${name}`] = now.second
        into[`next.${name}`] = next.weight
        into[`nextFirst.${name}`] = next.first
        into[`nextSecond.${name}`] = next.second
      }
    },
    swap(moving) {
      for (const name of moving) {
        const entry = entryOf(name)
        const { now, next } = slotsOf(entry)
        entry.slots = { now: next, next: now }
        entry.weight = next.weight
      }
    },
    live: () => new Map([...entries].map(([name, { weight }]) => [name, weight])),
    weights: () => new Map([...entries].map(([name, { weight }]) => [name, copy(weight)])),
    moments() {
      const all = new Map<string, Tensor>()
      for (const [name, { slots }] of entries)
        for (const kind of ['first', 'second'] as const) {
          // Those of a weight that has stayed since the run was gone on with are kept for when it moves again.
          const now = slots === null ? options.moments?.get(`${kind}.${name}`) : copy(slots.now[kind])
          if (now) all.set(`${kind}.${name}`, now)
        }
      return all
    },
    clear: () => entries.clear(),
  }
}
