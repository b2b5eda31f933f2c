/** The decoder in plain TypeScript, one position after the other, with every attention weight: what the graphs are compared with. */
import type { Weights } from '../../src/main/engine/graph/value.ts'
import type { DecoderConfig } from '../../src/main/engine/nets/config.ts'

/** Attention [layer][head][row][column] and logits [row] of rows [n, hidden]. */
export type PlainForward = { readonly attention: number[][][][]; readonly logits: number[][] }

export function plainForward(config: DecoderConfig, weights: Weights, rows: Float32Array): PlainForward {
  const { hidden, heads, kvHeads, headDim, feedForward, epsilon, layers, vocabulary } = config
  const weight = (name: string): Float32Array => weights.get(`decoder.${name}`)!.data as Float32Array
  const [qWidth, kvWidth] = [heads * headDim, kvHeads * headDim]
  const count = rows.length / hidden
  let states = Array.from({ length: count }, (_, i) => [...rows.subarray(i * hidden, (i + 1) * hidden)])
  const norm = (x: readonly number[], gain: Float32Array): number[] => {
    const scale = 1 / Math.sqrt(x.reduce((sum, value) => sum + value * value, 0) / hidden + epsilon)
    return x.map((value, i) => value * scale * gain[i]!)
  }
  const times = (x: readonly number[], matrix: Float32Array, width: number): number[] =>
    Array.from({ length: width }, (_, column) =>
      x.reduce((sum, value, i) => sum + value * matrix[i * width + column]!, 0),
    )
  const attention: number[][][][] = []
  for (let layer = 0; layer < layers; layer++) {
    const own = (name: string): Float32Array => weight(`layers.${layer}.${name}`)
    const qkv = states.map((x) => times(norm(x, own('attention.gain')), own('attention.qkv'), qWidth + 2 * kvWidth))
    const part = (row: number, from: number, turned: boolean): number[] => {
      const vector = qkv[row]!.slice(from, from + headDim)
      return turned ? turn(vector, row, config) : vector
    }
    const probabilities = Array.from({ length: heads }, (_, head) => {
      const shared = Math.floor(head / (heads / kvHeads))
      return states.map((__, row) => {
        const query = part(row, head * headDim, true)
        const scores = Array.from({ length: row + 1 }, (___, column) => {
          const key = part(column, qWidth + shared * headDim, true)
          return query.reduce((sum, value, i) => sum + value * key[i]!, 0) / Math.sqrt(headDim)
        })
        const highest = Math.max(...scores)
        const powers = scores.map((score) => Math.exp(score - highest))
        const whole = powers.reduce((a, b) => a + b, 0)
        return powers.map((power) => power / whole)
      })
    })
    attention.push(probabilities)
    states = states.map((x, row) => {
      const mixed = Array.from({ length: heads }, (_, head) => {
        const shared = Math.floor(head / (heads / kvHeads))
        return Array.from({ length: headDim }, (__, i) =>
          probabilities[head]![row]!.reduce(
            (sum, p, column) => sum + p * qkv[column]![qWidth + kvWidth + shared * headDim + i]!,
            0,
          ),
        )
      }).flat()
      const y = times(mixed, own('attention.out'), hidden).map((value, i) => value + x[i]!)
      const m = norm(y, own('feedForward.gain'))
      const gate = times(m, own('feedForward.gate'), feedForward)
      const up = times(m, own('feedForward.up'), feedForward)
      const inner = gate.map((value, i) => (value / (1 + Math.exp(-value))) * up[i]!)
      return times(inner, own('feedForward.down'), hidden).map((value, i) => value + y[i]!)
    })
  }
  const table = weight('embedding')
  const logits = states.map((x) => {
    const last = norm(x, weight('gain'))
    return Array.from({ length: vocabulary }, (_, id) =>
      last.reduce((sum, value, i) => sum + value * table[id * hidden + i]!, 0),
    )
  })
  return { attention, logits }
}

/** Rotary turn by position: the first half of a head's numbers with the second. */
function turn(vector: readonly number[], position: number, { headDim, ropeTheta }: DecoderConfig): number[] {
  const half = headDim / 2
  return vector.map((value, i) => {
    const angle = position * ropeTheta ** ((-2 * (i % half)) / headDim)
    const other = i < half ? -vector[i + half]! : vector[i - half]!
    return value * Math.cos(angle) + other * Math.sin(angle)
  })
}
