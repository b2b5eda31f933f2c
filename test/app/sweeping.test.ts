/**
 * The sweep journey, on every door: a grid set up and tried, watched as its cells come, stopped, gone on with, drawn and read,
 * extended, taken to the bench, still there after a reload, deleted.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { doors, type OpenDoor } from '../helpers/doors.ts'
import { expectAccessible, seeEngine, keysOf } from '../helpers/journey.ts'
import { writeTinyBundle } from '../helpers/tinyBundle.ts'

let models: string
beforeAll(async () => {
  models = await mkdtemp(join(tmpdir(), 'refrag-models-'))
  await writeTinyBundle(models)
})
afterAll(() => rm(models, { recursive: true }))

for (const { name, skip, open } of doors) {
  describe.skipIf(skip !== null)(skip === null ? name : `${name} (skipped: ${skip})`, () => {
    let door: OpenDoor
    beforeAll(async () => {
      door = await open(models)
      await seeEngine(door.page)
    })
    afterAll(() => door?.close())
    const button = (label: string) => door.page.getByRole('button', { name: label, exact: true })
    const fill = (label: string, value: string) => door.page.getByLabel(label, { exact: true }).fill(value)
    const see = (text: string | RegExp) =>
      door.page.getByText(text, { exact: true }).first().waitFor({ timeout: 90_000 })
    const face = (label: string) => door.page.getByRole('radio', { name: label, exact: true }).click()
    /** The rows of the table of cells, by what they are. */
    const rows = async (): Promise<ReadonlyMap<string, string>> => {
      await face('Table')
      const texts = await door.page
        .getByRole('table', { name: 'Cells with their quartiles and intervals' })
        .locator('tbody tr')
        .evaluateAll((all) => all.map((row) => [...row.children].map(({ textContent }) => textContent)))
      await face('Maps')
      return new Map(texts.map(([cell, ...rest]) => [cell ?? '', rest.join(' ')]))
    }

    test('without a sweep the screen says what one is, and offers the demo', async () => {
      const { page } = door
      await page.keyboard.press(keysOf('sweep'))
      await page.getByText('No sweep yet.').waitFor()
      await expectAccessible(page)
      await button('Use the demo').last().click()
      await page.getByText('questions of the demo').waitFor({ timeout: 90_000 })
      await fill('p, fraction expanded', '0, 7')
      await page.getByText('Numbers from 0 to 1, parted by commas.').waitFor()
      await expectAccessible(page)
      await fill('p, fraction expanded', '0, 0.5')
      await fill('Passages read', '2')
      await fill('Asks of a case', '20')
      await see('7 cells, at most 1,680 asks')
    })

    test('an estimate is made from a few asks, and grows stale', async () => {
      const { page } = door
      await page.keyboard.press('Control+Shift+Enter')
      const estimate = page.getByRole('region', { name: 'Estimate' })
      await estimate.getByText(/^about |^under a second/).waitFor({ timeout: 60_000 })
      await fill('Asks of a case', '21')
      await estimate.getByText('The settings have changed since.').waitFor()
      await expectAccessible(page)
    })

    test('cells are drawn as they come; what was measured stays when the sweep is stopped, and is not measured again', async () => {
      const { page } = door
      await page.keyboard.press('Control+Enter')
      await page
        .getByText(/^measure, [1-6] of 7 cells · .* a (second|minute) · .* left · /)
        .waitFor({ timeout: 90_000 })
      await page.locator('td[data-state="running"]').first().waitFor()
      await button('Cancel').click()
      await see(/^[1-6] of 7 cells measured · partial$/)
      await expectAccessible(page)
      const before = await rows()
      expect(before.size).toBeGreaterThan(0)
      expect(before.size).toBeLessThan(7)
      await button('Resume').click()
      await see('7 of 7 cells measured')
      const after = await rows()
      expect(after.size).toBe(7)
      for (const [cell, values] of before) expect(timesOf(after.get(cell))).toBe(timesOf(values))
    })

    test('maps, lines and front show the same cells, and a cell its cases', async () => {
      const { page } = door
      const map = page.getByRole('grid', { name: 'TTFT, ms ↓' })
      await expect.poll(() => map.locator('td[data-state="done"]').count()).toBe(9)
      await map.locator('[data-at="0,0"]').focus()
      await page.keyboard.press('ArrowRight')
      await page.keyboard.press('Space')
      const cell = page.getByRole('region', { name: 'Cell: k 4, p 0.5, learned, 2 passages' })
      await expect.poll(() => cell.locator('tbody tr').count()).toBe(12)
      await page.getByRole('combobox', { name: /^quality/ }).selectOption('logPerplexityLess')
      const other = page.getByRole('grid', { name: 'log-perplexity less full context, nats a token ↓' })
      await expect.poll(() => other.locator('[aria-selected="true"]').getAttribute('data-at')).toBe('0,1')
      await face('Lines')
      await page.locator('.recharts-line').first().waitFor()
      await face('Front')
      await page.locator('.point').first().waitFor()
      await expect.poll(() => page.locator('.point').count()).toBe(7)
    })

    test.each(['light', 'dark'] as const)('every picture is accessible in the %s theme', async (colorScheme) => {
      const { page } = door
      await page.emulateMedia({ colorScheme })
      for (const each of ['Lines', 'Front', 'Table', 'Maps']) {
        await face(each)
        await expectAccessible(page)
      }
    })

    test('a sweep is extended: cells that are there stay, new ones come beside', async () => {
      const { page } = door
      const before = await rows()
      await button('Extend…').click()
      await page.getByText(/^Measured beside what/).waitFor()
      await expectAccessible(page)
      await fill('p, fraction expanded', '0.25')
      await page.keyboard.press('Control+Enter')
      await see('10 of 10 cells measured')
      const after = await rows()
      expect([...after.keys()].filter((cell) => !before.has(cell))).toEqual([
        'k 4, p 0.25, learned',
        'k 8, p 0.25, learned',
        'k 16, p 0.25, learned',
      ])
      for (const [cell, values] of before) expect(timesOf(after.get(cell))).toBe(timesOf(values))
    })

    test('all of it is there after a reload, a cell opens on the bench, and a sweep is deleted', async () => {
      const { page } = door
      const before = await rows()
      await page.reload()
      await seeEngine(page)
      await page.keyboard.press(keysOf('sweep'))
      await see('10 of 10 cells measured')
      await expect.poll(() => rows()).toEqual(before)
      await page.getByRole('grid', { name: 'exact match ↑' }).locator('[data-at="1,1"]').focus()
      await page.keyboard.press('Enter')
      await page.getByRole('textbox', { name: 'Question' }).waitFor()
      await expect.poll(() => page.getByRole('slider', { name: 'p' }).getAttribute('aria-valuetext')).toContain('25 %')
      await expect
        .poll(() => page.getByRole('radio', { name: '8', exact: true }).getAttribute('aria-checked'))
        .toBe('true')
      await page.keyboard.press(keysOf('sweep'))
      await page.getByRole('button', { name: /^Delete sweep-/ }).click()
      await page.getByRole('alertdialog').waitFor()
      await expectAccessible(page)
      await page.keyboard.press('Escape')
      await page.getByRole('button', { name: /^Delete sweep-/ }).click()
      await page.getByRole('alertdialog').getByRole('button', { name: 'Delete', exact: true }).click()
      await page.getByText('No sweep yet.').waitFor()
    })

    test('the page logged no error and its policy refused nothing', () => {
      expect(door.errors).toEqual([])
    })
  })
}

/** The front may move when cells come: what was measured may not. */
function timesOf(row: string | undefined): string | undefined {
  return row?.replace(/ (yes)? (done|failed|invalid)$/, '')
}
