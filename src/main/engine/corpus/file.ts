/** The bytes of a file, plain or gzipped; and its name without the mark of gzip. */
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

/** Reads a file as it lies on disk. Throws Fault file-too-large; an AbortError on abort. */
export async function readBytes(path: string, signal?: AbortSignal): Promise<Buffer> {
  checkSize(path, (await stat(path)).size)
  return readFile(path, { signal })
}

/** Its bytes, unpacked where the file is gzipped. Throws Fault file-too-large or file-damaged. */
export async function unpackBytes(path: string, bytes: Buffer): Promise<Buffer> {
  return isGzip(path) ? unpack(path, bytes) : bytes
}

/** Reads UTF-8 text. Throws Fault file-too-large, file-damaged, not-text, bad-encoding; an AbortError on abort. */
export async function readTextFile(path: string, signal?: AbortSignal): Promise<string> {
  return decodeText(await unpackBytes(path, await readBytes(path, signal)), path)
}

/** Throws Fault file-too-large for more than 256 MiB. */
export function checkSize(path: string, bytes: number): void {
  if (bytes > maxBytes) throw tooLarge(path, `${Math.round(bytes / 2 ** 20)} MiB`)
}

function isGzip(path: string): boolean {
  return extname(path).toLowerCase() === '.gz'
}

async function unpack(path: string, bytes: Buffer): Promise<Buffer> {
  try {
    return await promisify(gunzip)(bytes, { maxOutputLength: maxBytes })
  } catch (error) {
    if (error instanceof RangeError) throw tooLarge(path, 'more than 256 MiB unpacked')
    const reason = error instanceof Error ? error.message : String(error)
    throw new Fault('file-damaged', `${path} cannot be unpacked: ${reason}.`, {
      remedy: 'Fetch or pack the file again, or leave it out.',
      cause: error,
    })
  }
}

function tooLarge(path: string, size: string): Fault {
  return new Fault('file-too-large', `${path} has ${size}; one file may have 256.`)
}
