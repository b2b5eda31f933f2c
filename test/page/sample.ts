/** A small whole run for the page's tests: two passages, five chunks, k 8. */
import type { RetrievedPassage } from '../../src/shared/corpus.ts'
import type { Chunk, Decision, Run, Sensed, Token } from '../../src/shared/run.ts'
import { Plan } from '../../src/shared/plan.ts'
import { firstDraft, type Draft } from '../../src/renderer/state/plan.ts'

export const draft: Draft = { ...firstDraft, question: 'Which river?', index: '/indexes/atlas', p: 0.4 }

const span = { file: '/corpora/atlas.txt', lineFrom: 3, lineTo: 3, charFrom: 0, charTo: 40 }

export const passages: readonly RetrievedPassage[] = ['North', 'South'].map((title, at) => ({
  id: `p${at}`,
  title,
  text: `${title} lies by a river`,
  span,
  rank: at + 1,
  score: 0.03 - at * 0.01,
  scores: [{ metric: 'cosine', value: 0.7 - at * 0.2, better: 'higher' }],
}))

export const chunks: readonly Chunk[] = [0, 1, 2, 3, 4].map((index) => ({
  index,
  passage: index < 3 ? 'p0' : 'p1',
  tokens: index === 2 || index === 4 ? 5 : 8,
  text: `text ${index}`,
  span,
  cached: index > 1,
}))

const scores = [0.5, 2, -1, 3, -2]
const probabilities = [0.1, 0.3, 0.03, 0.55, 0.02]

export const sensed: Sensed = { policy: 'learned', metric: 'policy logit', better: 'higher', budget: 2 }

export const decisions: readonly Decision[] = scores.map((score, index) => ({
  index,
  score,
  probability: probabilities[index] ?? 0,
  chosen: score >= 2,
  forced: null,
  expanded: score >= 2,
}))

export const tokens: readonly Token[] = ['River', ' 74', '1'].map((text, at) => ({
  id: at,
  text,
  logProb: [-0.01, -0.5, -3][at] ?? 0,
  entropy: 0.2,
  alternatives: [
    { text, logProb: -0.01 },
    { text: ' lake', logProb: -4 },
  ],
}))

export const run: Run = {
  id: 'r1',
  plan: Plan.parse({ question: draft.question, index: draft.index, p: draft.p }),
  answer: 'River 741',
  stopped: 'end',
  passages: [...passages],
  chunks: chunks.map((chunk, at) => ({ ...chunk, ...(decisions[at] ?? decisions[0]) })) as Run['chunks'],
  sensed,
  tokens: [...tokens],
  timings: {
    retrieveMs: 3,
    tokenizeMs: 0.5,
    compressMs: 4,
    senseMs: 1,
    layoutMs: 0.5,
    prefillMs: 30,
    sampleMs: 0.5,
    otherMs: 0.5,
    ttftMs: 40,
    ttitMs: 9,
    decodeMs: 18,
    totalMs: 58,
    tokensPerSecond: 51.7,
  },
  counts: {
    contextTokens: 34,
    questionTokens: 6,
    positions: 30,
    reusedPositions: 0,
    chunks: 5,
    expanded: 2,
    cachedChunks: 3,
    rate: 1.79,
  },
  quality: { logPerplexity: 0.2, exactMatch: true, f1: 1 },
  manifest: {
    version: '0.1.0',
    time: '2026-11-20T20:00:00.000Z',
    bundle: { name: 'mini', hash: 'abcdef0123' },
    device: 'CPU',
    threads: 2,
    onnxruntime: '1.30.0',
    node: 'v24',
    platform: 'linux',
    cpu: 'cpu',
  },
}
