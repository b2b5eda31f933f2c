/** Speeds kept beside what was timed: in a model's folder, and in the home for bundles, which may lie where nothing can be written. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { Speed } from '../../../shared/speed.ts'
import { writeAtomic } from './files.ts'

const Kept = z.object({ format: z.literal(1), speeds: z.array(Speed) })

/** So many are kept of one; older ones are let go. */
const mostKept = 8

/** The file of an imported model. */
export function speedsOfModel(folder: string): string {
  return join(folder, 'speeds.json')
}

/** The file of a bundle, by its hash: other weights have speeds of their own. */
export function speedsOfBundle(home: string, hash: string): string {
  return join(home, 'speeds', `${hash}.json`)
}

/** The latest first; none where there is no file, or none that can be read: they can be taken again. */
export async function readSpeeds(file: string): Promise<Speed[]> {
  try {
    return Kept.parse(JSON.parse(await readFile(file, 'utf8'))).speeds
  } catch {
    return []
  }
}

/** Keeps a speed in place of an older one taken the same way. Fault disk-full. */
export async function keepSpeed(file: string, speed: Speed): Promise<void> {
  const others = (await readSpeeds(file)).filter((each) => wayOf(each) !== wayOf(speed))
  const speeds = [speed, ...others].slice(0, mostKept)
  await writeAtomic(file, `${JSON.stringify({ format: 1, speeds }, null, 2)}\n`)
}

function wayOf({ device, weights, threads, positions, tokens, chunks }: Speed): string {
  return JSON.stringify([device, weights, threads, positions, tokens, chunks?.k])
}
