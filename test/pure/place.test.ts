/** Places of text: pins and notes as sets of tokens, whatever k cuts them into. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { joinPlaces, placesOf, touched, withoutPlaces, type Place } from '../../src/shared/place.ts'

/** The chunks of passages of so many tokens each, at k. */
function cut(passages: readonly number[], k: number): { readonly passage: string; readonly tokens: number }[] {
  return passages.flatMap((tokens, at) =>
    Array.from({ length: Math.ceil(tokens / k) }, (_, chunk) => ({
      passage: `p${at}`,
      tokens: Math.min(k, tokens - chunk * k),
    })),
  )
}

/** Each token as a word, so that places can be compared as sets. */
const tokensOf = (places: readonly Place[]): readonly string[] =>
  places.flatMap(({ passage, from, to }) => Array.from({ length: to - from }, (_, at) => `${passage} ${from + at}`))

const placeOf = fc
  .tuple(fc.constantFrom('p0', 'p1', 'p2'), fc.nat(40), fc.integer({ min: 1, max: 20 }))
  .map(([passage, from, length]): Place => ({ passage, from, to: from + length }))
const some = fc.array(placeOf, { maxLength: 12 })

describe('places', () => {
  test('of chunks stand one behind the other in their passage', () => {
    expect(placesOf(cut([20, 8], 8))).toEqual([
      { passage: 'p0', from: 0, to: 8 },
      { passage: 'p0', from: 8, to: 16 },
      { passage: 'p0', from: 16, to: 20 },
      { passage: 'p1', from: 0, to: 8 },
    ])
  })

  test('joined and taken away are the union and the difference of their tokens, no token twice', () => {
    fc.assert(
      fc.property(some, some, (a, b) => {
        const joined = joinPlaces(a, b)
        const [mine, theirs] = [new Set(tokensOf(a)), new Set(tokensOf(b))]
        expect(tokensOf(joined).toSorted()).toEqual([...new Set([...mine, ...theirs])].toSorted())
        const left = withoutPlaces(joinPlaces(a, []), b)
        expect(tokensOf(left).toSorted()).toEqual([...mine].filter((token) => !theirs.has(token)).toSorted())
      }),
    )
  })

  test('neighbours that meet are one place', () => {
    expect(joinPlaces([{ passage: 'p0', from: 8, to: 16 }], placesOf(cut([24], 8)).slice(0, 1))).toEqual([
      { passage: 'p0', from: 0, to: 16 },
    ])
  })
})

describe('what is pinned at one k', () => {
  const [eight, sixteen, twelve] = [8, 16, 12].map((k) => placesOf(cut([44, 30], k)))

  test('is pinned at another where the spans overlap, and just the same when k is as before', () => {
    // Tokens 8 to 16 of the first passage, 24 to 30 of the second.
    const pins = joinPlaces(
      [],
      [1, 9].flatMap((index) => eight?.[index] ?? []),
    )
    expect(touched(pins, eight ?? [])).toEqual([1, 9])
    expect(touched(pins, sixteen ?? [])).toEqual([0, 4])
    // Chunks of 12: 8 to 12 and 12 to 16 lie in two of them.
    expect(touched(pins, twelve ?? [])).toEqual([0, 1, 6])
  })

  test('and half unpinned at a smaller k stays pinned in the other half', () => {
    const pins = joinPlaces([], sixteen?.slice(0, 1) ?? [])
    const left = withoutPlaces(pins, eight?.slice(0, 1) ?? [])
    expect(touched(left, eight ?? [])).toEqual([1])
    expect(touched(left, sixteen ?? [])).toEqual([0])
  })

  test('is nothing in a passage that is not there', () => {
    expect(touched([{ passage: 'gone', from: 0, to: 8 }], eight ?? [])).toEqual([])
  })
})
