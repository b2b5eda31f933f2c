/** Numbers for tests: seeded, well spread, never equal. */

/** `count` numbers in (-1, 1), the same for the same seed. */
export function numbersFrom(count: number, seed: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => Math.sin((i + 1) * 12.9898 + seed * 78.233))
}
