/** Checkpoints: weights, moments and the step, written so that a crash leaves the one before whole. */
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, readSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import type { Weights } from '../../graph/value.ts'
import { writeAtomic } from '../../store/files.ts'
import { readSafetensors, writeSafetensors } from '../../store/safetensors.ts'

/** The best validation loss so far (null before the first) and how many validations since did not better it. */
const Watch = z.object({ best: z.number().nullable(), waited: z.number().int() })
export type Watch = z.infer<typeof Watch>
/** The mean loss as it is told, and the steps it is of: a run gone on with tells what an unbroken one would. */
const Told = z.object({ loss: z.number(), steps: z.number().int() })
/** What a run begins with beside its weights. */
export const begun: { readonly watch: Watch; readonly told: z.infer<typeof Told> } = {
  watch: { best: null, waited: 0 },
  told: { loss: 0, steps: 0 },
}
const State = z.object({
  step: z.number().int(),
  watch: Watch.default(begun.watch),
  told: Told.default(begun.told),
})
export type Checkpoint = z.infer<typeof State> & {
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
  await writeAtomic(file(folder), writeSafetensors(all, 'F32', { state: JSON.stringify(State.parse(checkpoint)) }))
}

function stateOf(header: Buffer): z.infer<typeof State> {
  const { __metadata__: kept } = JSON.parse(header.toString()) as { __metadata__: { state: string } }
  return State.parse(JSON.parse(kept.state))
}

/** The step of a folder's checkpoint, without reading its weights; 0 where there is none. */
export function checkpointStep(folder: string): number {
  if (!existsSync(file(folder))) return 0
  const opened = openSync(file(folder), 'r')
  try {
    const size = Buffer.alloc(8)
    readSync(opened, size)
    const header = Buffer.alloc(Number(size.readBigUInt64LE(0)))
    readSync(opened, header)
    return stateOf(header).step
  } finally {
    closeSync(opened)
  }
}

/** The checkpoint of a folder, or null where there is none. */
export function readCheckpoint(folder: string): Checkpoint | null {
  if (!existsSync(file(folder))) return null
  const bytes = readFileSync(file(folder))
  const length = Number(bytes.readBigUInt64LE(0))
  const state = stateOf(bytes.subarray(8, 8 + length))
  const all = [...readSafetensors(bytes, file(folder))]
  const isMoment = (name: string): boolean => name.startsWith('first.') || name.startsWith('second.')
  return {
    ...state,
    weights: new Map(all.filter(([name]) => !isMoment(name))),
    moments: new Map(all.filter(([name]) => isMoment(name))),
  }
}
