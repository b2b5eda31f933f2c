/** Which bundle the engine loads when it starts, where a person chose another than that of its door. */
import { existsSync } from 'node:fs'
import { readFile, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import * as z from 'zod'
import { writeAtomic } from './files.ts'

/** `over` is the door's own folder: a door that was opened with another bundle shows that one. */
const Choice = z.object({ over: z.string(), folder: z.string() })
const choiceFile = 'bundle.json'

/** The folder that was chosen in place of `own`; null where none was, or where it is gone. */
export async function readChoice(home: string, own: string): Promise<string | null> {
  try {
    const { over, folder } = Choice.parse(JSON.parse(await readFile(join(home, choiceFile), 'utf8')))
    return over === resolve(own) && existsSync(join(folder, 'bundle.json')) ? folder : null
  } catch {
    // Nothing was chosen, or it cannot be read: the door's own is always there.
    return null
  }
}

/** Keeps what was chosen; null for the door's own. */
export async function keepChoice(home: string, own: string, folder: string | null): Promise<void> {
  const path = join(home, choiceFile)
  if (folder === null) await rm(path, { force: true })
  else await writeAtomic(path, `${JSON.stringify({ over: resolve(own), folder: resolve(folder) })}\n`)
}
