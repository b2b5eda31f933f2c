/** Checkpoints: weights, moments and the step, written so that a crash leaves the one before whole. */
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import type { Weights } from '../graph/value.ts'
import { writeAtomic } from '../store/files.ts'
import { readSafetensors, writeSafetensors } from '../store/safetensors.ts'

/** The best validation loss so far (null before the first) and how many validations since did not better it. */
const Watch = z.object({ best: z.number().nullable(), waited: z.number().int() })
export type Watch = z.infer<typeof Watch>
const State = z.object({ step: z.number().int(), watch: Watch.default({ best: null, waited: 0 }) })
export type Checkpoint = {
  readonly step: number
  readonly watch: Watch
  readonly weights: Weights
  readonly moments: Weights
}

/** The file holds everything of a step, so one rename moves the run forward. */
function file(folder: string): string {
  return join(folder, 'checkpoint.safetensors')
}

/** Writes a checkpoint over the one before. */
export async function writeCheckpoint(folder: string, checkpoint: Checkpoint): Promise<void> {
  mkdirSync(folder, { recursive: true })
  const all = new Map([...checkpoint.weights, ...checkpoint.moments])
  await writeAtomic(
    file(folder),
    writeSafetensors(all, 'F32', { state: JSON.stringify({ step: checkpoint.step, watch: checkpoint.watch }) }),
  )
}

/** The checkpoint of a folder, or null where there is none. */
export function readCheckpoint(folder: string): Checkpoint | null {
  if (!existsSync(file(folder))) return null
  const bytes = readFileSync(file(folder))
  const length = Number(bytes.readBigUInt64LE(0))
  const header = JSON.parse(bytes.subarray(8, 8 + length).toString()) as { __metadata__: { state: string } }
  const { step, watch } = State.parse(JSON.parse(header.__metadata__.state))
  const all = [...readSafetensors(bytes, file(folder))]
  const isMoment = (name: string): boolean => name.startsWith('first.') || name.startsWith('second.')
  return {
    step,
    watch,
    weights: new Map(all.filter(([name]) => !isMoment(name))),
    moments: new Map(all.filter(([name]) => isMoment(name))),
  }
}
