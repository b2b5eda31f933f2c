/** The page of parts in a real browser, as `npm run parts` serves it: axe on every look, and nothing of it in a build. */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { chromium, type Browser, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { serveParts, type ServedParts } from '../../scripts/servedParts.ts'
import { samples } from '../../src/renderer/gallery/samples.ts'
import { browser } from '../helpers/doors.ts'
import { keepShot } from '../helpers/journey.ts'
import { bringAxe, violations } from '../helpers/looks.ts'

const skip = browser === null ? 'no Chrome, Edge or Chromium on this machine' : null

describe.skipIf(skip !== null)(skip === null ? 'the page of parts' : `the page of parts (skipped: ${skip})`, () => {
  let served: ServedParts
  let started: Browser
  let page: Page
  const errors: string[] = []
  beforeAll(async () => {
    served = await serveParts()
    started = await chromium.launch({ executablePath: browser?.path ?? '', args: [...(browser?.args ?? [])] })
    page = await started.newPage({ viewport: { width: 1360, height: 880 } })
    page.on('pageerror', (error) => errors.push(error.message))
    page.on('console', (message) => message.type() === 'error' && errors.push(message.text()))
    await page.goto(served.url)
    await page.locator('[data-part]').first().waitFor()
    await bringAxe(page)
  })
  afterAll(async () => {
    await started?.close()
    await served?.stop()
  })

  test('shows every part and logs no error', async () => {
    const parts = await page
      .locator('[data-part]')
      .evaluateAll((all) => all.map((one) => one.getAttribute('data-part')))
    expect(parts).toEqual(Object.keys(samples))
    expect(errors).toEqual([])
  })

  test.each(['Light', 'Dark', 'High contrast', 'High contrast, dark'])('%s: axe finds nothing', async (look) => {
    await page.getByRole('radio', { name: look, exact: true }).click()
    expect(await violations(page, null)).toEqual([])
    await keepShot(page, `parts-${look.replaceAll(/\W+/g, '-')}`)
  })

  test('under forced colours, and in a window at 200 %, too', async () => {
    await page.getByRole('radio', { name: 'Light', exact: true }).click()
    await page.emulateMedia({ forcedColors: 'active' })
    expect(await violations(page, null)).toEqual([])
    await page.emulateMedia({ forcedColors: 'none' })
    await page.setViewportSize({ width: 680, height: 440 })
    expect(await violations(page, null)).toEqual([])
    const [room, taken] = await page.evaluate(() => [innerWidth, document.documentElement.scrollWidth])
    expect(taken).toBeLessThanOrEqual(room ?? 0)
  })
})

test('nothing of the page of parts is in a build', () => {
  const built = join(import.meta.dirname, '../../out/renderer')
  const files = globSync('**/*', { cwd: built })
  expect(files.filter((name) => /gallery/i.test(name))).toEqual([])
  const texts = globSync('**/*.{js,css}', { cwd: built }).map((name) => readFileSync(join(built, name), 'utf8'))
  expect(texts.length).toBeGreaterThan(0)
  expect(texts.filter((text) => text.includes('gallery-states'))).toEqual([])
})
