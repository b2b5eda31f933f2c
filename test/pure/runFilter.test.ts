/** The filter of the runs table: what each form finds, and what it says of a form that it cannot read. */
import { describe, expect, test } from 'vitest'
import { parseFilter } from '../../src/shared/runFilter.ts'
import type { RunSummary } from '../../src/shared/runs.ts'
import { summaryOf } from '../page/runSummary.ts'

const runs: readonly RunSummary[] = [
  summaryOf({ id: 'a', k: 8, p: 0.25, policy: 'learned', ttftMs: 40, tags: ['baseline'], note: 'first, of two words' }),
  summaryOf({ id: 'b', k: 16, p: 0.3, policy: 'learned-query', ttftMs: 60, exactMatch: false, star: true }),
  summaryOf({
    id: 'c',
    k: 16,
    p: 0,
    policy: 'none',
    ttftMs: 20,
    logPerplexity: null,
    exactMatch: null,
    answer: 'Selm',
  }),
  summaryOf({ id: 'd', k: 32, p: 1, policy: 'all', question: 'Was war der Fluß?', overrides: 2 }),
]

function found(filter: string): string {
  const read = parseFilter(filter)
  if (!read.ok) throw new Error(read.message)
  return runs
    .filter(read.test)
    .map(({ id }) => id)
    .join('')
}

describe('finds', () => {
  test.each([
    ['', 'abcd'],
    ['k:16', 'bc'],
    ['k=16', 'bc'],
    ['k:8,32', 'ad'],
    ['p<0.3', 'ac'],
    ['p<=0.3', 'abc'],
    ['p>=0.25 p<1', 'ab'],
    ['K:16 P<0.3', 'c'],
    ['policy:learned', 'a'],
    ['policy:learned*', 'ab'],
    ['-policy:learned*', 'cd'],
    ['-k:16', 'ad'],
    ['em:no', 'b'],
    ['em:yes', 'ad'],
    ['ppl:none', 'c'],
    ['ppl<100', 'abd'],
    ['star:yes', 'b'],
    ['tag:baseline', 'a'],
    ['note:"two words"', 'a'],
    ['note:"first, of"', 'a'],
    ['"of two"', 'a'],
    ['fluß', 'd'],
    ['selm', 'c'],
    ['forced>0', 'd'],
    ['k:16 selm', 'c'],
    ['constructor', ''],
  ])('%s', (filter, ids) => expect(found(filter)).toBe(ids))
})

describe('cannot read', () => {
  test.each([
    ['k:8 colour:red', 'colour:red', 'There is no field "colour"'],
    ['constructor:1', 'constructor:1', 'There is no field'],
    ['k:many', 'k:many', 'k is compared with a number, not "many".'],
    ['k:8,', 'k:8,', 'not ""'],
    ['p<', 'p<', 'A value is missing after p<'],
    ['p<0.1,0.2', 'p<0.1,0.2', 'takes one number'],
    ['policy<learned', 'policy<learned', 'policy is no number: use policy:value.'],
    ['em:maybe', 'em:maybe', 'em is yes or no'],
    ['note:"open', 'note:"open', 'A quote is not closed.'],
    ['-', '-', 'A minus stands before'],
  ])('%s', (filter, part, message) => {
    expect(parseFilter(filter)).toEqual({ ok: false, part, message: expect.stringContaining(message) })
  })
})
