/** Leaks: held-out texts that share a long run of words with what is trained on. */
import { stableHash } from '../../../../shared/random.ts'

/** A text with the name by which a person finds it again. */
export type Named = { readonly name: string; readonly text: string }

export type Leak = {
  /** Length of a run that counts as shared. */
  readonly words: number
  /** Held-out texts with at least one shared run. */
  readonly shared: number
  /** Held-out texts of fewer words than a run: they cannot be checked. */
  readonly short: number
  /** The first of them, the text of training where its run stands, and the run. */
  readonly first: { readonly held: string; readonly trained: string; readonly run: string } | null
}

/** Words of a run: long enough that stock phrases do not count, as in the decontamination of large corpora. */
const runLength = 13

/** Letters and digits alone, in lower case: neither punctuation nor line breaks hide a copy. */
function wordsOf(text: string): readonly string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []
}

/** A number for the `length` words from `at` on; runs of one number are compared word by word before they count. */
function runHash(hashes: Uint32Array, at: number, length: number): number {
  let hash = 0x811c9dc5
  for (let i = at; i < at + length; i++) hash = Math.imul(hash ^ (hashes[i] as number), 0x01000193) ^ (hash >>> 15)
  return hash >>> 0
}

const hashesOf = (words: readonly string[]): Uint32Array => Uint32Array.from(words, stableHash)

/** Every run of the held-out texts: by its number the last place that has it, and from each place the one before. */
function index(held: readonly Named[], length: number) {
  const words: string[] = []
  const owners: number[] = []
  const last = new Map<number, number>()
  const before = new Map<number, number>()
  let short = 0
  for (const [owner, { text }] of held.entries()) {
    const own = wordsOf(text)
    const hashes = hashesOf(own)
    const from = words.length
    for (const word of own) {
      words.push(word)
      owners.push(owner)
    }
    if (own.length < length) short++
    for (let at = 0; at + length <= own.length; at++) {
      const hash = runHash(hashes, at, length)
      const earlier = last.get(hash)
      if (earlier !== undefined) before.set(from + at, earlier)
      last.set(hash, from + at)
    }
  }
  return { words, owners, last, before, short }
}

/** Looks for every run of `length` words of the held-out texts in the texts that train. Case and punctuation do not count. */
export function findLeaks(train: readonly Named[], held: readonly Named[], length = runLength): Leak {
  const { words, owners, last, before, short } = index(held, length)
  const found = new Map<number, { readonly trained: string; readonly run: string }>()
  for (const { name, text } of train) {
    const own = wordsOf(text)
    const hashes = hashesOf(own)
    for (let at = 0; at + length <= own.length; at++) {
      const hash = runHash(hashes, at, length)
      let left = false
      for (let place = last.get(hash); place !== undefined; place = before.get(place)) {
        const owner = owners[place] as number
        if (found.has(owner)) continue
        if (sameRun(words, place, own, at, length))
          found.set(owner, { trained: name, run: own.slice(at, at + length).join(' ') })
        else left = true
      }
      // What stands in every text, as a licence does, is walked through once.
      if (!left) last.delete(hash)
    }
  }
  const [first] = [...found.keys()].toSorted((a, b) => a - b)
  return {
    words: length,
    shared: found.size,
    short,
    first:
      first === undefined
        ? null
        : { held: (held[first] as Named).name, ...(found.get(first) as { trained: string; run: string }) },
  }
}

function sameRun(a: readonly string[], from: number, b: readonly string[], at: number, length: number): boolean {
  for (let i = 0; i < length; i++) if (a[from + i] !== b[at + i]) return false
  return true
}
