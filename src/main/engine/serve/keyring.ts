/**
 * Secrets that a person gave the engine: the Hub's token, keys of servers. With the door where it has the system encrypt them, else in
 * memory until the engine ends. Never on disk in clear.
 */

/** A door's way to keep secrets, encrypted by the system. */
export type Keeper = {
  /** Null where nothing is kept under that name. */
  readonly read: (name: string) => Promise<string | null>
  /** Keeps a secret, or forgets it; false where the system cannot encrypt, and then nothing is kept. */
  readonly write: (name: string, secret: string | null) => Promise<boolean>
}

/** A secret, and whether it outlives the engine. */
export type Secret = { readonly text: string; readonly held: 'kept' | 'memory' }

export type Keyring = {
  /** Null where there is none. The door is asked once. */
  readonly read: (name: string) => Promise<Secret | null>
  /** Keeps a secret in the place of the one before, or forgets it. */
  readonly write: (name: string, secret: string | null) => Promise<void>
}

/** The secrets of this engine; without a keeper all are in memory alone. */
export function openKeyring(keeper: Keeper | undefined): Keyring {
  const known = new Map<string, Secret>()
  return {
    read: async (name) => {
      const own = known.get(name)
      if (own !== undefined) return own
      const text = (await keeper?.read(name)) ?? null
      if (text === null) return null
      const secret: Secret = { text, held: 'kept' }
      known.set(name, secret)
      return secret
    },
    write: async (name, text) => {
      known.delete(name)
      const kept = (await keeper?.write(name, text)) ?? false
      if (text !== null) known.set(name, { text, held: kept ? 'kept' : 'memory' })
    },
  }
}
