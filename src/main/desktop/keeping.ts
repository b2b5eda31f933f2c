/** Secrets as the desktop keeps them: in one file, encrypted with the key that the system holds for this program. */
import { safeStorage } from 'electron'
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'

export type Secrets = {
  /** Null where nothing is kept under the name, or the system's key is another one than it was kept with. */
  readonly read: (name: string) => string | null
  /** Keeps a secret, or forgets it; false where the system cannot encrypt, and then none is on the disk. */
  readonly write: (name: string, secret: string | null) => boolean
}

/** The secrets in the file at `path`. */
export function openSecrets(path: string): Secrets {
  return {
    read: (name) => {
      const kept = readAll(path)[name]
      if (kept === undefined || !canEncrypt()) return null
      try {
        return safeStorage.decryptString(Buffer.from(kept, 'base64'))
      } catch {
        return null
      }
    },
    write: (name, secret) => {
      const { [name]: _before, ...others } = readAll(path)
      const able = canEncrypt()
      const kept =
        secret === null || !able ? others : { ...others, [name]: safeStorage.encryptString(secret).toString('base64') }
      try {
        writeAll(path, kept)
      } catch {
        // A full disk: the secret lives as long as the engine does.
        return false
      }
      return able
    },
  }
}

/** Without a keyring, Linux encrypts with a key that anybody knows: that is not keeping. */
function canEncrypt(): boolean {
  if (!safeStorage.isEncryptionAvailable()) return false
  return process.platform !== 'linux' || safeStorage.getSelectedStorageBackend() !== 'basic_text'
}

function readAll(path: string): Readonly<Record<string, string>> {
  try {
    const found: unknown = JSON.parse(readFileSync(path, 'utf8'))
    if (typeof found !== 'object' || found === null) return {}
    return Object.fromEntries(Object.entries(found).filter(([, value]) => typeof value === 'string'))
  } catch {
    return {}
  }
}

function writeAll(path: string, secrets: Readonly<Record<string, string>>): void {
  if (Object.keys(secrets).length === 0) return rmSync(path, { force: true })
  const temporary = `${path}.partial`
  writeFileSync(temporary, JSON.stringify(secrets), { mode: 0o600 })
  renameSync(temporary, path)
}
