/** Reverse-mode gradient: from a loss to its weights, as more nodes of plain ONNX operators. */
import { scalar, type Builder } from './build.ts'
import { add, reshape, sum } from './express.ts'
import { openStretches } from './recompute.ts'
import { rules, type Arriving, type Contribution } from './rules.ts'
import { sameShape } from './shapes.ts'
import { floats, sizes, type Node, type Value } from './value.ts'

/** Sums a gradient over the axes that broadcasting had widened: the one place where that is undone. */
export function unbroadcast(g: Builder, gradient: Value, to: Value): Value {
  if (sameShape(gradient.shape, to.shape)) return gradient
  const lead = gradient.shape.length - to.shape.length
  const widened = gradient.shape.map((dim, i) => i < lead || (to.shape[i - lead] === 1 && dim !== 1))
  const axes = widened.flatMap((wide, i) => (wide ? [i] : []))
  const summed = axes.length > 0 ? sum(g, gradient, axes) : gradient
  return sameShape(summed.shape, to.shape) ? summed : reshape(g, summed, to.shape)
}

/**
 * Adds whole rows into a table. Not by ScatterND: on several threads ONNX Runtime 1.30 loses updates where an index
 * comes twice, which every embedding gradient has.
 */
function scatterRows(g: Builder, base: Value, at: Value, updates: Value): Value {
  const wide = sizes(base)
    .slice(1)
    .reduce((m, n) => m * n, 1)
  const rows = sizes(at).reduce((m, n) => m * n, 1)
  const table = base.shape.length === 2 ? base : reshape(g, base, [sizes(base)[0] as number, wide])
  const index = g.add('Expand', [reshape(g, at, [rows, 1])], { shape: [rows, wide] })
  const summed = g.add('ScatterElements', [table, index, reshape(g, updates, [rows, wide])], {
    axis: 0,
    reduction: 'add',
  })
  return base.shape.length === 2 ? summed : reshape(g, summed, base.shape)
}

/** Adds all that flows back to `value` into one tensor of its shape. */
function gatherUp(g: Builder, value: Value, parts: readonly Contribution[]): Value {
  let total: Value | null = null
  for (const part of parts) if (part.kind === 'dense') total = total ? add(g, total, part.value) : part.value
  for (const part of parts) {
    if (part.kind === 'dense') continue
    const base: Value = total ?? g.add('Expand', [scalar(g, 0)], { shape: sizes(value) })
    total =
      part.kind === 'rows'
        ? scatterRows(g, base, part.at, part.updates)
        : g.add('ScatterElements', [base, part.at, part.updates], { axis: part.axis, reduction: 'add' })
  }
  if (!total) throw new Error(`internal: nothing flows back to ${value.name}`)
  return total
}

/** The nodes on a path from any of `to`, by the names of the values they depend on. */
function reach(nodes: readonly Node[], to: readonly Value[]): ReadonlySet<string> {
  const reached = new Set(to.map((value) => value.name))
  for (const node of nodes) {
    if (node.inputs.some((value) => value !== null && reached.has(value.name)))
      for (const value of node.outputs) reached.add(value.name)
  }
  return reached
}

export type GradientOptions = {
  /** Computes what stands between two cuts again in the backward pass, so that less is kept for it. */
  readonly recompute?: boolean | undefined
}

/** The numbers that a contribution carries. */
const carried = (part: Contribution): Value => (part.kind === 'dense' ? part.value : part.updates)

/**
 * Adds the backward pass of `loss` (a scalar) to the graph.
 * Returns d loss / d value for each of `to`, in order; a value the loss does not depend on gets zeros.
 */
export function gradient(
  g: Builder,
  loss: Value,
  to: readonly Value[],
  options: GradientOptions = {},
): readonly Value[] {
  const nodes = [...g.nodes()]
  const stretches = openStretches(g, nodes, options.recompute ? [...g.cuts()] : [])
  const reached = reach(nodes, to)
  const asked = new Set(to.map((value) => value.name))
  const flowing = new Map<string, Contribution[]>()
  const one = g.constant(floats(sizes(loss), [1]))
  flowing.set(loss.name, [{ kind: 'dense', value: one }])

  for (const [at, node] of [...nodes.entries()].toReversed()) {
    const arriving = node.outputs.map((value): Arriving | null => {
      const parts = flowing.get(value.name)
      if (!parts) return null
      const only = parts.length === 1 ? parts[0] : undefined
      let dense: Value | null = null
      return { dense: () => (dense ??= gatherUp(g, value, parts)), sparse: only && only.kind !== 'dense' ? only : null }
    })
    if (arriving.every((part) => part === null)) continue
    if (!node.inputs.some((value) => value !== null && reached.has(value.name))) continue
    const rule = rules[node.op]
    if (!rule) {
      const shapes = node.inputs.map((value) => (value ? `[${value.shape.join(', ')}]` : '_')).join(', ')
      throw new Error(`internal: no gradient rule for ${node.op}(${shapes}) -> ${node.outputs[0]?.name}`)
    }
    const back = stretches.enter(at, () =>
      arriving.flatMap((part) => (part ? [part.sparse ? carried(part.sparse) : part.dense()] : [])),
    )
    const wanted = node.inputs.map((value) => value !== null && reached.has(value.name))
    const flows = rule({ g: back, node: node as never, arriving, wanted })
    node.inputs.forEach((value, i) => {
      const flow = flows[i]
      if (!value || !flow || !wanted[i]) return
      const part: Contribution = 'kind' in flow ? flow : { kind: 'dense', value: unbroadcast(g, flow, value) }
      const parts = flowing.get(value.name) ?? []
      parts.push(part)
      flowing.set(value.name, parts)
      if (asked.has(value.name)) stretches.finish(carried(part))
    })
  }
  return to.map((value) => {
    const parts = flowing.get(value.name)
    return parts ? gatherUp(g, value, parts) : g.add('Expand', [scalar(g, 0)], { shape: sizes(value) })
  })
}
