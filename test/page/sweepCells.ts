/** A sweep as the engine tells it, with numbers that a test can name. */
import { keyOf } from '../../src/shared/grid.ts'
import type { SweepCell, SweepInfo, SweepPoint } from '../../src/shared/sweep.ts'

const at = { set: 'aaaaaaaa', bundle: 'bbbbbbbb', device: 'cpu', retriever: 'strong', passages: 4 } as const

export function pointOf(k: number | null, p: number, more: Partial<SweepPoint> = {}): SweepPoint {
  const policy = k === null ? 'all' : p === 0 ? 'none' : 'learned'
  return { ...at, k, p, policy, ...more }
}

/** A cell that was measured: TTFT within 2 ms, scores within 0.1, two cases. */
export function cellOf(point: SweepPoint, ms: number, em: number, fullEm: number | null = 0.9): SweepCell {
  const spread = (median: number) => ({ median, quartiles: [median - 2, median + 2] as [number, number] })
  const around = (value: number): [number, number] => [value - 0.1, value + 0.1]
  const difference = (value: number) => ({ difference: value, ci: around(value) })
  return {
    ...point,
    key: keyOf(point),
    state: 'done',
    fault: null,
    seconds: 3,
    quality: {
      n: 2,
      em,
      emCi: around(em),
      formatFailure: 0,
      f1: em,
      f1Ci: around(em),
      logPerplexity: 1 - em,
      logPerplexityCi: around(1 - em),
      recall: null,
    },
    timing: {
      n: 2,
      ttft: spread(ms),
      ttit: null,
      phases: { tokenize: 0, compress: 0, sense: 1, layout: 0, prefill: ms - 1, sample: 0, other: 0 },
      full: point.k === null ? null : spread(100),
      speedup: point.k === null ? null : { median: 100 / ms, quartiles: [100 / (ms + 2), 100 / (ms - 2)] },
      positions: 40,
    },
    against:
      point.k === null || fullEm === null
        ? null
        : {
            n: 2,
            em: difference(em - fullEm),

            f1: difference(em - fullEm),
            logPerplexity: difference(fullEm - em),
          },
    cases: ['one', 'two'].map((id) => ({
      id,
      question: `Question ${id}?`,
      gold: id,
      answer: id,
      em,
      formatFailure: false,
      f1: em,
      logPerplexity: 1 - em,
      positions: 40,
      ttftMs: ms,
      ttitMs: null,
    })),
  }
}

export function infoOf(more: Partial<SweepInfo> = {}): SweepInfo {
  const axes = { ks: [8, 16], ps: [0, 0.5], policies: ['learned' as const] }
  const rest = { passages: [4], retrievers: ['strong' as const], devices: ['cpu' as const] }
  return {
    id: 'sweep-1',
    input: {
      ...axes,
      ...rest,
      index: '/home/indexes/notes',
      questions: ['/home/uploads/q.jsonl'],
      bundles: [],
      weakOf: 200,
      limit: 2,
      repeats: 1,
      warmups: 1,
      seed: 7,
      errors: 5,
      out: '/home/sweeps/sweep-1',
    },
    index: { path: '/home/indexes/notes', name: 'Notes' },
    sets: [{ hash: at.set, name: 'q.jsonl', path: '/home/uploads/q.jsonl', cases: 2 }],
    bundles: [{ hash: at.bundle, name: 'refrag-mini', folder: '/models' }],
    grids: [{ ...axes, ...rest, sets: [at.set], bundles: [at.bundle] }],
    machine: { onnxruntime: '1.30.0', device: 'CPU', threads: 2, node: '24.0.0' },
    began: '2026-11-01T12:00:00.000Z',
    cells: 5,
    done: 0,
    failed: 0,
    state: 'stopped',
    fault: null,
    ...more,
  }
}

/** Cells by key. */
export const byKey = (cells: readonly SweepCell[]): ReadonlyMap<string, SweepCell> =>
  new Map(cells.map((cell) => [cell.key, cell]))
