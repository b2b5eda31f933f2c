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

test('what stands between two cuts is made again, as far as its gradient asks, from a zero that waits for the gradient', () => {
  const g = startGraph('again')
  const [a, b] = [g.param('a', [2, 2]), g.param('b', [2, 2])]
  g.cut()
  const layer = matmul(g, silu(g, matmul(g, g.input('x', 'float32', [2, 2]), a)), b)
  g.cut()
  const loss = sum(g, silu(g, layer), [0, 1], false)
  g.output('loss', loss)
  gradient(g, loss, [a, b], { recompute: true }).forEach((value, i) => g.output(`d${i}`, value))
  expect(printGraph(g.finish())).toMatchInlineSnapshot(`
    "graph again(x: float32[2, 2])
      param a: float32[2, 2]
      param b: float32[2, 2]
      v0: float32[2, 2] = MatMul(x, a)
      v1: float32[2, 2] = QuickGelu(v0, alpha=1)
      v2: float32[2, 2] = MatMul(v1, b)
      v3: float32[2, 2] = QuickGelu(v2, alpha=1)
      v4: float32[] = ReduceSum(v3, axes=[0, 1], keepdims=0)
      v5: float32[1, 1] = Reshape(c0, shape=[1, 1])
      v6: float32[2, 2] = Expand(v5, shape=[2, 2])
      v7: float32[2, 2] = Sigmoid(v2)
      v8: float32[2, 2] = Sub(c0, v7)
      v9: float32[2, 2] = Mul(v3, v8)
      v10: float32[2, 2] = Add(v7, v9)
      v11: float32[2, 2] = Mul(v6, v10)
      v12: float32[2, 2] = FusedMatMul(v11, b, transA=0, transB=1, alpha=1)
      v13: float32[4] = Reshape(v11, shape=[4])
      v14: float32[1] = Slice(v13, axis=0, start=0, end=1)
      v15: bool[1] = Less(v14, v14)
      v16: float32[1] = Cast(v15, to=float32)
      v17: float32[2, 2] = Sub(x, v16)
      v18: float32[2, 2] = MatMul(v17, a)
      v19: float32[2, 2] = QuickGelu(v18, alpha=1)
      v20: float32[2, 2] = FusedMatMul(v19, v11, transA=1, transB=0, alpha=1)
      v21: float32[2, 2] = Sigmoid(v18)
      v22: float32[2, 2] = Sub(c0, v21)
      v23: float32[2, 2] = Mul(v19, v22)
      v24: float32[2, 2] = Add(v21, v23)
      v25: float32[2, 2] = Mul(v12, v24)
      v26: float32[2, 2] = FusedMatMul(x, v25, transA=1, transB=0, alpha=1)
      return loss = v4
      return d0 = v26
      return d1 = v20"
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
