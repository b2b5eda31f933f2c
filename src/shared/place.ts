/** Places of text: a stretch of a passage by its tokens, so that what is said of a chunk holds at any k that cuts it otherwise. */
import * as z from 'zod'

/** Tokens [from, to) of a passage, as the decoder's tokenizer cuts it. */
export const Place = z.object({
  passage: z.string().describe('id of the passage'),
  from: z.number().int().min(0),
  to: z.number().int().min(1),
})
export type Place = z.infer<typeof Place>

type Cut = { readonly passage: string; readonly tokens: number }

/** Where each chunk stands in its passage, in the order of the chunks. */
export function placesOf(chunks: readonly Cut[]): readonly Place[] {
  const ends = new Map<string, number>()
  return chunks.map(({ passage, tokens }) => {
    const from = ends.get(passage) ?? 0
    ends.set(passage, from + tokens)
    return { passage, from, to: from + tokens }
  })
}

/** True where two places share a token. */
export function overlaps(a: Place, b: Place): boolean {
  return a.passage === b.passage && a.from < b.to && b.from < a.to
}

/** True where both are the very same stretch. */
export function samePlace(a: Place, b: Place): boolean {
  return a.passage === b.passage && a.from === b.from && a.to === b.to
}

/** The text of both lists: places that meet are one; by passage in the order in which each first comes, then by token. */
export function joinPlaces(a: readonly Place[], b: readonly Place[]): readonly Place[] {
  const joined: Place[] = []
  for (const own of Map.groupBy([...a, ...b], ({ passage }) => passage).values()) {
    for (const place of own.toSorted((x, y) => x.from - y.from)) {
      const last = joined.at(-1)
      if (last?.passage === place.passage && place.from <= last.to) {
        joined[joined.length - 1] = { ...last, to: Math.max(last.to, place.to) }
      } else joined.push(place)
    }
  }
  return joined
}

/** The text of `places` less that of `gone`. */
export function withoutPlaces(places: readonly Place[], gone: readonly Place[]): readonly Place[] {
  const goneOf = Map.groupBy(gone, ({ passage }) => passage)
  return places.flatMap((place) => {
    const own = (goneOf.get(place.passage) ?? []).filter((other) => overlaps(place, other))
    const rest: Place[] = []
    let { from } = place
    for (const cut of own.toSorted((x, y) => x.from - y.from)) {
      if (cut.from > from) rest.push({ ...place, from, to: cut.from })
      from = Math.max(from, cut.to)
    }
    return from < place.to ? [...rest, { ...place, from }] : rest
  })
}

/** Of chunks at `at`, the places of all chunks in order, the indexes of those that share a token with any of `places`; ascending. */
export function touched(places: readonly Place[], at: readonly Place[]): readonly number[] {
  if (places.length === 0) return none
  const byPassage = Map.groupBy(places, ({ passage }) => passage)
  return at.flatMap((chunk, index) =>
    byPassage.get(chunk.passage)?.some((place) => overlaps(chunk, place)) ? index : [],
  )
}

const none: readonly number[] = []
