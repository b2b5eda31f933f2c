/**
 * Recomputation: a stretch of the graph added once more where its gradient is derived, so that between the two passes
 * nothing of it need be kept but what it began from.
 */
import type { Builder } from './build.ts'
import { concat, reshape, sub } from './express.ts'
import { count, sizes, type Node, type Value } from './value.ts'

/**
 * A zero [1] that is known only when all of `after` are. ONNX Runtime neither folds it nor sees that it is one, and
 * `a < a` is false for whatever number stands there.
 */
function zeroAfter(g: Builder, after: readonly Value[]): Value {
  const firsts = after.map((value) =>
    g.add('Slice', [reshape(g, value, [count(sizes(value))])], { axis: 0, start: 0, end: 1 }),
  )
  const all = firsts.length === 1 ? (firsts[0] as Value) : concat(g, firsts, 0)
  const none = g.add('Cast', [g.add('Less', [all, all], {})], { to: 'float32' })
  return firsts.length === 1 ? none : g.add('ReduceMax', [none], { axes: [0], keepdims: 1 })
}

/**
 * The same builder, but what is added to it takes the values that `stretch` makes from a copy of the stretch, made as
 * far as it is asked for.
 *
 * The copy must wait for `after`: left free, the runtime would see two equal expressions and keep the first, or compute
 * the copy before its turn. So every copied node hangs, through others or itself, on a zero that comes of `after`,
 * subtracted from what the stretch began from: x - 0 is x to the bit.
 */
function recomputing(g: Builder, stretch: readonly Node[], after: readonly Value[]): Builder {
  const makers = new Map(stretch.flatMap((node) => node.outputs.map((value) => [value.name, node] as const)))
  const copies = new Map<string, Value>()
  let zero: Value | null = null

  function late(value: Value): Value {
    const known = copies.get(value.name)
    if (known) return known
    const made = sub(g, value, (zero ??= zeroAfter(g, after)))
    copies.set(value.name, made)
    return made
  }

  function copied(value: Value | null): Value | null {
    const node = value && makers.get(value.name)
    if (!value || !node) return value
    const known = copies.get(value.name)
    if (known) return known
    const inputs = node.inputs.map(copied)
    if (inputs.every((input, i) => input === node.inputs[i])) {
      const first = inputs.findIndex((input) => input?.dtype === 'float32' && input.shape.length > 0)
      // Arithmetic of indices or single numbers alone is small: it is kept.
      if (first < 0) return value
      inputs[first] = late(inputs[first] as Value)
    }
    const made = g.addAll(node.op, inputs, node.attributes)
    node.outputs.forEach((output, i) => copies.set(output.name, made[i] as Value))
    return copies.get(value.name) as Value
  }

  return {
    ...g,
    add: (op, inputs, attributes) => g.add(op, inputs.map(copied), attributes),
    addAll: (op, inputs, attributes) => g.addAll(op, inputs.map(copied), attributes),
  }
}

/** The stretches of a graph as the gradient walks through them, last first. */
export type Stretches = {
  /** The builder for the backward part of node `at`; `arrived` is what has flowed back to it, asked for on entering. */
  enter(at: number, arrived: () => readonly Value[]): Builder
  /** Tells of a gradient that is done: the next copy waits for it, so that what it was made from is let go. */
  finish(gradient: Value): void
}

/** Opens the stretches between `cuts`; nodes before the first and after the last are not computed again. */
export function openStretches(g: Builder, nodes: readonly Node[], cuts: readonly number[]): Stretches {
  const stretchOf = new Map<Node, number>()
  for (let i = 0; i + 1 < cuts.length; i++) for (const node of nodes.slice(cuts[i], cuts[i + 1])) stretchOf.set(node, i)
  let current: number | undefined
  let back = g
  let finished: Value[] = []
  return {
    enter(at, arrived) {
      const stretch = stretchOf.get(nodes[at] as Node)
      if (stretch === current) return back
      current = stretch
      if (stretch === undefined) return (back = g)
      // Gradients of weights are leaves: left free, the runtime makes them last, and keeps till then all they are made of.
      back = recomputing(g, nodes.slice(cuts[stretch], cuts[stretch + 1]), [...arrived(), ...finished])
      finished = []
      return back
    },
    finish: (gradient) => void finished.push(gradient),
  }
}
