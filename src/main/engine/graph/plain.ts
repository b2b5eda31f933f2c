/** A graph in the operators that a device has of its own: one left over runs on the CPU, its operands fetched to it at each run. */
import type { Graph, Node, Tensor, Value } from './value.ts'
import { ops } from './ops.ts'

/** A node under construction: operators written in place of another. */
type Written = { readonly nodes: readonly Node[]; readonly constants: ReadonlyMap<string, Tensor> }

/**
 * The same graph with every FusedMatMul written as Gemm, where both its operands are matrices, and else as a product of operands
 * turned before it. WebGPU has no kernel for it, and its largest one is the table of the vocabulary.
 */
export function plainProducts(graph: Graph): Graph {
  const written = graph.nodes.map((node): Written => {
    if (node.op !== 'FusedMatMul') return { nodes: [node], constants: new Map() }
    const fused = node as Node<'FusedMatMul'>
    const [a, b] = fused.inputs as readonly [Value, Value]
    return a.shape.length === 2 && b.shape.length === 2 ? gemm(fused) : turned(fused, a, b)
  })
  return {
    ...graph,
    nodes: written.flatMap(({ nodes }) => nodes),
    constants: new Map([...graph.constants, ...written.flatMap(({ constants }) => [...constants])]),
  }
}

function gemm({ inputs, outputs, attributes }: Node<'FusedMatMul'>): Written {
  return { nodes: [{ op: 'Gemm', inputs, outputs, attributes }], constants: new Map() }
}

function turned({ outputs, attributes }: Node<'FusedMatMul'>, a: Value, b: Value): Written {
  const { transA, transB, alpha } = attributes
  const [result] = outputs as readonly [Value]
  const nodes: Node[] = []
  const made = (part: string, value: Pick<Value, 'dtype' | 'shape'>): Value => ({
    ...value,
    name: `${result.name}.${part}`,
  })
  const turn = (value: Value, part: string): Value => {
    const axes = value.shape.map((_, axis) => axis)
    const at = { perm: [...axes.slice(0, -2), axes.length - 1, axes.length - 2] }
    const out = made(part, ops.Transpose.infer([value], at)[0] as Value)
    nodes.push({ op: 'Transpose', inputs: [value], outputs: [out], attributes: at })
    return out
  }
  const operands = [transA === 1 ? turn(a, 'a') : a, transB === 1 ? turn(b, 'b') : b]
  if (alpha === 1) nodes.push({ op: 'MatMul', inputs: operands, outputs: [result], attributes: {} })
  if (alpha === 1) return { nodes, constants: new Map() }
  const product = made('product', result)
  const by = made('alpha', { dtype: 'float32', shape: [] })
  nodes.push(
    { op: 'MatMul', inputs: operands, outputs: [product], attributes: {} },
    { op: 'Mul', inputs: [product, by], outputs: [result], attributes: {} },
  )
  return { nodes, constants: new Map([[by.name, { dtype: 'float32', shape: [], data: Float32Array.of(alpha) }]]) }
}
