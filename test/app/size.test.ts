/** What a page must load before it can show anything stays small: charts come later. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'

const folder = join(import.meta.dirname, '../../out/renderer')

test('the first scripts of the page are under 300 kB of gzip', () => {
  const html = readFileSync(join(folder, 'index.html'), 'utf8')
  const files = [...html.matchAll(/(?:src|href)="\.?\/?([^"]+\.js)"/g)].map((match) => match[1] ?? '')
  expect(files.length).toBeGreaterThan(0)
  const bytes = files.map((file) => gzipSync(readFileSync(join(folder, file))).length)
  expect(bytes.reduce((sum, each) => sum + each, 0)).toBeLessThan(300_000)
})
