/** Bytes to text, strictly: what is not UTF-8 text is refused with the place where it stops being so. */
import { isUtf8 } from 'node:buffer'
import { Fault } from '../../../shared/fault.ts'

/** Decodes UTF-8, keeping a byte order mark as the first character. Throws Fault not-text or bad-encoding. */
export function decodeText(bytes: Buffer, file: string): string {
  if (isUtf16(bytes)) {
    throw new Fault('bad-encoding', `${file} is UTF-16, not UTF-8 (byte order mark at byte 0).`)
  }
  const nul = bytes.indexOf(0)
  if (nul !== -1) throw new Fault('not-text', `${file} is not text: byte ${nul} is NUL.`)
  if (!isUtf8(bytes)) throw new Fault('bad-encoding', `${file} is not valid UTF-8 at byte ${badByte(bytes)}.`)
  const text = bytes.toString('utf8')
  const controls = text.match(/(?![\t\n\v\f\r])\p{Cc}/gu)?.length ?? 0
  if (controls > 8 && controls > text.length / 20) {
    throw new Fault('not-text', `${file} is not text: ${controls} of its ${text.length} characters are control codes.`)
  }
  return text
}

function isUtf16(bytes: Buffer): boolean {
  return (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)
}

const replacement = Buffer.from('\uFFFD')

/** The first byte that no UTF-8 text has: where decoding put a replacement character that the bytes do not spell. */
function badByte(bytes: Buffer): number {
  const text = bytes.toString('utf8')
  let offset = 0
  let from = 0
  for (;;) {
    const at = text.indexOf('\uFFFD', from)
    if (at === -1) return offset
    offset += Buffer.byteLength(text.slice(from, at))
    if (!bytes.subarray(offset, offset + 3).equals(replacement)) return offset
    offset += 3
    from = at + 1
  }
}
