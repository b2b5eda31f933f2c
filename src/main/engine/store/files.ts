/** Files written whole or not at all: a failure, a kill or a full disk leaves what was there before. */
import { randomBytes } from 'node:crypto'
import { mkdir, open, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { Fault, isDiskFull } from '../../../shared/fault.ts'

/** Replaces `path` with `data` in one step: temporary file, fsync, rename. Throws Fault disk-full and keeps the old file. */
export async function writeAtomic(
  path: string,
  data: string | Uint8Array | Iterable<string | Uint8Array>,
): Promise<void> {
  await replace(path, async (temporary) => {
    const file = await open(temporary, 'wx')
    try {
      for (const piece of pieces(data)) await file.appendFile(piece)
      await file.sync()
    } finally {
      await file.close()
    }
  })
}

/** Replaces the folder `path` by one that `fill` writes elsewhere first; if `fill` throws, the old folder stays as it was. */
export async function writeFolder(path: string, fill: (temporary: string) => Promise<void>): Promise<void> {
  await replace(path, async (temporary) => {
    await mkdir(temporary)
    await fill(temporary)
  })
}

/** True when a file or folder stands at `path`. */
export async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}

async function replace(path: string, make: (temporary: string) => Promise<void>): Promise<void> {
  const target = resolve(path)
  const temporary = beside(target, 'partial')
  try {
    await mkdir(dirname(target), { recursive: true })
    await make(temporary)
    await swap(temporary, target)
    await syncFolder(dirname(target))
  } catch (error) {
    await rm(temporary, { recursive: true, force: true })
    if (isDiskFull(error)) throw new Fault('disk-full', `No room on the disk to write ${path}.`, { cause: error })
    throw error
  }
}

/** A folder that is not empty cannot be renamed over: the old one steps aside first, and comes back if the move fails. */
async function swap(temporary: string, target: string): Promise<void> {
  const old = await stat(target).catch(() => undefined)
  if (!old?.isDirectory()) return rename(temporary, target)
  const aside = beside(target, 'old')
  await rename(target, aside)
  try {
    await rename(temporary, target)
  } catch (error) {
    await rename(aside, target)
    throw error
  }
  await rm(aside, { recursive: true, force: true })
}

function beside(target: string, kind: 'partial' | 'old'): string {
  return join(dirname(target), `.${basename(target)}.${randomBytes(4).toString('hex')}.${kind}`)
}

function pieces(data: string | Uint8Array | Iterable<string | Uint8Array>): Iterable<string | Uint8Array> {
  return typeof data === 'string' || data instanceof Uint8Array ? [data] : data
}

/** Makes a rename outlast a power cut; folders cannot be opened on Windows, where it is not needed. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
