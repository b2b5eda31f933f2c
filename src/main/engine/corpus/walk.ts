/** The files under paths: what a drop of files and folders comes to. */
import { readdir, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { Fault, isAbort } from '../../../shared/fault.ts'
import { beirFiles } from './beir.ts'

export type Found = {
  readonly files: readonly string[]
  /** What could not be looked at. */
  readonly faults: ReadonlyMap<string, Fault>
}

/**
 * The files under the paths, sorted, without hidden ones; of a BEIR folder its corpus. `except` is a folder to pass by.
 * Throws an AbortError on abort.
 */
export async function walk(
  paths: readonly string[],
  { except, signal }: { readonly except?: string | undefined; readonly signal?: AbortSignal | undefined } = {},
): Promise<Found> {
  const files = new Set<string>()
  const faults = new Map<string, Fault>()
  const passedBy = except === undefined ? undefined : resolve(except)
  const visit = async (path: string): Promise<void> => {
    if (path === passedBy) return
    signal?.throwIfAborted()
    try {
      if (!(await stat(path)).isDirectory()) {
        files.add(path)
        return
      }
      const entries = await readdir(path, { withFileTypes: true })
      const beir = beirFiles(entries.map(({ name }) => name))
      if (beir) return await visit(join(path, beir.corpus))
      const wanted = entries.filter((entry) => !entry.name.startsWith('.') && (entry.isFile() || entry.isDirectory()))
      for (const entry of wanted.sort((a, b) => (a.name < b.name ? -1 : 1))) await visit(join(path, entry.name))
    } catch (error) {
      if (isAbort(error)) throw error
      faults.set(path, unreadable(path, error))
    }
  }
  for (const path of paths) await visit(resolve(path))
  return { files: [...files], faults }
}

/** A refusal of the system as a fault that names the path. */
export function unreadable(path: string, error: unknown): Fault {
  const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
  const message = missing ? `${path} is not there.` : `${path} cannot be read (${String(error)}).`
  return new Fault(missing ? 'file-missing' : 'file-unreadable', message, { cause: error })
}
