/** What the parts are shown with: a short answer, a strip, a sweep. Numbers are drawn from a seed, none is measured. */
import { random } from '../../shared/random.ts'
import type { Token } from '../../shared/run.ts'
import type { MapMark } from '../parts/Minimap.tsx'
import type { ScoreBar } from '../parts/ScoreBars.tsx'

export const tokens: readonly Token[] = [
  ['The', -0.02],
  [' river', -0.4],
  [' Orme', -1.6],
  [' falls', -3.2],
  ['.\n', -0.1],
  ['<|end|>', -0.01],
].map(([text, logProb], at) => ({
  id: at,
  text: String(text),
  logProb: Number(logProb),
  entropy: 0.3 + at / 10,
  alternatives: [
    { id: at, text: String(text), logProb: Number(logProb) },
    { id: 40 + at, text: ' lake', logProb: Number(logProb) - 1 },
    { id: 50 + at, text: ' mill', logProb: Number(logProb) - 2.5 },
  ],
  ...(at === 0 ? { given: true } : {}),
}))

export const bars: readonly ScoreBar[] = scoresOf(40)
  .toSorted((a, b) => b - a)
  .map((score, at) => ({ index: at, score, fill: (score + 3) / 6, expanded: at < 10 || at === 30, forced: at === 30 }))

/** The map of a strip of `count` chunks. */
export function mapOf(count: number): readonly MapMark[] {
  return scoresOf(count).map((score, at) => ({ expanded: score > 1.5, hand: at % 97 === 0, fill: (score + 3) / 6 }))
}

function scoresOf(count: number): readonly number[] {
  const draws = random(7)
  return Array.from({ length: count }, () => 6 * draws.float() - 3)
}
