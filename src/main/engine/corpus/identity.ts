/** The identity of a passage: a hash of its text, so that an id can be known without an index. */
import { createHash } from 'node:crypto'

/** Twelve hexadecimal digits of the SHA-256 of the text. */
export function passageId(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12)
}
