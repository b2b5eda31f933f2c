/** The bytes of a file of text, plain or gzipped; and its name without the mark of gzip. */
import { readFile, stat } from 'node:fs/promises'
import { basename, extname } from 'node:path'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { Fault } from '../../../shared/fault.ts'
import { decodeText } from './decode.ts'

/** One JavaScript string holds about 512 Mi characters; well below that, reading stays quick to cancel. */
const maxBytes = 256 * 1024 * 1024

/** The file's name parted as a reader needs it: `corpus.jsonl.gz` is `corpus` with extension `.jsonl`. */
export function nameParts(path: string): { readonly name: string; readonly extension: string } {
  const plain = isGzip(path) ? path.slice(0, -'.gz'.length) : path
  return { name: basename(plain, extname(plain)), extension: extname(plain).toLowerCase() }
}

/** Reads UTF-8 text. Throws Fault unsupported-format for more than 256 MiB, not-text, bad-encoding; an AbortError on abort. */
export async function readTextFile(path: string, signal?: AbortSignal): Promise<string> {
  const { size } = await stat(path)
  if (size > maxBytes) throw tooLong(path, `${Math.round(size / 2 ** 20)} MiB`)
  const bytes = await readFile(path, { signal })
  return decodeText(isGzip(path) ? await unpack(path, bytes) : bytes, path)
}

function isGzip(path: string): boolean {
  return extname(path).toLowerCase() === '.gz'
}

async function unpack(path: string, bytes: Buffer): Promise<Buffer> {
  try {
    return await promisify(gunzip)(bytes, { maxOutputLength: maxBytes })
  } catch (error) {
    if (error instanceof RangeError) throw tooLong(path, 'more than 256 MiB unpacked')
    throw new Fault(
      'not-text',
      `${path} cannot be unpacked: ${error instanceof Error ? error.message : String(error)}.`,
      {
        remedy: 'Fetch or pack the file again, or leave it out.',
        cause: error,
      },
    )
  }
}

function tooLong(path: string, size: string): Fault {
  return new Fault('unsupported-format', `${path} has ${size}; one file may have 256.`, {
    remedy: 'Split the file into smaller ones.',
  })
}
