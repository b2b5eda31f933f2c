/** Rotary positions: the tables of angles that the decoder turns its queries and keys by. */
import type { Builder } from '../graph/build.ts'
import { narrowHalf, widenHalf } from '../graph/halves.ts'
import { floats, type Value } from '../graph/value.ts'
import type { DecoderConfig } from './config.ts'

type Rope = Pick<DecoderConfig, 'headDim' | 'ropeTheta' | 'rope' | 'frequencies'>

/** Cosines and sines of a stretch of positions, [to - from, headDim / 2] each. */
export type Turns = { readonly cos: Float32Array; readonly sin: Float32Array }

/** Tables of more positions than this are fed as far as they are needed rather than kept in the graph. */
const mostKept = 1 << 17

/** Whether a graph with a cache is fed its tables: they are long, or depend on how many positions there are. */
export function turnsAreFed({ rope, window, positions }: DecoderConfig): boolean {
  return positions !== 'learned' && (rope?.type === 'dynamic' || window > mostKept)
}

/**
 * Angle a position of each pair of a head's numbers [headDim / 2]: theta^(-2i / headDim), scaled. `reach` is how many positions there
 * are in all, which is what dynamic scaling goes by.
 */
function frequencies({ headDim, ropeTheta, rope, frequencies: kept }: Rope, reach: number): Float64Array {
  const rounded = (value: number): number => (kept === undefined ? value : nearest[kept](value))
  const theta = rope?.type === 'dynamic' ? stretched(ropeTheta, headDim, rope, reach) : ropeTheta
  const share = rope?.type === 'yarn' ? ramp(headDim, ropeTheta, rope) : null
  const scaled = (plain: number, pair: number): number => {
    if (rope?.type === 'linear') return plain / rope.factor
    if (rope?.type === 'llama3') return blended(plain, rope)
    if (rope?.type !== 'yarn' || share === null) return plain
    return plain * (1 - share(pair)) + (plain / rope.factor) * share(pair)
  }
  return Float64Array.from({ length: headDim / 2 }, (_, i) => {
    const plain = theta ** ((-2 * i) / headDim)
    return rounded(scaled(plain, i))
  })
}

/** The nearest number of a type. */
const nearest = {
  bf16: nearestBrain,
  f16: (value: number): number => widenHalf(narrowHalf(Float32Array.of(value)))[0] as number,
} as const

/** The nearest bf16 number, ties to even. */
function nearestBrain(value: number): number {
  const bits = new Uint32Array(Float32Array.of(value).buffer)[0] as number
  const up = (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 0
  return new Float32Array(Uint32Array.of(up & 0xffff0000).buffer)[0] as number
}

/** Dynamic NTK scaling: a larger theta, as far as there are more positions than were trained on. */
function stretched(
  theta: number,
  headDim: number,
  { factor, trained }: { readonly factor: number; readonly trained: number },
  reach: number,
): number {
  const times = (factor * Math.max(reach, trained)) / trained - (factor - 1)
  return theta * times ** (headDim / (headDim - 2))
}

/** Llama 3's: fast turns stay, slow ones are divided by the factor, those between are blended. */
function blended(
  frequency: number,
  at: { readonly factor: number; readonly low: number; readonly high: number; readonly trained: number },
): number {
  const turns = (at.trained * frequency) / (2 * Math.PI)
  if (turns > at.high) return frequency
  if (turns < at.low) return frequency / at.factor
  const smooth = (turns - at.low) / (at.high - at.low)
  return (1 - smooth) * (frequency / at.factor) + smooth * frequency
}

/** YaRN's (arXiv:2309.00071 §3.2): how much of a pair's frequency is divided by the factor, 0 for fast ones and 1 for slow ones. */
function ramp(
  headDim: number,
  theta: number,
  at: { readonly fast: number; readonly slow: number; readonly whole: boolean; readonly trained: number },
): (pair: number) => number {
  /** The pair, perhaps between two, that turns so often in the trained positions. */
  const pairOf = (turns: number): number =>
    (headDim * Math.log(at.trained / (turns * 2 * Math.PI))) / (2 * Math.log(theta))
  const [first, last] = [pairOf(at.fast), pairOf(at.slow)]
  const low = Math.max(at.whole ? Math.floor(first) : first, 0)
  const high = Math.min(at.whole ? Math.ceil(last) : last, headDim - 1)
  const width = high === low ? 0.001 : high - low
  return (pair) => Math.min(1, Math.max(0, (pair - low) / width))
}

/** The rows of the table for positions [from, to), where there are `reach` positions in all. */
export function turnsOf(rope: Rope, at: { readonly from: number; readonly to: number; readonly reach: number }): Turns {
  const half = rope.headDim / 2
  const each = frequencies(rope, at.reach)
  const angles = Float64Array.from({ length: (at.to - at.from) * half }, (_, n) => {
    const position = at.from + Math.floor(n / half)
    return position * (each[n % half] as number)
  })
  const amplitude = rope.rope?.type === 'yarn' ? rope.rope.amplitude : 1
  return {
    cos: Float32Array.from(angles, (angle) => amplitude * Math.cos(angle)),
    sin: Float32Array.from(angles, (angle) => amplitude * Math.sin(angle)),
  }
}

/** The tables [positions, headDim / 2] of the first `positions`, fixed in the graph. */
export function rotaryTables(g: Builder, rope: Rope, positions: number): { readonly cos: Value; readonly sin: Value } {
  const { cos, sin } = turnsOf(rope, { from: 0, to: positions, reach: positions })
  const shape = [positions, rope.headDim / 2]
  return { cos: g.constant(floats(shape, cos)), sin: g.constant(floats(shape, sin)) }
}

/** The tables of a graph with a cache: fixed as far as the window goes, or the inputs `cos` and `sin` [turns, headDim / 2]. */
export function cacheTables(g: Builder, config: DecoderConfig): { readonly cos: Value; readonly sin: Value } {
  if (!turnsAreFed(config)) return rotaryTables(g, config, config.window)
  const shape = ['turns', config.headDim / 2]
  return { cos: g.input('cos', 'float32', shape), sin: g.input('sin', 'float32', shape) }
}
