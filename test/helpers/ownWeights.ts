/** A checkpoint's tensors as our networks ask for them, in memory: what an import writes to disk. */
import { floats, type Tensor, type Weights } from '../../src/main/engine/graph/value.ts'
import type { WeightPlan } from '../../src/main/engine/models/encoders.ts'

/** Every weight of the plans, of the tensors in a file. */
export function ownWeights(plans: readonly WeightPlan[], file: Weights): Map<string, Tensor> {
  return new Map(
    plans.map((plan) => {
      const parts = plan.parts.map((names) => {
        const found = names.map((name) => file.get(name)).find((each) => each !== undefined)
        if (!found) throw new Error(`${plan.name}: none of ${names.join(', ')}`)
        return plan.turned ? turn(found) : found
      })
      return [plan.name, floats(plan.shape, beside(parts))]
    }),
  )
}

function turn({ shape, data }: Tensor): Tensor {
  const [rows, columns] = shape as readonly [number, number]
  const from = data as Float32Array
  const turned = Float32Array.from(
    { length: rows * columns },
    (_, i) => from[(i % rows) * columns + Math.floor(i / rows)] ?? NaN,
  )
  return floats([columns, rows], turned)
}

/** Tensors of as many rows beside each other, along the last axis. */
function beside(parts: readonly Tensor[]): Float32Array {
  const [first] = parts
  if (!first || parts.length === 1) return (first?.data ?? new Float32Array(0)) as Float32Array
  const widths = parts.map(({ shape }) => shape.at(-1) ?? 0)
  const width = widths.reduce((sum, each) => sum + each, 0)
  const rows = (first.data.length / (widths[0] ?? 1)) | 0
  const out = new Float32Array(rows * width)
  let at = 0
  parts.forEach(({ data }, i) => {
    const own = widths[i] ?? 0
    for (let row = 0; row < rows; row++)
      out.set((data as Float32Array).subarray(row * own, (row + 1) * own), row * width + at)
    at += own
  })
  return out
}
