/** The single-instance lock: a file with the holder's process id in the user-data folder, and messages left beside it. */
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, watch, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** What a later instance tells the first, as the event `second-instance` gives it. */
export type Later = { readonly argv: string[]; readonly cwd: string; readonly data: unknown }

const lockName = 'standInLock'
const messageName = /^standInLater-.*\.json$/
let held: string | null = null

/** True for the first process on `folder`, which hears of later ones; a later one leaves its message and gets false. */
export function takeLock(folder: string, later: Later, hear: (later: Later) => void): boolean {
  if (held !== null) return true
  const file = join(folder, lockName)
  if (existsSync(file) && isAlive(Number(readFileSync(file, 'utf8')))) {
    const message = join(folder, `standInLater-${process.pid}.json`)
    writeFileSync(`${message}.new`, JSON.stringify(later))
    renameSync(`${message}.new`, message)
    return false
  }
  writeFileSync(file, String(process.pid))
  held = file
  process.on('exit', () => rmSync(file, { force: true }))
  const read = (): void => {
    if (!existsSync(folder)) return
    for (const name of readdirSync(folder).filter((each) => messageName.test(each))) {
      hear(JSON.parse(readFileSync(join(folder, name), 'utf8')))
      rmSync(join(folder, name))
    }
  }
  watch(folder, read).unref()
  return true
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
