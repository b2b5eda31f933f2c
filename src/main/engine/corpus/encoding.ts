/** Text in encodings other than UTF-8: what it seems to be, and reading it so. The only door to chardet, loaded when it is needed. */
import { analyse } from 'chardet'
import { Fault } from '../../../shared/fault.ts'

/** Detectors speak of code pages that the platform's decoder knows by another label. */
const labels: Readonly<Record<string, string>> = { 'ISO-8859-1': 'windows-1252', 'UTF-32 LE': '', 'UTF-32 BE': '' }
const sampled = 64 * 1024

/** The label of the encoding that the bytes seem to be in, one that `decodeAs` reads; undefined where none is likely. */
export function detectEncoding(bytes: Buffer): string | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le'
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be'
  const likely = analyse(bytes.subarray(0, sampled)).map(({ name }) => labels[name] ?? name.toLowerCase())
  return likely.find((label) => label !== '' && label !== 'utf-8' && label !== 'ascii' && canDecode(label))
}

/** Decodes bytes by a WHATWG label. Throws Fault bad-input for an unknown label, bad-encoding where the bytes are not in it. */
export function decodeAs(bytes: Buffer, label: string, file: string): string {
  if (!canDecode(label)) {
    throw new Fault('bad-input', `"${label}" is no encoding that can be read.`, {
      remedy: 'Use a name such as windows-1252, iso-8859-2, utf-16le, shift_jis or gb18030.',
    })
  }
  try {
    return new TextDecoder(label, { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (error) {
    throw new Fault('bad-encoding', `${file} is not valid ${label}.`, {
      remedy: 'Name the encoding that the file is in, or leave it out.',
      cause: error,
    })
  }
}

function canDecode(label: string): boolean {
  try {
    return new TextDecoder(label).encoding !== ''
  } catch {
    return false
  }
}
