/** Seeded randomness: the one source of chance, so that a seed names a result. */
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'

/** A seeded stream of draws; the same seed gives the same stream on every machine. */
export type Random = {
  /** A whole number in [min, max], both ends included. */
  readonly int: (min: number, max: number) => number
  /** A number in [0, 1). */
  readonly float: () => number
  /** A draw from the standard normal distribution. */
  readonly normal: () => number
  /** One entry of a list that is not empty. */
  readonly pick: <T>(list: readonly T[]) => T
  /** A shuffled copy. */
  readonly shuffle: <T>(list: readonly T[]) => T[]
  /** A stream of its own, seeded from this one: what is drawn from it leaves this stream alone. */
  readonly fork: () => Random
}

/** The stream of `seed` (32 bits of it count). */
export function random(seed: number): Random {
  const generator = xoroshiro128plus(scramble(seed))
  for (let warm = 0; warm < 16; warm++) generator.next()
  const float = () => (generator.next() >>> 0) / 4294967296
  const int = (min: number, max: number) => uniformInt(generator, min, max)
  return {
    int,
    float,
    normal: () => Math.sqrt(-2 * Math.log(1 - float())) * Math.cos(2 * Math.PI * float()),
    pick: <T>(list: readonly T[]): T => {
      if (list.length === 0) throw new Error('internal: pick from an empty list')
      return list[int(0, list.length - 1)] as T
    },
    shuffle: <T>(list: readonly T[]): T[] => {
      const copy = [...list]
      for (let last = copy.length - 1; last > 0; last--) {
        const other = int(0, last)
        const held = copy[last] as T
        copy[last] = copy[other] as T
        copy[other] = held
      }
      return copy
    },
    fork: () => random(generator.next()),
  }
}

/** Spreads neighbouring seeds apart: the generator's own seeding gives 7 and 8 similar first draws. */
function scramble(seed: number): number {
  let mixed = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return mixed ^ (mixed >>> 16)
}

/** FNV-1a of a text's UTF-16 units, 32 bits: a stable hash for splits and buckets, not for integrity. */
export function stableHash(text: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d)
  return (hash ^ (hash >>> 13)) >>> 0
}
