/** Weights with their moments in two sets of buffers: a step reads one set, writes the other, and they swap. */
import { live, numbers, type Live } from '../../graph/run.ts'
import { count, floats, sizes, type Tensor, type Value, type Weights } from '../../graph/value.ts'

/** One weight with its two moments. */
type Slot = { readonly weight: Live; readonly first: Live; readonly second: Live }

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
  const current = new Map<string, Slot>()
  const spare = new Map<string, Slot>()

  return {
    claim(param) {
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
    },
    bind(params, moving, feeds, into) {
      for (const { name } of params) {
        const [slot, target] = [current.get(name) as Slot, spare.get(name) as Slot]
        feeds[name] = slot.weight
        if (!moving.has(name)) continue
        feeds[`first.${name}`] = slot.first
        feeds[`second.${name}`] = slot.second
        into[`next.${name}`] = target.weight
        into[`nextFirst.${name}`] = target.first
        into[`nextSecond.${name}`] = target.second
      }
    },
    swap(moving) {
      for (const name of moving) {
        const [before, after] = [current.get(name) as Slot, spare.get(name) as Slot]
        current.set(name, after)
        spare.set(name, before)
      }
    },
    live: () => new Map([...current].map(([name, slot]) => [name, slot.weight])),
    weights: () => new Map([...current].map(([name, slot]) => [name, copy(slot.weight)])),
    moments: () =>
      new Map(
        [...current].flatMap(([name, slot]) => [
          [`first.${name}`, copy(slot.first)] as const,
          [`second.${name}`, copy(slot.second)] as const,
        ]),
      ),
    clear() {
      current.clear()
      spare.clear()
    },
  }
}
