/** The alphabet of byte-level BPE: one printable character for each of the 256 bytes, as GPT-2 chose them. */

/** `byteChars[b]` is the character that stands for byte b. */
export const byteChars: readonly string[] = makeByteChars()

const charBytes = new Map(byteChars.map((char, byte) => [char, byte]))
const encoder = new TextEncoder()

/** A text's UTF-8 bytes as characters of the alphabet. */
export function toByteChars(text: string): string {
  let result = ''
  for (const byte of encoder.encode(text)) result += byteChars[byte]
  return result
}

/** The bytes that a token of the alphabet stands for; null when it holds another character. */
export function fromByteChars(token: string): Uint8Array | null {
  const bytes = new Uint8Array(token.length)
  for (let i = 0; i < token.length; i++) {
    const byte = charBytes.get(token[i] ?? '')
    if (byte === undefined) return null
    bytes[i] = byte
  }
  return bytes
}

function makeByteChars(): readonly string[] {
  const printable = (byte: number) =>
    (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || (byte >= 0xae && byte <= 0xff)
  let unprintable = 0
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(printable(byte) ? byte : 256 + unprintable++))
}
