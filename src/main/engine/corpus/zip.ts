/** Zip archives, read within limits: the only door to fflate, loaded when an archive is. */
import { unzipSync, zipSync } from 'fflate'
import { Fault } from '../../../shared/fault.ts'

/** An archive may name this many entries, and those that are wanted may unpack to this many bytes together. */
const maxEntries = 20_000
const maxUnpacked = 128 * 1024 * 1024

/** Entries by name. */
export type Entries = ReadonlyMap<string, Uint8Array>

/** Office programs keep an encrypted document in this container instead of a zip. */
const compound = Buffer.from([0xd0, 0xcf, 0x11, 0xe0])

/**
 * Unpacks the entries that are wanted. No entry grows past the size that it declares, so that the limits bound memory.
 * Throws Fault file-encrypted, file-damaged or file-too-large (a zip bomb).
 */
export function unpackZip(bytes: Uint8Array, file: string, wanted: (name: string) => boolean): Entries {
  if (compound.equals(bytes.subarray(0, compound.length))) {
    throw new Fault('file-encrypted', `${file} is encrypted, or in the binary format of old Office programs.`, {
      remedy: 'Open it in its program, take the password off and save it in the present format.',
    })
  }
  let entries = 0
  let unpacked = 0
  try {
    const found = unzipSync(bytes, {
      filter: ({ name, originalSize }) => {
        if (++entries > maxEntries) throw bomb(file, `more than ${maxEntries} entries`)
        if (!wanted(name)) return false
        unpacked += originalSize
        if (unpacked > maxUnpacked) throw bomb(file, 'more than 128 MiB of text unpacked')
        return true
      },
    })
    return new Map(Object.entries(found))
  } catch (error) {
    if (error instanceof Fault) throw error
    const reason = error instanceof Error ? error.message : String(error)
    throw new Fault('file-damaged', `${file} cannot be unpacked (${reason}).`, { cause: error })
  }
}

/** Packs entries: without compressing them, for a library that wants an archive of its own, or `small`, for a file that is kept. */
export function packZip(entries: Entries, { small = false }: { readonly small?: boolean } = {}): Uint8Array {
  return zipSync(Object.fromEntries(entries), { level: small ? 6 : 0 })
}

/** The text of an entry. Throws Fault file-damaged where the archive lacks it. */
export function entryText(entries: Entries, name: string, file: string): string {
  const bytes = entries.get(name)
  if (!bytes) throw new Fault('file-damaged', `${file} lacks its part ${name}.`)
  return new TextDecoder().decode(bytes)
}

function bomb(file: string, reason: string): Fault {
  return new Fault('file-too-large', `${file} holds ${reason}.`, {
    remedy: 'Unpack it by hand if you trust it, and add what is in it.',
  })
}
