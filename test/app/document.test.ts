/** Exported tables in a real browser: it opens alone, in both themes, without a violation of axe; and it prints. */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { chromium, type Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findBrowser } from '../../scripts/browser.ts'
import { writeTables } from '../../src/main/engine/bench/export/write.ts'
import { findPrinter } from '../../src/main/engine/bench/export/pdf.ts'
import { claimTables } from '../../src/shared/benchTables.ts'
import { ttftTables } from '../../src/shared/ttftTables.ts'
import { expectAccessible } from '../helpers/journey.ts'
import { ttftRow } from '../helpers/ttftRow.ts'

const found = await findBrowser()
const source = { command: 'npm run refrag -- bench claims --out DIR', bundle: 'tiny 0123', version: '0.1.0' }
const tables = [
  ...claimTables([
    {
      name: 'larger k is faster',
      statement: 'k = 32 answers sooner than k = 16.',
      paper: '9.2x and 16.5x',
      measure: 'TTFT of the one over that of the other',
      neutral: 1,
      source: 'ttft',
      trials: [
        { at: 'k 16 against 8', value: 1.8, ci: [1.7, 1.9], n: 9, verdict: 'holds' },
        { at: 'k 32 against 16', value: 0.98, ci: [0.9, 1.1], n: 9, verdict: 'cannot tell' },
      ],
      verdict: 'cannot tell',
    },
  ]),
  ...ttftTables([512, 2048].map((context) => ttftRow({ context, k: 8, p: 0, fullMs: context, refragMs: context / 8 }))),
].map((table) => ({ ...table, source }))

describe.skipIf(found === null)('in a browser', () => {
  let folder: string
  let browser: Browser
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'report-'))
    browser = await chromium.launch({ executablePath: found?.path ?? '', args: [...(found?.args ?? [])] })
  })
  afterAll(async () => {
    await browser.close()
    await rm(folder, { recursive: true })
  })

  test.each(['light', 'dark'] as const)(
    'it is accessible in the %s theme and asks for nothing',
    async (colorScheme) => {
      const path = join(folder, 'report.html')
      expect(await writeTables(tables, path, 'Claims of a test')).toEqual([path])
      const page = await browser.newPage({ colorScheme, viewport: { width: 1100, height: 900 } })
      const asked: string[] = []
      page.on('request', (request) => asked.push(request.url()))
      await page.goto(pathToFileURL(path).href)
      expect(await page.title()).toBe('Claims of a test')
      await expect.poll(() => page.locator('table').count()).toBe(6)
      await expect.poll(() => page.locator('.w svg').count()).toBeGreaterThan(2)
      expect(asked).toEqual([pathToFileURL(path).href])
      await page.evaluate(() => document.querySelector('meta[http-equiv]')?.remove())
      await expectAccessible(page)
      await page.close()
    },
  )

  test.skipIf(findPrinter() === null)('it prints as a PDF', { timeout: 90_000 }, async () => {
    const path = join(folder, 'report.pdf')
    await writeTables(tables, path, 'Claims of a test')
    const bytes = await readFile(path)
    expect(bytes.subarray(0, 5).toString()).toBe('%PDF-')
    expect(bytes.length).toBeGreaterThan(10_000)
  })
})
