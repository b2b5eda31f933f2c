/** The heart of BPE training: which pairs of symbols to merge, most frequent first, with counts kept incrementally. */

export type Pair = readonly [left: number, right: number]

/** Two symbols below 65,536 as one number that sorts as the pair does. */
const base = 65_536

/**
 * Learns up to `count` merges over byte strings that occur `counts[i]` times each; merge m makes symbol 256 + m.
 *
 * Ties go to the lower left symbol, then the lower right one. Stops early when no pair occurs twice.
 */
export function learnMerges(words: readonly Uint8Array[], counts: readonly number[], count: number): Pair[] {
  const text = layOut(words, counts)
  const { symbols, previous, next, weight } = text
  const pairs = new Map<number, { count: number; readonly places: number[] }>()
  const queue = new PairQueue()
  let grown = new Set<number>()

  function change(left: number, right: number, place: number, by: number): void {
    const key = left * base + right
    let pair = pairs.get(key)
    if (pair === undefined) pairs.set(key, (pair = { count: 0, places: [] }))
    pair.count += by
    if (by < 0) return
    pair.places.push(place)
    grown.add(key)
  }

  function queueGrown(): void {
    for (const key of grown) queue.push(pairs.get(key)?.count ?? 0, key)
    grown = new Set()
  }

  for (let place = 0; place < symbols.length; place++) {
    const right = next[place] ?? -1
    if (right >= 0) change(symbols[place] ?? 0, symbols[right] ?? 0, place, weight[place] ?? 0)
  }
  queueGrown()

  const merges: Pair[] = []
  while (merges.length < count) {
    const top = queue.pop()
    if (top === null || top.count < 2) break
    const pair = pairs.get(top.key)
    if (pair === undefined || pair.count <= 0) continue
    // Counts that fell since they were queued are put back with today's value.
    if (pair.count !== top.count) {
      queue.push(pair.count, top.key)
      continue
    }
    const left = Math.floor(top.key / base)
    const right = top.key % base
    const made = 256 + merges.length
    merges.push([left, right])
    for (const place of pair.places) {
      const second = next[place] ?? -1
      if (second < 0 || symbols[place] !== left || symbols[second] !== right) continue
      const times = weight[place] ?? 0
      const before = previous[place] ?? -1
      const after = next[second] ?? -1
      if (before >= 0) {
        const symbol = symbols[before] ?? 0
        change(symbol, left, before, -times)
        change(symbol, made, before, times)
      }
      if (after >= 0) {
        const symbol = symbols[after] ?? 0
        change(right, symbol, second, -times)
        change(made, symbol, place, times)
        previous[after] = place
      }
      symbols[place] = made
      symbols[second] = -1
      next[place] = after
      next[second] = -1
    }
    pairs.delete(top.key)
    queueGrown()
  }
  return merges
}

/** All words in one row of symbols, each a doubly linked list. */
function layOut(words: readonly Uint8Array[], counts: readonly number[]) {
  const length = words.reduce((sum, word) => sum + word.length, 0)
  const symbols = new Int32Array(length)
  const previous = new Int32Array(length).fill(-1)
  const next = new Int32Array(length).fill(-1)
  const weight = new Float64Array(length)
  let place = 0
  for (const [index, word] of words.entries()) {
    for (let i = 0; i < word.length; i++, place++) {
      symbols[place] = word[i] ?? 0
      weight[place] = counts[index] ?? 0
      if (i > 0) previous[place] = place - 1
      if (i + 1 < word.length) next[place] = place + 1
    }
  }
  return { symbols, previous, next, weight }
}

/** A binary heap: highest count first, then lowest key. */
class PairQueue {
  readonly #counts: number[] = []
  readonly #keys: number[] = []

  push(count: number, key: number): void {
    this.#counts.push(count)
    this.#keys.push(key)
    let at = this.#keys.length - 1
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!this.#precedes(at, parent)) break
      this.#swap(at, parent)
      at = parent
    }
  }

  pop(): { readonly count: number; readonly key: number } | null {
    const last = this.#keys.length - 1
    if (last < 0) return null
    this.#swap(0, last)
    const top = { count: this.#counts.pop() ?? 0, key: this.#keys.pop() ?? 0 }
    for (let at = 0; ;) {
      let best = at
      for (const child of [2 * at + 1, 2 * at + 2]) if (child < last && this.#precedes(child, best)) best = child
      if (best === at) return top
      this.#swap(at, best)
      at = best
    }
  }

  #precedes(a: number, b: number): boolean {
    const difference = (this.#counts[a] ?? 0) - (this.#counts[b] ?? 0)
    return difference === 0 ? (this.#keys[a] ?? 0) < (this.#keys[b] ?? 0) : difference > 0
  }

  #swap(a: number, b: number): void {
    const { [a]: countA = 0, [b]: countB = 0 } = this.#counts
    const { [a]: keyA = 0, [b]: keyB = 0 } = this.#keys
    this.#counts[a] = countB
    this.#counts[b] = countA
    this.#keys[a] = keyB
    this.#keys[b] = keyA
  }
}
