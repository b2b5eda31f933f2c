/** Verdicts of claims on figures made by hand. */
import { describe, expect, test } from 'vitest'
import type { AblationResult } from '../../src/shared/ablation.ts'
import type { TtftRow } from '../../src/shared/bench.ts'
import type { PplPair, QaPair } from '../../src/shared/evaluate.ts'
import { judgeClaims } from '../../src/main/engine/bench/claims/statements.ts'
import { ratioOfMedians, together, trial } from '../../src/main/engine/bench/claims/verdict.ts'
import { keyOf } from '../../src/main/engine/bench/claims/kept.ts'
import { commandOf, inputsOf } from '../../src/main/engine/bench/claims/measurements.ts'
import { sayClaim } from '../../src/main/cli/claims.ts'
import { ttftRow } from '../helpers/ttftRow.ts'

const at = (ci: [number, number], neutral: number) =>
  trial({ at: 'k 8', value: (ci[0] + ci[1]) / 2, ci, n: 10 }, neutral).verdict

describe('verdicts', () => {
  test('follow from the side of the neutral value that the interval lies on', () => {
    expect(at([0.1, 0.3], 0)).toBe('holds')
    expect(at([-0.3, -0.1], 0)).toBe('does not')
    expect(at([-0.1, 0.3], 0)).toBe('cannot tell')
    expect(at([0.9, 1.1], 1)).toBe('cannot tell')
    expect(at([0, 0.3], 0)).toBe('cannot tell')
  })

  test('together hold only where every trial does, and not where one contradicts', () => {
    const of = (...verdicts: readonly ('holds' | 'does not' | 'cannot tell')[]) =>
      together(verdicts.map((verdict) => ({ at: '', value: 0, ci: [0, 0], n: 1, verdict })))
    expect(of('holds', 'holds')).toBe('holds')
    expect(of('holds', 'cannot tell')).toBe('cannot tell')
    expect(of('holds', 'cannot tell', 'does not')).toBe('does not')
    expect(of()).toBe('cannot tell')
  })

  test('a ratio of medians has an interval around it, drawn round by round', () => {
    const over = Array.from({ length: 15 }, (_, i) => 100 + (i % 5))
    const under = over.map((each) => each / 4)
    const { value, ci, n } = ratioOfMedians(over, under, 7)
    expect([value, ...ci, n]).toEqual([4, 4, 4, 15])
    const apart = ratioOfMedians(over, [...under].toReversed(), 7)
    expect(apart.ci[0]).toBeLessThan(apart.value)
    expect(apart.ci[1]).toBeGreaterThan(apart.value)
  })
})

const row = (context: number, k: number, fullMs: number, refragMs: number): TtftRow => {
  const near = (ms: number): number[] => [ms * 0.99, ms, ms * 1.01]
  const samples = { fullSamples: near(fullMs), refragSamples: near(refragMs) }
  return ttftRow({ context, k, fullMs, refragMs, ...samples })
}

const pair = (better: string, worse: string, difference: number, k: number | null): PplPair => ({
  set: 'synthetic',
  k,
  p: k === null ? 0 : 0.25,
  policy: null,
  better,
  worse,
  n: 20,
  difference,
  ci: [difference - 0.1, difference + 0.1],
})

const qaPair = (difference: number, equal: QaPair['equal']): QaPair => ({
  retriever: 'strong',
  passages: 4,
  k: 8,
  p: 0.25,
  policy: 'learned-query',
  n: 100,
  equal,
  fullPassages: 1,
  difference,
  ci: [difference - 0.05, difference + 0.05],
  positions: 90,
  fullPositions: 80,
  ttft: 5,
  fullTtft: 5,
})

const ablation = (difference: number): AblationResult => ({
  rows: [],
  pairs: [16, 64].map((length) => ({
    what: 'curriculum',
    arms: ['without', 'with'],
    length,
    n: 20,
    difference: length === 64 ? difference : difference / 2,
    ci: length === 64 ? [difference - 0.1, difference + 0.1] : [difference / 2 - 0.1, difference / 2 + 0.1],
  })),
})

const verdictOf = (found: Parameters<typeof judgeClaims>[0], name: string) =>
  judgeClaims(found, 7).find((claim) => claim.name === name)

