/** Documents that are no text, on every door: opened by a person, asked about, and named by their page. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { docxOf, pdfOf } from '../helpers/documents.ts'
import { doors, type OpenDoor } from '../helpers/doors.ts'
import { askQuestion, expectAccessible, seeEngine } from '../helpers/journey.ts'
import { writeTinyBundle } from '../helpers/tinyBundle.ts'

/** A folder for screenshots, for whoever looks at them. */
const shots = process.env['REFRAG_SHOTS']

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

    test('a passage of a PDF is named by its page, and a scan says what to do', async () => {
      const { page, folder } = door
      const lines = ['The mayor of Kardova is Oda Rinn.', 'Seven mills stand on the Selm.']
      const files = {
        'atlas.pdf': pdfOf(lines.map((text) => [{ text }])),
        'letter.docx': docxOf([{ text: 'Harbours', heading: 1 }, { text: 'The harbour of Vel froze in 1734.' }]),
        'scan.pdf': pdfOf([[], []]),
      }
      for (const [file, bytes] of Object.entries(files)) await writeFile(join(folder, file), bytes)
      await page.getByLabel('Open files').setInputFiles(Object.keys(files).map((file) => join(folder, file)))
      await page.getByRole('button', { name: 'Index 2 files' }).waitFor()
      await expect.poll(() => page.getByText(/has no text layer: its 2 pages are a scan/).count()).toBe(1)
      await expect.poll(() => page.getByText(/Recognise its text first \(OCR\)/).count()).toBe(1)
      await expectAccessible(page)
      if (shots !== undefined) await page.screenshot({ path: join(shots, 'left-out.png') })
      await page.getByRole('button', { name: 'Index 2 files' }).click()
      await page.getByRole('button', { name: 'Ask a question' }).click()
      await askQuestion(page, 'mills on the Selm')
      await page
        .getByRole('group', { name: 'Stages' })
        .getByRole('button', { name: /Retrieve/ })
        .click()
      await page.getByText('atlas.pdf, page 2, line 1').first().waitFor()
      await page.getByText('letter.docx, lines 1 to 3').first().waitFor()
      await expectAccessible(page)
      if (shots !== undefined) await page.screenshot({ path: join(shots, 'retrieved.png') })
      expect(door.errors).toEqual([])
    }, 120_000)
  })
}
