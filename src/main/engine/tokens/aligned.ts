/** A text on its way to tokens, with the place in the source that each of its characters came from. */

/**
 * `ends[i]` is where in the source the characters end that UTF-16 unit i was made from; 0 for what was put before the text.
 * `null` where nobody asks for places, which saves the work.
 */
export type Aligned = { readonly text: string; readonly ends: Int32Array | null }

/** A source as it is: its part [from, to), each unit ending behind itself. */
export function aligned(source: string, from: number, to: number, places: boolean): Aligned {
  const text = source.slice(from, to)
  if (!places) return { text, ends: null }
  const ends = new Int32Array(text.length)
  for (let i = 0; i < ends.length; i++) ends[i] = from + i + 1
  return { text, ends }
}

/** The units [from, to). */
export function part({ text, ends }: Aligned, from: number, to: number): Aligned {
  if (from === 0 && to === text.length) return { text, ends }
  return { text: text.slice(from, to), ends: ends && ends.subarray(from, to) }
}

/** Something put before the text: it stands for no characters of the source. */
export function prepend({ text, ends }: Aligned, before: string): Aligned {
  if (ends === null) return { text: before + text, ends }
  const places = new Int32Array(before.length + ends.length)
  places.set(ends, before.length)
  return { text: before + text, ends: places }
}

/**
 * Every match of a global pattern rewritten; what a match becomes ends where the match ended. What becomes nothing falls to
 * whatever comes behind it, since a token begins where the one before it ended.
 */
export function rewrite(from: Aligned, pattern: RegExp, to: (match: string) => string): Aligned {
  if (from.ends === null) return { text: from.text.replace(pattern, (match) => to(match)), ends: null }
  return rewriteAt(from, matches(from.text, pattern), to)
}

/** The same for given parts of the text, in order and apart. */
export function rewriteAt(
  { text, ends }: Aligned,
  at: Iterable<readonly [place: number, match: string]>,
  to: (match: string) => string,
): Aligned {
  const parts: string[] = []
  const places: number[] = []
  let done = 0
  const keep = (until: number): void => {
    parts.push(text.slice(done, until))
    if (ends) for (let i = done; i < until; i++) places.push(ends[i] ?? 0)
    done = until
  }
  for (const [place, match] of at) {
    const made = to(match)
    // What stays as it was keeps the places of its own characters, finer than that of the whole.
    if (made === match) continue
    keep(place)
    parts.push(made)
    done = place + match.length
    if (ends) for (let i = 0; i < made.length; i++) places.push(ends[done - 1] ?? 0)
  }
  if (parts.length === 0) return { text, ends }
  keep(text.length)
  return { text: parts.join(''), ends: ends && Int32Array.from(places) }
}

function* matches(text: string, pattern: RegExp): Generator<readonly [number, string]> {
  for (const { 0: match, index } of text.matchAll(pattern)) yield [index, match]
}
