/** Reports: what they say, what they escape, what they leave out. */
import { expect, test } from 'vitest'
import { escape } from '../../src/main/engine/bench/export/page.ts'
import { toHtml } from '../../src/main/engine/bench/report/html.ts'
import { toMarkdown } from '../../src/main/engine/bench/report/markdown.ts'
import { reportOf } from '../../src/main/engine/bench/report/report.ts'
import { reportSections } from '../../src/shared/report.ts'
import type { Run } from '../../src/shared/run.ts'
import { run } from '../page/sample.ts'

const hostile = `<script>alert(1)</script> & "quotes" 'and' | pipes`
const options = { title: 'A <b>title</b>', text: true, sections: reportSections, made: '2026-11-26T00:00:00.000Z' }
function made(change: Partial<Run['plan']>, ttftMs: number, id: string): Run {
  return { ...run, id, plan: { ...run.plan, ...change }, timings: { ...run.timings, ttftMs } }
}

test('medians and quartiles stand by setting with their n, the lowest is named, and commands are said once', () => {
  const runs = [made({ k: 8 }, 10, 'a'), made({ k: 8 }, 20, 'b'), made({ k: 8 }, 40, 'c'), made({ k: 16 }, 8, 'd')]
  const report = reportOf(runs, [], options)
  expect(report.bars).toEqual([
    { label: 'k 8, p 0.4, learned', n: 3, median: 20, low: 15, high: 30 },
    { label: 'k 16, p 0.4, learned', n: 1, median: 8, low: 8, high: 8 },
  ])
  expect(report.summary).toContain('Lowest median TTFT: 8.0 ms (n 1) at k 16, p 0.4, learned.')
  expect(report.summary).toContain('Exact match in 4 of 4 runs with a gold answer.')
  expect(report.tables[1]?.rows[0]).toEqual(['k 8, p 0.4, learned', 3, 20, [15, 30], 0.2, 3, 3])
  expect(report.commands).toHaveLength(2)
  expect(report.commands[1]).toBe(
    `npm run refrag -- ask 'Which river?' --index /indexes/atlas --passages 4 --k 16 --p 0.4 --policy learned --seed 7 --max-tokens 32 --json`,
  )
})

test('tags and notes of runs stand in their table, and no column of them where there are none', () => {
  const runs = [made({ k: 8 }, 10, 'a'), made({ k: 16 }, 8, 'b')]
  const marks = new Map([['b', { star: true, tags: ['baseline', 'to read'], note: '' }]])
  const table = reportOf(runs, [], { ...options, marks }).tables[0]
  expect(table?.columns.map(({ key }) => key).slice(-2)).toEqual(['f1', 'tags'])
  expect(table?.rows.map((row) => row.at(-1))).toEqual(['', 'baseline, to read'])
  expect(toHtml(reportOf(runs, [], { ...options, marks }))).toContain('baseline, to read')
  expect(reportOf(runs, [], options).tables[0]?.columns.at(-1)?.key).toBe('f1')
})

test('nothing of a run is read as HTML', () => {
  const bad: Run = {
    ...made({ question: hostile, target: hostile, index: `/x/${hostile}` }, 10, 'a'),
    answer: hostile,
    passages: run.passages.map((passage) => ({ ...passage, title: hostile, text: hostile })),
    sensed: { ...run.sensed, metric: hostile },
    manifest: { ...run.manifest, cpu: hostile },
  }
  const html = toHtml(reportOf([bad, made({ k: 16 }, 8, 'b')], [], { ...options, title: hostile }))
  expect(html).not.toContain('<script')
  expect(html).not.toContain(`"quotes"`)
  expect(html.split(escape(hostile)).length).toBeGreaterThan(8)
  expect(escape(hostile)).toBe('&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;quotes&quot; &#39;and&#39; | pipes')
  const markdown = toMarkdown(reportOf([bad], [], options))
  expect(markdown).not.toMatch(/^(?!npm).*<script/m)
})

test('document text is left out on request, and the report says so', () => {
  const secret: Run = {
    ...run,
    passages: run.passages.map((passage) => ({ ...passage, title: 'SECRET', text: 'SECRET words' })),
    chunks: run.chunks.map((chunk) => ({ ...chunk, text: 'SECRET' })),
  }
  const told = reportOf([secret], [], options)
  expect(toHtml(told)).toContain('SECRET words')
  const silent = reportOf([secret], [], { ...options, text: false })
  for (const file of [toHtml(silent), toMarkdown(silent)]) {
    expect(file).not.toContain('SECRET')
    expect(file).toContain('left out on request')
  }
})

test('limits are those of the runs: reuse, cache, machines', () => {
  const reused: Run = {
    ...run,
    counts: { ...run.counts, reusedPositions: 4 },
    manifest: { ...run.manifest, cpu: 'other' },
  }
  const { limits } = reportOf([run, reused], [], options)
  expect(limits.join(' ')).toContain('1 of 2 runs reused positions')
  expect(limits.join(' ')).toContain('2 of 2 runs found chunk embeddings in the cache')
  expect(limits.join(' ')).toContain('more than one processor')
})

test('only the sections that were asked for are in it, in their order and numbered anew', () => {
  const runs = [made({ k: 8 }, 10, 'a'), made({ k: 16 }, 8, 'b')]
  const headings = (file: string, mark: RegExp): readonly (string | undefined)[] =>
    [...file.matchAll(mark)].map(([, heading]) => heading)
  const all = reportOf(runs, [], options)
  expect(headings(toHtml(all), /<h2>\d\. ([^<]*)</g)).toEqual([
    'Summary',
    'Set-up',
    'Tables',
    'Charts',
    'Examples',
    'Limits',
    'To make it again',
  ])
  const some = reportOf(runs, [], { ...options, sections: ['limits', 'tables'] })
  expect(headings(toHtml(some), /<h2>(\d\. [^<]*)</g)).toEqual(['1. Tables', '2. Limits'])
  expect(headings(toMarkdown(some), /^## (.*)$/gm)).toEqual(['Tables', 'Limits'])
})
