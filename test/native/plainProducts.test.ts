/** Products that turn their operands, written apart for devices that have no operator for them: the same numbers. */
import { expect, test } from 'vitest'
import { startGraph } from '../../src/main/engine/graph/build.ts'
import { matmulWith } from '../../src/main/engine/graph/express.ts'
import { plainProducts } from '../../src/main/engine/graph/plain.ts'
import { live, numbers, openSession } from '../../src/main/engine/graph/run.ts'
import { floats, type Graph } from '../../src/main/engine/graph/value.ts'
import { numbersFrom } from '../helpers/numbers.ts'

const count = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1)

async function run(graph: Graph, shapes: readonly (readonly number[])[]): Promise<Float32Array> {
  const session = await openSession(graph, new Map(), { threads: 1 })
  const feeds = shapes.map((shape, i) => [`x${i}`, live(floats(shape, numbersFrom(count(shape), 11 + i)))] as const)
  const result = numbers((await session.run(Object.fromEntries(feeds)))['y']).slice()
  await session.close()
  return result
}

test.each([
  [[3, 4], [5, 4], { transB: true }, 'Gemm'],
  [[4, 3], [4, 5], { transA: true, alpha: 0.25 }, 'Gemm'],
  [[2, 3, 7, 4], [2, 3, 6, 4], { transB: true, alpha: 0.5 }, 'Transpose MatMul Mul'],
  [[2, 4, 7], [2, 6, 4], { transA: true, transB: true }, 'Transpose Transpose MatMul'],
  [[2, 7, 4], [4, 6], {}, 'MatMul'],
] as const)('[%s] and [%s], %o', async (a, b, at, operators) => {
  const g = startGraph('product')
  g.output('y', matmulWith(g, g.input('x0', 'float32', a), g.input('x1', 'float32', b), at))
  const graph = g.finish()
  const plain = plainProducts(graph)
  expect(plain.nodes.map(({ op }) => op).join(' ')).toBe(operators)
  const [fused, apart] = [await run(graph, [a, b]), await run(plain, [a, b])]
  expect(apart.length).toBe(fused.length)
  apart.forEach((value, i) => expect(value).toBeCloseTo(fused[i] as number, 5))
})
