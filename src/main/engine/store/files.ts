/** Files and folders written whole or not at all: a failure, a kill or a full disk leaves what was there before. */
import { randomBytes } from 'node:crypto'
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { Fault, isDiskFull } from '../../../shared/fault.ts'
import { isRunning } from './process.ts'

/** A folder being written beside its target: `commit` puts it in the target's place, `discard` forgets it. */
export type StagedFolder = {
  readonly temporary: string
  readonly commit: () => Promise<void>
  readonly discard: () => Promise<void>
}

/** Replaces `path` with `data` in one step: temporary file, fsync, rename. Throws Fault disk-full and keeps the old file. */
export async function writeAtomic(path: string, data: string | Uint8Array): Promise<void> {
  const target = resolve(path)
  const temporary = beside(target, 'partial')
  try {
    await mkdir(dirname(target), { recursive: true })
    const file = await open(temporary, 'wx')
    try {
      await file.writeFile(data)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, target)
    await syncFolder(dirname(target))
  } catch (error) {
    await rm(temporary, { force: true })
    throw namingDisk(error, path)
  }
}

/** Makes an empty folder beside `path`, which stays as it is until `commit`. Throws Fault disk-full. */
export async function stageFolder(path: string): Promise<StagedFolder> {
  const target = resolve(path)
  const temporary = beside(target, 'partial')
  try {
    await mkdir(dirname(target), { recursive: true })
    await recoverFolder(target)
    await mkdir(temporary)
  } catch (error) {
    throw namingDisk(error, path)
  }
  return {
    temporary,
    discard: () => rm(temporary, { recursive: true, force: true }),
    commit: async () => {
      for (const name of await readdir(temporary)) await syncFile(join(temporary, name))
      await syncFolder(temporary)
      await swap(temporary, target)
      await syncFolder(dirname(target))
    },
  }
}

/**
 * Clears what a killed process left beside the folder `path`.
 * A folder cannot be renamed over another, so a kill can fall between two renames: then the old one is put back.
 */
export async function recoverFolder(path: string): Promise<void> {
  const target = resolve(path)
  const folder = dirname(target)
  const names = await readdir(folder).catch(() => [])
  for (const name of names) {
    const left = leftover(name, basename(target))
    if (!left) continue
    if (left === 'old' && !(await exists(target))) await rename(join(folder, name), target)
    else await rm(join(folder, name), { recursive: true, force: true })
  }
}

/** True when a file or folder stands at `path`. */
export async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}

/** The error as a Fault disk-full that names `path`, if that is what it is; else the error itself. */
export function namingDisk(error: unknown, path: string): unknown {
  return isDiskFull(error) ? new Fault('disk-full', `No room on the disk to write ${path}.`, { cause: error }) : error
}

async function swap(temporary: string, target: string): Promise<void> {
  if (!(await exists(target))) return rename(temporary, target)
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
  return join(dirname(target), `.${basename(target)}.${process.pid}-${randomBytes(4).toString('hex')}.${kind}`)
}

/** What kind of leftover of `target` the file name is, if the process that made it is gone. */
function leftover(name: string, target: string): 'partial' | 'old' | undefined {
  const found = /^\.(.+)\.(\d+)-[0-9a-f]{8}\.(partial|old)$/.exec(name)
  if (!found || found[1] !== target || isRunning(Number(found[2]))) return undefined
  return found[3] === 'old' ? 'old' : 'partial'
}

async function syncFile(path: string): Promise<void> {
  const handle = await open(path, 'r+')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
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
