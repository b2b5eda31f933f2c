/** Building graphs: values in, one node and its results out, shapes inferred as each is added. */
import { ops, type OpAttributes, type OpName } from './ops.ts'
import { floats, longs, type DType, type Graph, type Node, type Shape, type Tensor, type Value } from './value.ts'

/** A graph under construction. Names are made in order, so equal programs print equally. */
export type Builder = {
  readonly name: string
  /** A tensor fed at each run. */
  input(name: string, dtype: DType, shape: Shape): Value
  /** A weight; asked for twice by one name, it is the same weight. Of float32 where no type is named. */
  param(name: string, shape: readonly number[], dtype?: DType): Value
  /** A tensor fixed when the graph is made. */
  constant(tensor: Tensor): Value
  /** Adds a node whose single (first) result is returned. */
  add<Name extends OpName>(op: Name, inputs: readonly (Value | null)[], attributes: OpAttributes[Name]): Value
  /** Adds a node and returns all its results. */
  addAll<Name extends OpName>(
    op: Name,
    inputs: readonly (Value | null)[],
    attributes: OpAttributes[Name],
  ): readonly Value[]
  output(name: string, value: Value): void
  /** Marks a place: what is added from one to the next may be computed again in the backward pass. */
  cut(): void
  /** The nodes so far; the gradient reads them and then adds its own. */
  nodes(): readonly Node[]
  /** How many nodes stood before each cut, in order. */
  cuts(): readonly number[]
  finish(): Graph
}

/** Starts an empty graph. */
export function startGraph(name: string): Builder {
  const inputs: Value[] = []
  const params = new Map<string, Value>()
  const constants = new Map<string, Tensor>()
  const shared = new Map<string, Value>()
  const nodes: Node[] = []
  const cuts: number[] = []
  const outputs: { name: string; value: Value }[] = []
  let next = 0

  function addAll<Name extends OpName>(op: Name, from: readonly (Value | null)[], attributes: OpAttributes[Name]) {
    let results
    try {
      results = ops[op].infer(from, attributes)
    } catch (error) {
      const shapes = from.map((value) => (value ? `${value.name}[${value.shape.join(', ')}]` : '-')).join(', ')
      throw new Error(`${(error as Error).message} in ${op}(${shapes})`, { cause: error })
    }
    const made = results.map((result) => ({ name: `v${next++}`, dtype: result.dtype, shape: result.shape }))
    nodes.push({ op, inputs: from, outputs: made, attributes } as Node)
    return made
  }

  return {
    name,
    input(inputName, dtype, shape) {
      const value = { name: inputName, dtype, shape }
      inputs.push(value)
      return value
    },
    param(paramName, shape, dtype = 'float32') {
      const known = params.get(paramName)
      if (known) return known
      const value: Value = { name: paramName, dtype, shape }
      params.set(paramName, value)
      return value
    },
    constant(tensor) {
      const small = tensor.data.length <= 16
      const key = small
        ? `${tensor.dtype}[${tensor.shape.join()}]${Array.from(tensor.data as ArrayLike<number>).join()}`
        : ''
      const known = small ? shared.get(key) : undefined
      if (known) return known
      const value: Value = { name: `c${constants.size}`, dtype: tensor.dtype, shape: tensor.shape }
      constants.set(value.name, tensor)
      if (small) shared.set(key, value)
      return value
    },
    add: (op, from, attributes) => addAll(op, from, attributes)[0] as Value,
    addAll,
    output: (outputName, value) => void outputs.push({ name: outputName, value }),
    cut: () => void cuts.push(nodes.length),
    nodes: () => nodes,
    cuts: () => cuts,
    finish: () => ({ name, inputs, params: [...params.values()], constants, nodes, outputs }),
  }
}

/** A float32 scalar constant. */
export function scalar(g: Builder, value: number): Value {
  return g.constant(floats([], [value]))
}

/** An int64 constant vector. */
export function indices(g: Builder, values: readonly number[]): Value {
  return g.constant(longs([values.length], values))
}
