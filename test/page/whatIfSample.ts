/** What-if results of the sample run, as an engine would tell them. */
import type { JobEvent } from '../../src/shared/job.ts'
import type {
  ContributionInput,
  ContributionResult,
  ContributionTold,
  Flip,
  Target,
  WhatIfBase,
} from '../../src/shared/whatif.ts'

export function baseOf({ run, target }: { readonly run: string; readonly target?: Target | undefined }): WhatIfBase {
  return {
    run,
    target: target ?? 'gold',
    text: 'River',
    tokens: 3,
    nll: 1.5,
    answer: 'River 741',
    positions: 30,
    prefill: { msPerPosition: 0.25, n: 3 },
  }
}

/** Chunk 0 hurts most, chunk 4 helps most when flipped; chunk 0 changes the answer. */
export const deltas = [0.8, 0.1, 0, -0.2, -0.4] as const

export function flipOf(index: number, kind: 'measured' | 'estimate'): Flip {
  const deltaNll = deltas[index] ?? 0
  return {
    index,
    to: index === 1 || index === 3 ? 'compress' : 'expand',
    nll: 1.5 + deltaNll,
    deltaNll,
    deltaPpl: Math.exp(1.5 + deltaNll) - Math.exp(1.5),
    answer: index === 0 ? 'Lake' : 'River 741',
    changes: index === 0,
    positions: 37,
    deltaPositions: 7,
    deltaTtft:
      kind === 'measured' ? { ms: 1.5, kind, n: 5, quartiles: [1, 2] } : { ms: 1.75, kind, n: 3, quartiles: null },
    reused: 10,
    ms: 12,
  }
}

/** Token 0 needs chunk 1, token 1 chunk 3; token 2 is better without chunk 0. */
export async function* contributionOf(
  input: ContributionInput,
): AsyncGenerator<JobEvent<ContributionTold, ContributionResult>> {
  const tokens = ['River', ' 74', '1'].map((text) => ({ text, logProb: -0.5 }))
  const base = { run: input.run, target: input.target, nll: 0.5, tokens }
  const rows = [0, 1, 2].map((token) => ({
    chunks: [0, 1, 2, 3, 4].map((chunk) => (chunk === 1 + token ? 0.4 : 0.05)),
    question: 0.2,
    answer: 0.1 * Math.min(1, token),
    marks: 0.2 - 0.1 * Math.min(1, token),
  }))
  const attention = { layers: input.layers ?? [0, 1, 2, 3], heads: [0, 1], rows }
  yield { type: 'partial', partial: { type: 'base', base } }
  yield { type: 'partial', partial: { type: 'attention', attention } }
  const leftOut = (input.chunks ?? []).toReversed().map((index) => {
    const change = [0, 1, 2].map((token) => (index === 1 + 2 * token ? 2 : index === 0 && token === 2 ? -1 : 0.25))
    return { index, change, deltaNll: change.reduce((sum, each) => sum + each, 0) / 3 }
  })
  yield { type: 'partial', partial: { type: 'leftOut', leftOut } }
  yield { type: 'done', result: { base, attention, leftOut } }
}
