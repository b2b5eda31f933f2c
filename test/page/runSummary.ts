/** A listed run for tests, with what a test names changed. */
import type { RunSummary } from '../../src/shared/runs.ts'

export function summaryOf(change: Partial<RunSummary> = {}): RunSummary {
  return {
    id: 'r1',
    time: '2026-11-20T20:00:00.000Z',
    question: 'Which river?',
    answer: 'River 741',
    gold: 'River 741',
    index: '/indexes/atlas',
    bundle: 'mini',
    passages: 4,
    k: 8,
    p: 0.25,
    policy: 'learned',
    overrides: 0,
    seed: 7,
    chunks: 20,
    expanded: 5,
    contextTokens: 160,
    positions: 60,
    reusedPositions: 0,
    ttftMs: 40,
    ttitMs: 9,
    totalMs: 58,
    logPerplexity: 0.2,
    exactMatch: true,
    f1: 1,
    star: false,
    tags: [],
    note: '',
    ...change,
  }
}
