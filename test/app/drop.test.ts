/** A folder of real documents of many formats, dropped: looked over, indexed, asked, and a chunk's place opened in its document. */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { askQuestion, chunkWords, keepShot, seeEngine } from '../helpers/journey.ts'
import { noJourney, startJourney, type Journey } from '../helpers/served.ts'

const folder = join(import.meta.dirname, '../../../shared/data/docs')
const skip = noJourney ?? (existsSync(folder) ? null : 'no shared/data/docs beside this checkout')

describe.skipIf(skip !== null)(skip === null ? 'documents dropped' : `(skipped: ${skip})`, () => {
  let journey: Journey
  beforeAll(async () => {
    journey = await startJourney()
    await seeEngine(journey.page())
  })
  afterAll(() => journey?.close())
  const shot = (name: string) => keepShot(journey.page(), `drop-${name}`)
  const names = skip === null ? readdirSync(folder) : []

  test('all of them are looked over; what cannot be read says why', async () => {
    const page = journey.page()
    await dropFiles(
      page,
      names.map((name) => join(folder, name)),
      () => shot('over'),
    )
    await page
      .getByRole('button', { name: /^Index \d+ files$/ })
      .and(page.locator(':enabled'))
      .waitFor({ timeout: 120_000 })
    const rows = page.locator('.review-files > table > tbody > tr')
    await expect.poll(() => rows.count()).toBe(names.length)
    const refused = rows.filter({ has: page.locator('.bad') })
    await expect
      .poll(() => refused.locator('th .unseen').allTextContents())
      .toEqual(['MEDRPT-2024-PAT-3847_medical_report_scan.pdf'])
    await expect
      .poll(() => refused.textContent())
      .toMatch(/has no text layer: its 3 pages are a scan.*Recognise its text first \(OCR\)/)
    await expect
      .poll(() => page.getByRole('textbox', { name: 'Name' }).inputValue())
      .toBe(`Emma and ${names.length - 2} more`)
    await shot('review')
  })

  test('the rest is indexed', async () => {
    const page = journey.page()
    await page.getByRole('textbox', { name: 'Name' }).fill('Documents')
    await page.getByRole('button', { name: `Index ${names.length - 1} files` }).click()
    await page.getByRole('region', { name: 'Index being made' }).waitFor()
    await page.locator('.document-list button').first().waitFor({ timeout: 170_000 })
    await page.getByRole('searchbox', { name: /^Find documents/ }).fill('ownership')
    await page.locator('.document-list').getByText('rust-ch04-01-ownership.md').first().waitFor()
    await shot('indexed')
  })

  test('a question brings passages, and a chunk is shown where it stands', async () => {
    const page = journey.page()
    await page.getByRole('button', { name: 'Ask a question' }).click()
    await askQuestion(page, 'What happens to a String when ownership moves to another variable?')
    await page
      .getByRole('group', { name: 'Stages' })
      .getByRole('button', { name: /Retrieve/ })
      .click()
    await page
      .getByText(/rust-ch04-01-ownership\.md, line/)
      .first()
      .waitFor()
    await shot('asked')
    await page.locator('[data-chunk]').first().click()
    const words = await chunkWords(page)
    await page.getByRole('button', { name: 'Show in its document' }).click()
    await page.locator('[data-marked]').first().waitFor()
    // The stretch is drawn whole, then cut at its chunks: elements found before the cut would be read behind it.
    await expect.poll(async () => (await page.locator('[data-marked]').allTextContents()).join('').trim()).toBe(words)
    await expect.poll(() => inSight(page)).toBe(true)
    await shot('source')
    expect(journey.errors).toEqual([])
  })
})

/** Drops files as a person does: over the window, held there, let go. */
async function dropFiles(page: Page, paths: readonly string[], held: () => Promise<void>): Promise<void> {
  await page.evaluate(() => {
    const input = Object.assign(document.createElement('input'), { type: 'file', multiple: true, id: 'held' })
    document.body.append(input)
  })
  await page.locator('#held').setInputFiles([...paths])
  const throwAt = (type: string) =>
    page.evaluate((name) => {
      const dataTransfer = new DataTransfer()
      const input = document.querySelector<HTMLInputElement>('#held')
      for (const file of input?.files ?? []) dataTransfer.items.add(file)
      document.body.dispatchEvent(new DragEvent(name, { dataTransfer, bubbles: true, cancelable: true }))
    }, type)
  await throwAt('dragenter')
  await page.getByText('Drop to look over before indexing').waitFor()
  await held()
  await throwAt('drop')
  await page.locator('#held').evaluate((input) => input.remove())
}

/** Whether what is marked lies within the reader's window. */
function inSight(page: Page): Promise<boolean> {
  return page
    .locator('[data-marked]')
    .first()
    .evaluate((mark) => {
      const window = mark.closest('.reader-text')?.getBoundingClientRect()
      const { top, bottom } = mark.getBoundingClientRect()
      return window !== undefined && top >= window.top && bottom <= window.bottom
    })
}
