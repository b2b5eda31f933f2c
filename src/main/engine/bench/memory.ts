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
      // A process that runs out of memory is killed, or aborts, or is refused by the system.
      if (result || ended !== null || /bad_alloc|allocate memory/i.test(said)) resolve(result)
      else reject(new Error(`internal: a memory cell ended with ${code}: ${said.trim()}`))
    })
  })
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
