/** Nearest vectors by cosine: the only door to hnswlib-node. */
import { setImmediate as breathe } from 'node:timers/promises'
import hnswlib from 'hnswlib-node'
import { random as seeded } from '../../../shared/random.ts'

/** How the graph of neighbours is built and searched; kept in the index's manifest, as hnswlib forgets `ef`. */
export type DenseSettings = {
  readonly dimension: number
  /** Links a node. */
  readonly m: number
  /** Candidates looked at while building, and while searching. */
  readonly efConstruction: number
  readonly ef: number
  readonly seed: number
}

/** Vectors by label, from 0; all searching is by cosine, higher is better. */
export type Dense = {
  readonly settings: DenseSettings
  readonly count: () => number
  /** Takes vectors of any length; they are stored normalised. Synchronous: add in small batches. */
  readonly add: (vector: Float32Array, label: number) => void
  readonly search: (vector: Float32Array, count: number) => readonly Neighbour[]
  /** The stored vector, of length 1. */
  readonly vectorOf: (label: number) => Float32Array
  readonly save: (path: string) => void
}
export type Neighbour = { readonly label: number; readonly cosine: number }

const addsBetweenBreaths = 500
export const denseDefaults = { m: 16, efConstruction: 200, ef: 200 }

/** An empty index with room for `capacity` vectors. */
export function makeDense(capacity: number, settings: DenseSettings): Dense {
  const graph = new hnswlib.HierarchicalNSW('cosine', settings.dimension)
  graph.initIndex(Math.max(1, capacity), settings.m, settings.efConstruction, settings.seed)
  return wrap(graph, settings)
}

/** A saved index as it was. Throws when the file is not whole. */
export function loadDense(path: string, settings: DenseSettings): Dense {
  const graph = new hnswlib.HierarchicalNSW('cosine', settings.dimension)
  graph.readIndexSync(path)
  return wrap(graph, settings)
}

/** The dot product: the cosine of two vectors of length 1. */
export function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0
  for (let at = 0; at < a.length; at++) sum += (a[at] ?? 0) * (b[at] ?? 0)
  return sum
}

/** The vector with length 1; a zero vector stays zero. */
export function normalised(vector: Float32Array): Float32Array {
  const length = Math.sqrt(dot(vector, vector))
  return length === 0 ? vector : vector.map((value) => value / length)
}

/**
 * The share of the exact nearest `count` that the index finds, over `sample` seeded queries near stored vectors.
 * A neighbour as near as the last exact one counts as found: equal texts have equal vectors.
 * Throws an AbortError on abort.
 */
export async function measureRecall(
  dense: Dense,
  options: { readonly sample: number; readonly count: number; readonly seed: number; readonly signal?: AbortSignal },
): Promise<number> {
  const total = dense.count()
  const { signal } = options
  const exact = new hnswlib.BruteforceSearch('cosine', dense.settings.dimension)
  exact.initIndex(Math.max(1, total))
  for (let label = 0; label < total; label++) {
    if (label % addsBetweenBreaths === 0) await breathe(undefined, { signal })
    exact.addPoint([...dense.vectorOf(label)], label)
  }
  const random = seeded(options.seed)
  const noise = 0.5 / Math.sqrt(dense.settings.dimension)
  const count = Math.min(options.count, total)
  let found = 0
  if (count === 0) return 1
  for (let query = 0; query < options.sample; query++) {
    await breathe(undefined, { signal })
    const vector = normalised(dense.vectorOf(random.int(0, total - 1)).map((value) => value + noise * random.normal()))
    const last = 1 - Math.max(...exact.searchKnn([...vector], count).distances)
    found += dense.search(vector, count).filter(({ cosine }) => cosine >= last - 1e-6).length
  }
  return found / (options.sample * count)
}

function wrap(graph: hnswlib.HierarchicalNSW, settings: DenseSettings): Dense {
  return {
    settings,
    count: () => graph.getCurrentCount(),
    add: (vector, label) => graph.addPoint([...vector], label),
    search: (vector, count) => {
      const wanted = Math.min(count, graph.getCurrentCount())
      if (wanted === 0) return []
      graph.setEf(Math.max(settings.ef, wanted))
      const { distances, neighbors } = graph.searchKnn([...vector], wanted)
      return neighbors.map((label, at) => ({ label, cosine: 1 - (distances[at] ?? 1) }))
    },
    vectorOf: (label) => Float32Array.from(graph.getPoint(label)),
    save: (path) => graph.writeIndexSync(path),
  }
}
