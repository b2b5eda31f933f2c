import { expect, test } from 'vitest'
import { scalar, startGraph } from '../../src/main/engine/graph/build.ts'
import { matmul, silu, sum } from '../../src/main/engine/graph/express.ts'
import { gradient } from '../../src/main/engine/graph/gradient.ts'
import { printGraph } from '../../src/main/engine/graph/print.ts'
import { broadcast, matmulShape, sliceShape } from '../../src/main/engine/graph/shapes.ts'

test('a program and its gradient print as they run', () => {
  const g = startGraph('tiny')
  const x = g.input('x', 'float32', [2, 3])
  const w = g.param('w', [3, 4])
  const loss = sum(g, silu(g, matmul(g, x, w)), [0, 1], false)
  g.output('loss', loss)
  g.output('dw', gradient(g, loss, [w])[0]!)
  expect(printGraph(g.finish())).toMatchInlineSnapshot(`
    "graph tiny(x: float32[2, 3])
      param w: float32[3, 4]
      v0: float32[2, 4] = MatMul(x, w)
      v1: float32[2, 4] = QuickGelu(v0, alpha=1)
      v2: float32[] = ReduceSum(v1, axes=[0, 1], keepdims=0)
      v3: float32[1, 1] = Reshape(c0, shape=[1, 1])
      v4: float32[2, 4] = Expand(v3, shape=[2, 4])
      v5: float32[2, 4] = Sigmoid(v0)
      v6: float32[2, 4] = Sub(c0, v5)
      v7: float32[2, 4] = Mul(v1, v6)
      v8: float32[2, 4] = Add(v5, v7)
      v9: float32[2, 4] = Mul(v4, v8)
      v10: float32[3, 4] = FusedMatMul(x, v9, transA=1, transB=0, alpha=1)
      return loss = v2
      return dw = v10"
  `)
})

test('shapes keep names, broadcast and refuse what does not fit', () => {
  expect(broadcast(['chunks', 1, 8], [4, 8])).toEqual(['chunks', 4, 8])
  expect(() => broadcast([3], [4])).toThrow(/3 and 4/)
  expect(matmulShape(['n', 3], [5, 3], false, true)).toEqual(['n', 5])
  expect(() => matmulShape([2, 3], [4, 5], false, false)).toThrow(/\[2, 3\] and \[4, 5\]/)
  expect(sliceShape([4, 10], 1, -3, 10)).toEqual([4, 3])
})

test('an operator that cannot take its inputs names itself and their shapes', () => {
  const g = startGraph('bad')
  const a = g.input('a', 'float32', [2, 3])
  expect(() => matmul(g, a, a)).toThrow(/MatMul\(a\[2, 3\], a\[2, 3\]\)/)
})

test('a weight asked for twice is one weight; equal small constants are one constant', () => {
  const g = startGraph('shared')
  expect(g.param('w', [2])).toBe(g.param('w', [2]))
  expect(scalar(g, 2)).toBe(scalar(g, 2))
  expect(scalar(g, 3)).not.toBe(scalar(g, 2))
  const { constants, params } = g.finish()
  expect([constants.size, params.length]).toEqual([2, 1])
})
