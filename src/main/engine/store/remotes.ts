/** The confirmed servers on disk: one small file, replaced whole at each change. Keys are never in it. */
import { existsSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { Fault } from '../../../shared/fault.ts'
import { RemoteServer } from '../../../shared/remote.ts'
import { writeAtomic } from './files.ts'

export type KeptRemotes = {
  /** By name. */
  readonly list: () => readonly RemoteServer[]
  /** Fault remote-missing. */
  readonly find: (name: string) => RemoteServer
  /** Adds a server in the place of one of the same name. Throws Fault disk-full, and then nothing is changed. */
  readonly add: (server: RemoteServer) => Promise<void>
  /** Fault remote-missing. */
  readonly remove: (name: string) => Promise<void>
}

export const remotesFile = 'remotes.json'
const Kept = z.object({ format: z.literal(1), servers: z.array(RemoteServer) })

/** Opens the servers of `home`; a damaged file is set aside: what was confirmed there must be confirmed again. */
export function openRemoteStore(home: string, log: (line: string) => void): KeptRemotes {
  const path = join(home, remotesFile)
  let now = readKept(path, log)
  // Two pages may write at once: one after the other, none over the other's.
  let last: Promise<unknown> = Promise.resolve()
  function change(made: () => readonly RemoteServer[]): Promise<void> {
    const written = last.then(async () => {
      const servers = made().toSorted((a, b) => (a.name < b.name ? -1 : 1))
      await writeAtomic(path, `${JSON.stringify({ format: 1, servers }, null, 2)}\n`)
      now = servers
    })
    last = written.catch(() => {})
    return written
  }
  const find = (name: string): RemoteServer => {
    const found = now.find((server) => server.name === name)
    if (found === undefined) throw new Fault('remote-missing', `There is no confirmed server ${name} here.`)
    return found
  }
  return {
    list: () => now,
    find,
    add: (server) => change(() => [...now.filter(({ name }) => name !== server.name), server]),
    remove: (name) =>
      change(() => {
        find(name)
        return now.filter((server) => server.name !== name)
      }),
  }
}

function readKept(path: string, log: (line: string) => void): readonly RemoteServer[] {
  if (!existsSync(path)) return []
  try {
    return Kept.parse(JSON.parse(readFileSync(path, 'utf8'))).servers
  } catch {
    const aside = `${path}.damaged-${Date.now()}`
    renameSync(path, aside)
    log(`${path} is damaged; it was set aside as ${aside}, and its servers must be confirmed again.`)
    return []
  }
}