describe('the statements', () => {
  test('of speed are judged by the longest and the shortest context, and by k in turn', () => {
    const rows = [row(512, 8, 20, 10), row(512, 16, 20, 8), row(4096, 8, 400, 50), row(4096, 16, 400, 25)]
    const grows = verdictOf({ ttft: { rows } }, 'speed-up grows with context')
    expect(grows?.trials.map(({ value }) => Math.round(value * 100) / 100)).toEqual([4, 6.4])
    expect(grows?.verdict).toBe('holds')
    const faster = verdictOf({ ttft: { rows } }, 'larger k is faster')
    expect(faster?.trials).toHaveLength(1)
    expect(faster?.trials[0]?.value).toBeCloseTo(2)
    const loaded = rows.map((each) => (each.k === 16 ? { ...each, disturbed: ['load'] } : each))
    expect(
      verdictOf({ ttft: { rows: loaded } }, 'speed-up grows with context')?.trials.map(({ at: where }) => where),
    ).toEqual(['k 8, 4096 over 512 tokens', 'k 16, 4096 over 512 tokens (disturbed)'])
    const slower = [row(512, 8, 20, 10), row(4096, 8, 400, 300)]
    expect(verdictOf({ ttft: { rows: slower } }, 'speed-up grows with context')?.verdict).toBe('does not')
  })

  test('of policies are told apart, and an honest no is said', () => {
    const pairs = [
      pair('learned', 'perplexity-descending', 0.3, 8),
      pair('perplexity-descending', 'random', 0.05, 8),
      pair('random', 'perplexity-ascending', -0.3, 8),
      pair('k 8', 'k 16', 0.2, null),
    ]
    const verdicts = judgeClaims({ ppl: { rows: [], gaps: [], pairs } }, 7).map(({ name, verdict }) => [name, verdict])
    expect(Object.fromEntries(verdicts)).toEqual({
      'larger k foretells worse': 'holds',
      'chunks beat the truncated context': 'cannot tell',
      'learned beats perplexity-descending': 'holds',
      'perplexity-descending beats random': 'cannot tell',
      'random beats perplexity-ascending': 'does not',
    })
  })

  test('of training take every length judged, those of answers equal latency', () => {
    expect(verdictOf({ curriculum: ablation(0.4) }, 'curriculum helps')?.verdict).toBe('holds')
    expect(verdictOf({ reconstruction: ablation(-0.4) }, 'reconstruction first helps')?.verdict).toBe('does not')
    const pairs = [qaPair(0.2, 'latency'), qaPair(-0.2, 'passages')]
    const more = verdictOf({ qa: { cells: [], pairs } }, 'more passages at equal latency')
    expect(more?.trials.map(({ value }) => value)).toEqual([0.2])
    expect(more?.verdict).toBe('holds')
  })

  test('are printed with the verdict first and the paper beside', () => {
    const claim = verdictOf({ curriculum: ablation(0.4) }, 'curriculum helps')
    const lines = claim ? sayClaim(claim).split('\n') : []
    expect(lines[0]).toBe('HOLDS: curriculum helps')
    expect(lines.join('\n')).toContain('0.135 with, 1.599')
    expect(lines.at(-1)?.split(/ {2,}/).slice(1)).toEqual(['first 64 tokens', '0.400', '0.300 to 0.500', '20', 'holds'])
  })
})

describe('measurements', () => {
  const bundle = { name: 'tiny', ks: [4, 8, 16], hash: 'abcdef0123456789', window: 2048 }
  const input = { out: '/x', scale: 'quick', seed: 7 } as const

  test('name the command that takes each alone', () => {
    const inputs = inputsOf(input, bundle)
    expect(commandOf.ttft(inputs.ttft)).toBe(
      'npm run refrag -- bench ttft --cached-only --arch tiny --contexts 256,1024 --k 4,8,16 --p 0 --repeats 3 --seed 7 --json',
    )
    expect(commandOf.curriculum(inputs.curriculum)).toContain('--what curriculum --data synthetic')
  })

  test('read contexts that the window holds', () => {
    expect(inputsOf(input, { ...bundle, window: 1024 }).ttft.contexts).toEqual([256, 512])
    expect(inputsOf({ ...input, scale: 'standard' }, bundle).ttft.contexts).toEqual([512, 1024])
    expect(inputsOf({ ...input, scale: 'standard' }, { ...bundle, window: 4096 }).ttft.contexts).toEqual([512, 2048])
  })

  test('are other ones for another scale, seed or bundle', () => {
    const keys = [
      keyOf('ppl', inputsOf(input, bundle).ppl, bundle.hash),
      keyOf('ppl', inputsOf({ ...input, scale: 'standard' }, bundle).ppl, bundle.hash),
      keyOf('ppl', inputsOf({ ...input, seed: 8 }, bundle).ppl, bundle.hash),
      keyOf('ppl', inputsOf(input, bundle).ppl, '0123'),
    ]
    expect(new Set(keys).size).toBe(4)
    const folders = [bundle, { ...bundle, hash: '0123456789' }].map((each) => inputsOf(input, each).curriculum.out)
    expect(new Set(folders).size).toBe(2)
  })
})
