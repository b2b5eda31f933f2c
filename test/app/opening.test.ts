/** Every door opens the page, shows the engine, and outlives its crash. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { doors, type OpenDoor } from '../helpers/doors.ts'
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
    })
    afterAll(() => door?.close())

    test('shows what engine it talks to, with nothing refused by its policy', async () => {
      await seeEngine(door.page)
      expect(await door.page.title()).toBe('REFRAG Workbench')
      expect(door.errors).toEqual([])
    })

    test('is accessible when it opens', async () => {
      await expectAccessible(door.page)
    })

    test('reaches nobody but its engine, and stays where it is', async () => {
      const refused = door.page.evaluate(() =>
        fetch('https://example.invalid/').then(
          () => 'reached',
          () => 'refused',
        ),
      )
      await expect(refused).resolves.toBe('refused')
      expect(door.errors.at(-1)).toMatch(/Content Security Policy/)
      if (door.menu === null) return
      const before = door.page.url()
      await door.page.evaluate(() => void (location.href = 'https://example.invalid/')).catch(() => {})
      await seeEngine(door.page)
      expect(door.page.url()).toBe(before)
    })

    test('looks over files that a person opens, says which it cannot read, indexes the others, and leads to the bench', async () => {
      const [good, bad] = [join(door.folder, 'letters.txt'), join(door.folder, 'picture.txt')]
      await writeFile(good, 'Ada wrote to Charles in 1843.\n\nThe engine was never built.\n')
      await writeFile(bad, Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 1, 2, 3]))
      await door.page.getByLabel('Open files').setInputFiles([good, bad])
      await door.page.getByRole('button', { name: 'Index 1 file' }).waitFor()
      await door.page.getByText(/ · 1 cannot be read · /).waitFor()
      await expectAccessible(door.page)
      await door.page.getByRole('button', { name: 'Index 1 file' }).click()
      await door.page.getByRole('button', { name: 'Ask a question' }).click()
      await door.page.getByRole('textbox', { name: 'Question' }).waitFor()
      if (door.menu === null) await door.page.getByRole('button', { name: 'Start', exact: true }).click()
      else door.menu('start')
      await seeEngine(door.page)
    })

    test('says that the engine stopped, and works again by itself', async () => {
      door.killEngine()
      await door.page.getByRole('alert').filter({ hasText: 'The engine stopped' }).waitFor()
      await door.page.getByRole('alert').filter({ hasText: 'The engine stopped' }).waitFor({ state: 'detached' })
      await seeEngine(door.page)
    })
  })
}
