/** A graph as text, one line a node: for people and for snapshot tests. */
import type { Graph, Value } from './value.ts'

function typed(value: Value): string {
  return `${value.name}: ${value.dtype}[${value.shape.join(', ')}]`
}

/** The whole program, in order. */
export function printGraph(graph: Graph): string {
  const lines = [
    `graph ${graph.name}(${graph.inputs.map(typed).join(', ')})`,
    ...graph.params.map((param) => `  param ${typed(param)}`),
    ...graph.nodes.map((node) => {
      const attributes = Object.entries(node.attributes).map(
        ([name, value]) => `${name}=${Array.isArray(value) ? `[${value.join(', ')}]` : String(value)}`,
      )
      const inputs = node.inputs.map((value) => value?.name ?? '_')
      return `  ${node.outputs.map(typed).join(', ')} = ${node.op}(${[...inputs, ...attributes].join(', ')})`
    }),
    ...graph.outputs.map(({ name, value }) => `  return ${name} = ${value.name}`),
  ]
  return lines.join('\n')
}
