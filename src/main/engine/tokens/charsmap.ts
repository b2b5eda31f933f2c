/** SentencePiece's compiled map of characters: a double-array trie of UTF-8 strings, each with what it becomes. */
import { unsupported } from './json.ts'

const utf8 = new TextEncoder()
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** What a grapheme becomes by a map; `packed` is base64, as tokenizer.json holds it. `null` for an empty map. */
export function openCharsmap(packed: string | null): ((grapheme: string) => string) | null {
  if (packed === null || packed === '') return null
  const bytes = Buffer.from(packed, 'base64')
  const trieBytes = bytes.length < 4 ? Infinity : bytes.readUInt32LE(0)
  if (trieBytes % 4 !== 0 || 4 + trieBytes > bytes.length) throw unsupported('its map of characters is cut off')
  const trie = Uint32Array.from({ length: trieBytes / 4 }, (_, i) => bytes.readUInt32LE(4 + 4 * i))
  const made = bytes.subarray(4 + trieBytes)
  const known = new Map<string, string | null>()

  /** What the shortest key that `text` begins with becomes; null where no key does. */
  function look(text: string): string | null {
    const before = known.get(text)
    if (before !== undefined) return before
    const at = shortestPrefix(trie, utf8.encode(text))
    const end = at === null ? -1 : made.indexOf(0, at)
    const found = at === null ? null : decoder.decode(made.subarray(at, end === -1 ? made.length : end))
    known.set(text, found)
    return found
  }

  // A short grapheme is looked up whole, then each of its characters, as SentencePiece's users do.
  return (grapheme) => {
    const whole = utf8.encode(grapheme).length < 6 ? look(grapheme) : null
    return whole ?? Array.from(grapheme, (char) => look(char) ?? char).join('')
  }
}

/** The value of the shortest key that the bytes begin with: the first leaf on the way down the double array. */
function shortestPrefix(trie: Uint32Array, key: Uint8Array): number | null {
  let at = offsetOf(trie[0] ?? 0)
  for (const byte of key) {
    if (byte === 0) return null
    at ^= byte
    const unit = trie[at] ?? 0
    if ((unit & 0x800000ff) >>> 0 !== byte) return null
    at ^= offsetOf(unit)
    if (((unit >>> 8) & 1) === 1) return (trie[at] ?? 0) & 0x7fffffff
  }
  return null
}

function offsetOf(unit: number): number {
  return (unit >>> 10) << ((unit & 0x200) >>> 6)
}
