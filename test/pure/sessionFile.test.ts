/** Session files: read back equal, and hostile ones are one clear fault each. */
import fc from 'fast-check'
import { zipSync } from 'fflate'
import { describe, expect, test } from 'vitest'
import { unpackZip } from '../../src/main/engine/corpus/zip.ts'
import { packSession, readSession, type SessionFile } from '../../src/main/engine/serve/sessionFile.ts'
import { Fault } from '../../src/shared/fault.ts'
import { run } from '../page/sample.ts'
import { sessionBody } from '../helpers/sessionBody.ts'

const times = { made: '2026-11-26T05:00:00.000Z', changed: '2026-11-26T05:30:00.000Z' }
const file: SessionFile = {
  head: {
    format: 'refrag-session',
    version: 1,
    by: '0.1.0',
    session: { ...sessionBody('/idx', [run.id]), id: 'ab', name: 'Ä session', ...times },
    corpora: [{ path: '/idx', name: 'idx', hash: 'a'.repeat(64), passages: 3, embedded: 1 }],
  },
  runs: [{ run, marks: { star: true, tags: ['x'], note: 'n' } }],
  comparisons: [],
  texts: new Map([[0, '{"title":"t","text":"one\\ntwo"}\n']]),
}
const bytes = packSession(file)
const entries = (): Record<string, Uint8Array> => Object.fromEntries(unpackZip(bytes, 'f', () => true))
const json = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value))

/** The code of the fault that reading gives; null where it is read. */
function codeOf(hostile: Uint8Array): string | null {
  try {
    readSession(hostile, 'work.refrag')
    return null
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    return error.code
  }
}

test('what is packed is read back equal', () => expect(readSession(bytes, 'work.refrag')).toEqual(file))

describe('a file that is none of ours', () => {
  const cases: readonly (readonly [string, Uint8Array, string])[] = [
    ['text', new TextEncoder().encode('no zip'), 'file-damaged'],
    ['another zip', zipSync({ 'word/document.xml': json(1) }), 'file-damaged'],
    ['a head of a later version', zipSync({ ...entries(), 'session.json': json({ version: 2 }) }), 'bad-input'],
    ['no JSON', zipSync({ ...entries(), 'session.json': new TextEncoder().encode('{') }), 'file-damaged'],
    ['a run lost', zipSync({ 'session.json': entries()['session.json']! }), 'file-damaged'],
    ['a run under another id', zipSync({ ...entries(), 'runs/zz.json': json(file.runs[0]) }), 'file-damaged'],
    ['a corpus that is no documents', zipSync({ ...entries(), 'corpora/0.jsonl': json({ text: 1 }) }), 'file-damaged'],
    ['a bomb', zipSync({ ...entries(), 'runs/b.json': new Uint8Array(200 * 1024 * 1024) }), 'file-too-large'],
  ]
  test.each(cases)('%s is %3$s', (_, hostile, code) => expect(codeOf(hostile)).toBe(code))

  test('names that lead out of a folder are never looked at', () => {
    const hostile = zipSync({ ...entries(), 'runs/../../evil.json': json(1), __proto__: json({ polluted: true }) })
    expect(readSession(hostile, 'f')).toEqual(file)
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
  })
})

test('any bytes changed or cut give a fault or a session that is whole, never another error', () => {
  const change = fc.record({ at: fc.nat(bytes.length - 1), to: fc.nat(255) })
  fc.assert(
    fc.property(
      fc.array(change, { minLength: 1, maxLength: 8 }),
      fc.nat(bytes.length),
      fc.boolean(),
      (changes, end, cuts) => {
        const hostile = Uint8Array.from(bytes)
        for (const { at, to } of changes) hostile[at] = to
        const code = codeOf(cuts ? hostile.subarray(0, end) : hostile)
        expect([null, 'file-damaged', 'file-too-large', 'file-encrypted', 'bad-input']).toContain(code)
      },
    ),
    { seed: 7, numRuns: 300 },
  )
})

test('any JSON in place of any entry gives a fault, or is read as what it says', () => {
  fc.assert(
    fc.property(fc.constantFrom(...Object.keys(entries())), fc.jsonValue({ maxDepth: 4 }), (name, value) => {
      const code = codeOf(zipSync({ ...entries(), [name]: json(value) }))
      expect(code).toBe('file-damaged')
    }),
    { seed: 7, numRuns: 200 },
  )
})
