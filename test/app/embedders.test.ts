/** An imported embedder on every door: offered where an index is built, named where it is checked, used where it is searched. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { doors, type OpenDoor } from '../helpers/doors.ts'
import { importEmbedder } from '../helpers/importedEmbedder.ts'
import { wordPieces } from '../helpers/importedEncoder.ts'
import { expectAccessible, seeEngine } from '../helpers/journey.ts'
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
      await writeFile(join(door.folder, 'mayor.txt'), `The mayor of Kardova is Oda Rinn. ${'It is so. '.repeat(20)}`)
    })
    afterAll(() => door?.close())

    test('without imported models nothing is asked', async () => {
      const { page } = door
      await page.locator('#open-files').setInputFiles(join(door.folder, 'mayor.txt'))
      await page.getByRole('button', { name: 'Index 1 file' }).and(page.locator(':enabled')).waitFor()
      await expect.poll(() => page.getByRole('combobox', { name: 'Embedder' }).count()).toBe(0)
      await page.getByRole('button', { name: 'Cancel' }).first().click()
      await page.keyboard.press('Control+1')
    })

    test('an index is built by the one chosen, which the check of the index names with what it cut', async () => {
      const { page } = door
      await importEmbedder(door.folder, 'small-bert', {
        'tokenizer.json': wordPieces,
        'sentence_bert_config.json': { max_seq_length: 16 },
      })
      await page.locator('#open-files').setInputFiles(join(door.folder, 'mayor.txt'))
      await page.getByRole('button', { name: 'Index 1 file' }).and(page.locator(':enabled')).waitFor()
      await page.getByRole('combobox', { name: 'Embedder' }).selectOption('small-bert')
      await page
        .getByText('1 passages', { exact: true })
        .or(page.getByText('1 passage', { exact: true }))
        .waitFor()
      await expectAccessible(page)
      await page.getByRole('button', { name: 'Index 1 file' }).click()
      await page.getByText(/^small-bert, [0-9a-f]{12}$/).waitFor()
      await page.getByText('1 passage longer than the embedder’s 16 tokens').waitFor()
      await page.getByRole('searchbox', { name: 'Query' }).fill('who is mayor?')
      await page.keyboard.press('Enter')
      await page.locator('.test-results li').first().getByText('cosine').waitFor()
      expect(door.errors).toEqual([])
    })
  })
}
