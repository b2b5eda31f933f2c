/** Keys of servers: with the door where it has the system encrypt them, else in memory until the engine ends. Never on disk in clear. */

/** A door's way to keep secrets, encrypted by the system. */
export type Keeper = {
  /** Null where nothing is kept under that name. */
  readonly read: (name: string) => Promise<string | null>
  /** Keeps a secret, or forgets it; false where the system cannot encrypt, and then nothing is kept. */
  readonly write: (name: string, secret: string | null) => Promise<boolean>
}

export type Keyring = {
  /** The key of a server and where it is; null where there is none. */
  readonly read: (server: string) => Promise<{ readonly key: string; readonly held: 'kept' | 'memory' } | null>
  /** Keeps a key in the place of the one before, or forgets it. */
  readonly write: (server: string, key: string | null) => Promise<void>
}

/** The keys of this engine; without a keeper all are in memory. */
export function openKeyring(keeper: Keeper | undefined): Keyring {
  const memory = new Map<string, string>()
  const nameOf = (server: string): string => `remote:${server}`
  return {
    read: async (server) => {
      const own = memory.get(server)
      if (own !== undefined) return { key: own, held: 'memory' }
      const key = (await keeper?.read(nameOf(server))) ?? null
      return key === null ? null : { key, held: 'kept' }
    },
    write: async (server, key) => {
      memory.delete(server)
      const kept = (await keeper?.write(nameOf(server), key)) ?? false
      if (key !== null && !kept) memory.set(server, key)
    },
  }
}
