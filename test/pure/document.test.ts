/** Tables as a document: what is in the file, that hostile text stays text, and intervals on one scale. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { toHtml } from '../../src/main/engine/bench/export/html.ts'
import { intervalsOf } from '../../src/main/engine/bench/export/whiskers.ts'
import { claimTables } from '../../src/shared/benchTables.ts'
import { columnsFor, tableOf, type Table } from '../../src/shared/table.ts'

type Row = { readonly name: string; readonly value: number; readonly ci: readonly [number, number] }
const columns = columnsFor<Row>()
const shape = [columns.text('name', 'name'), columns.number('value', 'value'), columns.interval('ci', '95 %')]
const tableWith = (rows: readonly Row[]): Table => tableOf('own', 'Own table.', shape, rows)
const head = { title: 'A report', made: '2026-11-26' }
const own = [
  { name: 'a', value: 1, ci: [0, 2] },
  { name: 'b', value: 4, ci: [3, 5] },
] as const

describe('the HTML', () => {
  test('holds every table with its caption, its values and the command that makes it', () => {
    const table = { ...tableWith(own), source: { command: 'npm run refrag -- eval ppl', version: '0.1.0' } }
    const html = toHtml([table, tableWith([])], head)
    expect(html).toContain('<h1>A report</h1>')
    expect(html).toContain('<b>Table 1.</b> Own table.')
    expect(html).toContain('<td class="n">4.000</td><td class="n">[3.000, 5.000]</td>')
    expect(html).toContain('npm run refrag -- eval ppl')
    expect(html).toContain('<dt>version</dt><dd>0.1.0</dd>')
    // A table without rows says nothing.
    expect(html).not.toContain('Table 2.')
  })

  test('fetches nothing and runs nothing, whatever the text of a table', () => {
    const hostile = fc.string({ unit: fc.constantFrom(...'<>"\'&/=`scriptonload:javx \n') })
    fc.assert(
      fc.property(hostile, hostile, (name, caption) => {
        const table = {
          ...tableWith([{ name, value: 1, ci: [0, 1] }]),
          caption,
          source: { command: name, [name]: caption },
        }
        const html = toHtml([table], { title: caption, made: name })
        const tags = [...html.matchAll(/<(\/?[a-z]+)/gi)].map(([, tag]) => tag)
        const plain = { ...tableWith([{ name: 'x', value: 1, ci: [0, 1] }]), source: { command: 'x', y: 'x' } }
        // The very tags of the same report with plain words.
        const expected = [...toHtml([plain], head).matchAll(/<(\/?[a-z]+)/gi)].map(([, tag]) => tag)
        expect(tags).toEqual(name === 'command' ? tags : expected)
        expect(html).not.toMatch(/<(script|img|iframe|link|object)\b/i)
      }),
      { seed: 7, numRuns: 300 },
    )
  })

  test('says a verdict in its own colour', () => {
    const claim = {
      name: 'curriculum helps',
      statement: 's',
      paper: 'p',
      measure: 'm',
      neutral: 0,
      source: 'curriculum' as const,
      trials: [{ at: 'k 8', value: -1, ci: [-2, -0.5] as [number, number], n: 5, verdict: 'does not' as const }],
      verdict: 'does not' as const,
    }
    const html = toHtml([...claimTables([claim])], head)
    expect(html.match(/<b class="does-not">does not<\/b>/g)).toHaveLength(2)
  })
})

describe('intervals', () => {
  test('lie on one scale for the whole table, with the neutral value where it is reached', () => {
    const found = intervalsOf(tableWith(own))
    expect(found?.column).toBe(2)
    expect(found?.scale).toBe('0.000 to 5.000')
    expect(found?.rows).toEqual([
      { low: 0, value: 0.2, high: 0.4, neutral: 0 },
      { low: 0.6, value: 0.8, high: 1, neutral: 0 },
    ])
    expect(intervalsOf(tableWith([{ name: 'a', value: 2, ci: [1, 3] }]))?.rows[0]?.neutral).toBeNull()
  })

  test('of claims lie on a scale for each claim, its neutral value always on it', () => {
    const claim = (name: string, neutral: number, value: number) => ({
      name,
      statement: '',
      paper: '',
      measure: '',
      neutral,
      source: 'ttft' as const,
      trials: [{ at: '', value, ci: [value - 0.1, value + 0.1] as [number, number], n: 3, verdict: 'holds' as const }],
      verdict: 'holds' as const,
    })
    const trials = claimTables([claim('ratio', 1, 9), claim('difference', 0, 0.2)])[1]
    const [ratio, difference] = (trials ? intervalsOf(trials)?.rows : null) ?? []
    expect([ratio?.neutral, ratio?.high, difference?.neutral, difference?.high]).toEqual([0, 1, 0, 1])
    expect(difference?.value).toBeCloseTo(2 / 3)
  })

  test('are left out where there are none, where all are one point, and of long tables', () => {
    expect(intervalsOf({ columns: tableWith(own).columns.slice(0, 2), rows: [['a', 1]] })).toBeNull()
    expect(intervalsOf(tableWith([{ name: 'a', value: 1, ci: [1, 1] }]))).toBeNull()
    expect(intervalsOf(tableWith(Array.from({ length: 81 }, () => own[0])))).toBeNull()
  })
})
