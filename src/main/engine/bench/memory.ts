/** Memory of training against length, with and without recomputation: each cell in a fresh process. */
import { fork } from 'node:child_process'
import { existsSync } from 'node:fs'
import { freemem } from 'node:os'
import { join } from 'node:path'
import type { TrainMemory, TrainMemoryInput } from '../../../shared/bench.ts'
import { Fault } from '../../../shared/fault.ts'
import type { DecoderConfig } from '../nets/config.ts'
import { timedDecoder } from './language.ts'
import type { CellInput, CellResult } from './memoryCell.ts'

const program = join(import.meta.dirname, 'memoryCell.ts')

/** Measures one cell in a process of its own; null when the system ended it, as it does one that asks for too much. */
export function weighTraining(cell: CellInput, signal?: AbortSignal): Promise<CellResult | null> {
  if (!existsSync(program))
    throw new Fault('bad-input', 'Memory is measured in processes that the packed workbench does not carry.', {
      remedy: 'Run from the sources: npm run refrag -- bench train --memory',
    })
  return new Promise((resolve, reject) => {
    const child = fork(program, [JSON.stringify(cell)], {
      execArgv: [],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      ...(signal ? { signal } : {}),
    })
    let [result, said]: [CellResult | null, string] = [null, '']
    child.stderr?.on('data', (text: Buffer) => (said += String(text)))
    child.on('message', (message) => (result = message as CellResult))
    child.on('error', (error) => reject(signal?.aborted ? (signal.reason as Error) : error))
    child.on('close', (code, ended) => {
      // A process that runs out of memory is killed, or aborts by itself.
      if (result || ended !== null) resolve(result)
      else reject(new Error(`internal: a memory cell ended with ${code}: ${said.trim()}`))
    })
  })
}

/** What a cell is expected to hold from one of another length: its scores grow with the square. */
function foreseen(known: TrainMemory, length: number): number {
  const [peak, base] = [known.peakMiB ?? Infinity, known.baseMiB ?? 0]
  return base + (peak - base) * (length / known.length) ** 2
}

/** A row for each length without and with recomputation, shortest first. What would not fit in free memory is not tried. */
export async function* weighLengths(
  input: TrainMemoryInput,
  threads: number,
  config: DecoderConfig = timedDecoder,
  signal?: AbortSignal,
): AsyncGenerator<TrainMemory> {
  const before = new Map<boolean, TrainMemory>()
  for (const length of input.lengths.toSorted((a, b) => a - b)) {
    for (const recompute of [false, true]) {
      signal?.throwIfAborted()
      const free = freemem() / 2 ** 20
      const known = before.get(recompute)
      const tight = known !== undefined && foreseen(known, length) > free
      const { steps, seed } = input
      const weighed = tight ? null : await weighTraining({ config, length, recompute, steps, seed, threads }, signal)
      const nothing = { peakMiB: null, baseMiB: null, stepSeconds: null, loss: null, gradientNorm: null }
      const note = weighed
        ? null
        : tight
          ? `not tried: about ${Math.round(foreseen(known, length))} MiB foreseen, ${Math.round(free)} MiB free`
          : 'ended by the system: it did not fit'
      const row: TrainMemory = { length, recompute, ...(weighed ?? nothing), note }
      before.set(recompute, row)
      yield row
    }
  }
}
