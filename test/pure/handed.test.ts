/** Command lines of the system as things to open. */
import { resolve, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { handedBy, handLink, handPaths } from '../../src/main/desktop/handed.ts'

const here = resolve('/somewhere')
const all = (): boolean => true

test('a link, a session and documents, each once, relative to where the command was given', () => {
  const argv = [
    '--flag',
    'notes.md',
    'refrag://open?screen=runs',
    'work.refrag',
    `${here}${sep}notes.md`,
    '/data/a.csv',
  ]
  expect(handedBy(argv, here, all)).toEqual([
    { type: 'link', link: { screen: 'runs' } },
    { type: 'session', path: resolve(here, 'work.refrag') },
    { type: 'documents', paths: [resolve(here, 'notes.md'), resolve('/data/a.csv')] },
  ])
})

test('a file address is the path it names, and any other address is nothing', () => {
  const file = resolve(here, 'a b.txt')
  expect(handedBy([pathToFileURL(file).href, 'https://evil.test/a.txt', 'javascript:alert(1)'], here, all)).toEqual([
    { type: 'documents', paths: [file] },
  ])
})

test('flags and what is not there are nothing, and a dash behind -- is a name', () => {
  expect(handedBy(['--inspect=1', '-x', 'gone.txt'], here, () => false)).toEqual([])
  expect(handedBy(['--', '-odd.txt'], here, all)).toEqual([{ type: 'documents', paths: [resolve(here, '-odd.txt')] }])
})

test('a link that is none is told as refused, not as a file', () => {
  const long = `refrag://open?${'x'.repeat(4000)}`
  expect(handedBy(['refrag://delete?run=a'], here, all)).toEqual([{ type: 'refused', text: 'refrag://delete?run=a' }])
  expect(handLink(long)).toEqual({ type: 'refused', text: long.slice(0, 200) })
})

test('endings in capitals are endings', () => {
  expect(handPaths(['/a/B.REFRAG', '/a/c.TXT'])).toEqual([
    { type: 'session', path: '/a/B.REFRAG' },
    { type: 'documents', paths: ['/a/c.TXT'] },
  ])
  expect(handPaths([])).toEqual([])
})
