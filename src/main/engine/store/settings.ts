/** The settings on disk: one small file, replaced whole at each change. */
import { existsSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { firstSettings } from '../../../shared/settings.ts'
import { Settings, type SettingsChange } from '../../../shared/settingsSchema.ts'
import { writeAtomic } from './files.ts'

export type KeptSettings = {
  readonly read: () => Settings
  /** Throws Fault disk-full, and then nothing is changed. */
  readonly write: (change: SettingsChange) => Promise<Settings>
  /** Resolves once every change that was asked for is on disk, or refused. */
  readonly close: () => Promise<void>
}

export const settingsFile = 'settings.json'

/** Opens the settings of `home`; a damaged file is set aside, and a value that is no longer known gives way to the first one. */
export function openSettings(home: string, log: (line: string) => void): KeptSettings {
  const path = join(home, settingsFile)
  let now: Settings = readKept(path, log)
  // Two pages may write at once: one after the other, none over the other's.
  let last: Promise<unknown> = Promise.resolve()
  async function keep(change: SettingsChange): Promise<Settings> {
    const given = Object.entries(change).filter(([, value]) => value !== undefined)
    const next = Settings.parse({ ...now, ...Object.fromEntries(given) })
    await writeAtomic(path, `${JSON.stringify(next, null, 2)}\n`)
    now = next
    return next
  }
  return {
    read: () => now,
    write: (change) => {
      const written = last.then(() => keep(change))
      last = written.catch(() => {})
      return written
    },
    close: async () => void (await last),
  }
}

function readKept(path: string, log: (line: string) => void): Settings {
  if (!existsSync(path)) return firstSettings
  let found: unknown
  try {
    found = JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    const aside = `${path}.damaged-${Date.now()}`
    renameSync(path, aside)
    log(`${path} is damaged (${(error as Error).message}); it was set aside as ${aside}.`)
    return firstSettings
  }
  const fields = typeof found === 'object' && found !== null ? Object.entries(found) : []
  const known = fields.filter(([name, value]) => Settings.partial().safeParse({ [name]: value }).success)
  return Settings.parse({ ...firstSettings, ...Object.fromEntries(known) })
}
