/** A graph is text: one line a node, shapes inferred on the way. */
import { expect, test } from 'vitest'
import { startGraph } from '../../src/main/engine/graph/build.ts'
import { add, matmul, rmsNorm, silu } from '../../src/main/engine/graph/express.ts'
import { printGraph } from '../../src/main/engine/graph/print.ts'

test('a gated layer prints as a program', () => {
  const g = startGraph('layer')
  const x = g.input('x', 'float32', ['rows', 4])
  const h = rmsNorm(g, x, g.param('gain', [4]), 1e-5)
  g.output('y', add(g, x, matmul(g, silu(g, matmul(g, h, g.param('up', [4, 6]))), g.param('down', [6, 4]))))
  expect(printGraph(g.finish())).toMatchInlineSnapshot(`
    "graph layer(x: float32[rows, 4])
      param gain: float32[4]
      param up: float32[4, 6]
      param down: float32[6, 4]
      v0: float32[rows, 4], v1: float32[rows, 1] = SimplifiedLayerNormalization(x, gain, axis=-1, epsilon=0.00001, stash_type=1)
      v2: float32[rows, 6] = MatMul(v0, up)
      v3: float32[rows, 6] = QuickGelu(v2, alpha=1)
      v4: float32[rows, 4] = MatMul(v3, down)
      v5: float32[rows, 4] = Add(x, v4)
      return y = v5"
  `)
})

test('a product of shapes that do not fit names both', () => {
  const g = startGraph('broken')
  const x = g.input('x', 'float32', ['rows', 4])
  expect(() => matmul(g, x, g.param('w', [5, 6]))).toThrow(/MatMul.*x\[rows, ?4\].*w\[5, ?6\]/)
})
