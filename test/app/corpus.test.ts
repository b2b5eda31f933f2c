/** The corpus on every door: files are looked over, indexed, read with their boundaries, searched, asked, and found again. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { doors, type OpenDoor } from '../helpers/doors.ts'
import { askQuestion, chunkWords, expectAccessible, seeEngine } from '../helpers/journey.ts'
import { writeTinyBundle } from '../helpers/tinyBundle.ts'

let models: string
beforeAll(async () => {
  models = await mkdtemp(join(tmpdir(), 'refrag-models-'))
  await writeTinyBundle(models)
})
afterAll(() => rm(models, { recursive: true }))

const lighthouse =
  '# Lighthouse\n\nThe lighthouse stands on the northern cliff. Its lamp was lit in 1871.\n\nThe keeper kept bees.\n'
const files: Readonly<Record<string, string>> = {
  'light.md': lighthouse,
  'copy.md': lighthouse,
  'rows.csv': 'name,body\nMill,The mill grinds rye.\nForge,The forge makes nails.\n',
  'broken.pdf': 'no pdf at all',
}

for (const { name, skip, open } of doors) {
  describe.skipIf(skip !== null)(skip === null ? name : `${name} (skipped: ${skip})`, () => {
    let door: OpenDoor
    beforeAll(async () => {
      door = await open(models)
      await seeEngine(door.page)
      for (const [file, text] of Object.entries(files)) await writeFile(join(door.folder, file), text)
    })
    afterAll(() => door?.close())
    const row = (of: string) => door.page.locator('.review-files > table > tbody > tr').filter({ hasText: of }).first()

    test('what is dropped is looked over first: copies are left out, and what cannot be read says why', async () => {
      const { page } = door
      await page.locator('#open-files').setInputFiles(Object.keys(files).map((file) => join(door.folder, file)))
      await page.getByRole('button', { name: 'Index 2 files' }).waitFor()
      await expect.poll(() => row('light.md').textContent()).toContain('1 passage, 108 characters')
      await expect.poll(() => page.getByRole('checkbox', { name: 'Take light.md' }).isChecked()).toBe(true)
      await expect.poll(() => page.getByRole('checkbox', { name: 'Take copy.md' }).isChecked()).toBe(false)
      await expect.poll(() => row('copy.md').textContent()).toContain('The very same bytes as light.md.')
      await expect.poll(() => page.getByRole('checkbox', { name: 'Take broken.pdf' }).isDisabled()).toBe(true)
      await expect.poll(() => row('broken.pdf').textContent()).toContain('broken.pdf')
      await expectAccessible(page)
    })

    test('columns are chosen beside the first records', async () => {
      const { page } = door
      await page.getByRole('button', { name: 'Columns of rows.csv' }).click()
      await page.getByRole('combobox', { name: 'text', exact: true }).selectOption('body')
      await page.getByRole('combobox', { name: 'title', exact: true }).selectOption('name')
      await page.getByRole('columnheader', { name: 'body text' }).waitFor()
      await page.getByRole('button', { name: 'Index 2 files' }).and(page.locator(':enabled')).waitFor()
      await expect.poll(() => row('rows.csv').textContent()).toContain('2 documents')
    })

    test('the index is made of the files taken; its documents are read with the chunks of any k', async () => {
      const { page } = door
      await page.getByRole('textbox', { name: 'Name' }).fill('Coast')
      await page.getByRole('button', { name: 'Index 2 files' }).click()
      const list = page.locator('.document-list')
      await list.getByText('Lighthouse').waitFor()
      await expect.poll(() => list.getByRole('button').count()).toBe(3)
      await list.getByText('Lighthouse').click()
      const text = page.getByRole('region', { name: 'Text of the document' })
      await text.getByText('northern cliff').first().waitFor()
      const pieces = () => page.locator('.reader-chunk').count()
      await expect.poll(pieces, { timeout: 20_000 }).toBeGreaterThan(2)
      const before = await pieces()
      const whole = await text.textContent()
      await page.getByRole('slider', { name: 'k', exact: true }).fill('4')
      await expect.poll(pieces).toBeGreaterThan(before)
      await expect.poll(() => text.textContent()).toBe(whole)
      await list.getByText('Mill').click()
      await text.getByText('grinds').first().waitFor()
    })

    test('the index is checked, and searched without the decoder', async () => {
      const { page } = door
      await page.getByRole('button', { name: 'Check the index' }).click()
      await page.getByText('All counts agree.').waitFor()
      await page.getByRole('searchbox', { name: 'Query' }).fill('northern lighthouse')
      await page.keyboard.press('Enter')
      const first = page.locator('.test-results li').first()
      await first.getByText('Lighthouse').waitFor()
      await expect.poll(() => first.textContent()).toMatch(/BM25 ↑/)
      await page.getByRole('searchbox', { name: /^Missed something/ }).fill('nails')
      await page.locator('.test-results').nth(1).getByText('Forge').waitFor()
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme })
        await expectAccessible(page)
      }
    })

    test('a chunk of an answer is shown where it stands in its document', async () => {
      const { page } = door
      await page.getByRole('button', { name: 'Ask a question' }).click()
      await askQuestion(page, 'Where is the lighthouse?')
      await page.locator('[data-chunk]').first().click()
      const chunk = await chunkWords(page)
      await page.getByRole('button', { name: 'Show in its document' }).click()
      const marked = page.locator('[data-marked]')
      await marked.first().waitFor()
      // The stretch is drawn whole, then cut at its chunks: elements found before the cut would be read behind it.
      await expect.poll(async () => (await marked.allTextContents()).join('').trim()).toBe(chunk)
      expect(door.errors).toEqual([])
    })
  })
}
