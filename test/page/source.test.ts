/** Where a text stands, as the page says it. */
import { expect, test } from 'vitest'
import { formatSource } from '../../src/renderer/parts/format.ts'

test('a source is named by its file, the part a person turns to, and the lines there', () => {
  const span = { file: '/home/a/atlas.pdf', lineFrom: 10, lineTo: 12 }
  expect(formatSource({ ...span, part: { unit: 'page', number: 3 } })).toBe('atlas.pdf, page 3, lines 10 to 12')
  expect(formatSource({ ...span, lineTo: 10 })).toBe('atlas.pdf, line 10')
})
