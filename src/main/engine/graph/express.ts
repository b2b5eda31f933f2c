/** Short names for the operators networks are written with. */
import { scalar, type Builder } from './build.ts'
import type { Shape, Value } from './value.ts'

const none = {}

export function add(g: Builder, a: Value, b: Value): Value {
  return g.add('Add', [a, b], none)
}
export function sub(g: Builder, a: Value, b: Value): Value {
  return g.add('Sub', [a, b], none)
}
export function mul(g: Builder, a: Value, b: Value): Value {
  return g.add('Mul', [a, b], none)
}
export function div(g: Builder, a: Value, b: Value): Value {
  return g.add('Div', [a, b], none)
}
/** `x` times a number. */
export function scale(g: Builder, x: Value, by: number): Value {
  return mul(g, x, scalar(g, by))
}
export function matmul(g: Builder, a: Value, b: Value): Value {
  return g.add('MatMul', [a, b], none)
}
/** alpha · op(a) op(b), the last two axes of either transposed on the fly. */
export function matmulWith(
  g: Builder,
  a: Value,
  b: Value,
  at: { transA?: boolean; transB?: boolean; alpha?: number },
): Value {
  return g.add('FusedMatMul', [a, b], { transA: at.transA ? 1 : 0, transB: at.transB ? 1 : 0, alpha: at.alpha ?? 1 })
}
export function reshape(g: Builder, x: Value, shape: Shape): Value {
  return g.add('Reshape', [x], { shape })
}
export function transpose(g: Builder, x: Value, perm: readonly number[]): Value {
  return g.add('Transpose', [x], { perm })
}
export function sum(g: Builder, x: Value, axes: readonly number[], keep = true): Value {
  return g.add('ReduceSum', [x], { axes, keepdims: keep ? 1 : 0 })
}
export function softmax(g: Builder, x: Value): Value {
  return g.add('Softmax', [x], { axis: -1 })
}
export function gather(g: Builder, from: Value, at: Value): Value {
  return g.add('Gather', [from, at], { axis: 0 })
}
export function concat(g: Builder, parts: readonly Value[], axis: number): Value {
  return g.add('Concat', parts, { axis })
}
export function split(g: Builder, x: Value, sizes: readonly number[], axis: number): readonly Value[] {
  return g.addAll('Split', [x], { axis, sizes })
}
export function silu(g: Builder, x: Value): Value {
  return g.add('QuickGelu', [x], { alpha: 1 })
}
export function gelu(g: Builder, x: Value): Value {
  return g.add('Gelu', [x], none)
}
/** Root-mean-square normalisation over the last axis with a learned gain. */
export function rmsNorm(g: Builder, x: Value, gain: Value, epsilon: number): Value {
  return g.add('SimplifiedLayerNormalization', [x, gain], { axis: -1, epsilon, stash_type: 1 })
}
/** Layer normalisation over the last axis with learned gain and shift. */
export function layerNorm(g: Builder, x: Value, gain: Value, shift: Value, epsilon: number): Value {
  return g.add('LayerNormalization', [x, gain, shift], { axis: -1, epsilon })
}
