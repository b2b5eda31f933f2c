/** Memory of training against length, with and without recomputation: each cell in a fresh process. */
import { freemem } from 'node:os'
import type { TrainMemory, TrainMemoryInput } from '../../../shared/bench.ts'
import type { DecoderConfig } from '../nets/config.ts'
import { runCell } from './cell.ts'
import { timedDecoder } from './language.ts'
import type { CellInput, CellResult } from './memoryCell.ts'

/** Measures one cell in a process of its own; null when the system ended it, as it does one that asks for too much. */
export function weighTraining(cell: CellInput, signal?: AbortSignal): Promise<CellResult | null> {
  let result: CellResult | null = null
  return runCell('memoryCell.ts', cell, (message: CellResult) => void (result = message), signal).then(() => result)
}

/** Why a cell is not tried, from one of a shorter length: scores grow with its square. Null when it may fit. */
function refusal(known: TrainMemory | undefined, length: number): string | null {
  if (!known) return null
  const { peakMiB, baseMiB } = known
  if (peakMiB === null || baseMiB === null) return `not tried: length ${known.length} did not fit`
  const [wanted, free] = [baseMiB + (peakMiB - baseMiB) * (length / known.length) ** 2, freemem() / 2 ** 20]
  return wanted <= free ? null : `not tried: about ${wanted.toFixed(0)} MiB foreseen, ${free.toFixed(0)} MiB free`
}

const nothing = { peakMiB: null, baseMiB: null, stepSeconds: null, loss: null, gradientNorm: null }

/** A row for each length without and with recomputation, shortest first. What would not fit in free memory is not tried. */
export async function* weighLengths(
  { lengths, steps, seed }: TrainMemoryInput,
  threads: number,
  config: DecoderConfig = timedDecoder,
  signal?: AbortSignal,
): AsyncGenerator<TrainMemory> {
  const before = new Map<boolean, TrainMemory>()
  for (const length of lengths.toSorted((a, b) => a - b)) {
    for (const recompute of [false, true]) {
      signal?.throwIfAborted()
      const refused = refusal(before.get(recompute), length)
      const weighed = refused ? null : await weighTraining({ config, length, recompute, steps, seed, threads }, signal)
      const note = weighed ? null : (refused ?? 'ended by the system: it did not fit')
      const row: TrainMemory = { length, recompute, ...(weighed ?? nothing), note }
      before.set(recompute, row)
      yield row
    }
  }
}
