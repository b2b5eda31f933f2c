/** Rotary positions: the tables of angles that the decoder turns its queries and keys by. */
import type { Builder } from '../graph/build.ts'
import { floats, type Value } from '../graph/value.ts'

/** Cosines and sines [positions, headDim / 2] of position * theta^(-2i / headDim). */
export function rotaryTables(
  g: Builder,
  at: { readonly positions: number; readonly headDim: number; readonly theta: number },
): { readonly cos: Value; readonly sin: Value } {
  const half = at.headDim / 2
  const angles = Float64Array.from({ length: at.positions * half }, (_, n) => {
    const position = Math.floor(n / half)
    return position * at.theta ** ((-2 * (n % half)) / at.headDim)
  })
  const shape = [at.positions, half]
  return {
    cos: g.constant(floats(shape, Float32Array.from(angles, Math.cos))),
    sin: g.constant(floats(shape, Float32Array.from(angles, Math.sin))),
  }
}
