/** Pictures of tables: their lines are the table's rows, and where nothing can be drawn there is none. */
import { describe, expect, test } from 'vitest'
import { figuresOf } from '../../src/main/engine/bench/export/figures.ts'
import type { PplRow } from '../../src/shared/evaluate.ts'
import { pplTables } from '../../src/shared/evaluateTables.ts'
import { drawPanels } from '../../src/shared/picture.ts'
import { ttftTables } from '../../src/shared/ttftTables.ts'
import { ttftRow } from '../helpers/ttftRow.ts'

type Given = Pick<PplRow, 'condition' | 'k' | 'p' | 'policy' | 'logPpl'>
const pplRow = (given: Given): PplRow => ({
  set: 'texts',
  n: 5,
  tokens: 50,
  ci: [given.logPpl - 0.1, given.logPpl + 0.1],
  gapClosed: null,
  ...given,
})
const compressed = (k: number, p: number, policy: PplRow['policy'], logPpl: number): PplRow =>
  pplRow({ condition: 'refrag', k, p, policy, logPpl })
const level = (condition: 'none' | 'full', logPpl: number): PplRow =>
  pplRow({ condition, k: null, p: null, policy: null, logPpl })

/** The picture read as XML. */
function read(svg: string): Document {
  const picture = new DOMParser().parseFromString(svg, 'image/svg+xml')
  expect(picture.querySelector('parsererror')).toBeNull()
  return picture
}
const words = (of: Document, which: string): readonly (string | null)[] =>
  [...of.querySelectorAll(which)].map(({ textContent }) => textContent)

describe('log-perplexity', () => {
  const rows = [
    level('none', 1),
    level('full', 0.5),
    compressed(8, 0, 'none', 0.7),
    ...(['learned', 'random'] as const).flatMap((policy, at) => [
      compressed(8, 0.1, policy, 0.6 + at / 10),
      compressed(8, 0.25, policy, 0.55 + at / 10),
    ]),
  ]
  const [figure] = figuresOf(pplTables({ rows, gaps: [], pairs: [] }))

  test('has a line for each policy, beginning at the one row of p = 0, and level lines beside', () => {
    const picture = read(figure?.svg ?? '')
    expect(words(picture, '.name')).toEqual(['k 8 learned', 'k 8 random', 'no context', 'full'])
    const lines = [...picture.querySelectorAll('polyline')].map((line) => line.getAttribute('points')?.split(' '))
    expect(lines.map((points) => points?.length)).toEqual([3, 3, 2, 2])
    // Both policies begin at the row of p = 0, and lower values stand lower.
    expect(lines[0]?.[0]).toBe(lines[1]?.[0])
    const height = (at: number): number => Number(lines[at]?.at(-1)?.split(',')[1])
    expect(height(2)).toBeLessThan(height(1))
    expect(height(1)).toBeLessThan(height(0))
    expect(height(0)).toBeLessThan(height(3))
  })

  test('has a whisker for each interval: three rows a line', () => {
    expect(read(figure?.svg ?? '').querySelectorAll('line:not(.grid)')).toHaveLength(6)
  })

  test('of many k and policies has a panel for each k', () => {
    const policies = ['learned', 'random', 'perplexity-descending', 'perplexity-ascending'] as const
    const many = [8, 16].flatMap((k) => [
      compressed(k, 0, 'none', 0.7),
      ...policies.map((policy) => compressed(k, 0.25, policy, 0.6)),
    ])
    const [drawn] = figuresOf(pplTables({ rows: many, gaps: [], pairs: [] }))
    expect(words(read(drawn?.svg ?? ''), '.title')).toEqual([
      'nats/token, texts, lower is better, k 8',
      'nats/token, texts, lower is better, k 16',
    ])
  })

  test('of a single p is no picture', () => {
    expect(figuresOf(pplTables({ rows: [compressed(8, 0, 'none', 0.7)], gaps: [], pairs: [] }))).toEqual([])
  })
})

test('time to first token stands beside the paper where it has a point', () => {
  const rows = [512, 2048, 3000].map((context) =>
    ttftRow({ context, k: 16, fullMs: context, refragMs: context / 8, paper: context === 3000 ? null : 2 }),
  )
  const [figure, ...more] = figuresOf(ttftTables(rows))
  expect(more).toEqual([])
  const picture = read(figure?.svg ?? '')
  expect(words(picture, '.name')).toEqual(['k 16', 'paper k 16', 'full', 'k 16'])
  expect(picture.querySelectorAll('.hollow')).toHaveLength(2)
  expect(figure?.svg).not.toMatch(/NaN|Infinity|undefined/)
})

test('values that are all the same, or not above 0, are drawn without a logarithm', () => {
  for (const ys of [
    [3, 3],
    [-1, 0, 2],
  ]) {
    const points = ys.map((y, x) => ({ x, y }))
    const svg = drawPanels(
      [{ title: 't', x: 'x', lines: [{ name: 'n', colour: '#000', kind: 'measured', points }] }],
      [],
    )
    expect(read(svg).querySelectorAll('circle')).toHaveLength(ys.length)
    expect(svg).not.toMatch(/NaN|Infinity/)
  }
  expect(drawPanels([{ title: 't', x: 'x', lines: [] }], [])).toBe('')
})
