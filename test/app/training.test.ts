/** The training journey, on every door: settings, a run watched to its end, its samples, and it is there after a reload. */
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
      await seeEngine(door.page)
    })
    afterAll(() => door?.close())
    const fill = (label: string, value: number) => door.page.getByLabel(label, { exact: true }).fill(String(value))
    const finished = () => door.page.getByText('Finished', { exact: true }).waitFor({ timeout: 60_000 })

    test('data that cannot be trained on is refused with a remedy, and the settings stay', async () => {
      await door.page.keyboard.press('Control+3')
      await door.page.getByText('No training yet.').waitFor()
      await expectAccessible(door.page)
      const short = join(door.folder, 'short.txt')
      await writeFile(short, 'Too short to train on.')
      await door.page.getByLabel('Training files').setInputFiles([short])
      await fill('Steps', 24)
      await door.page.getByRole('button', { name: 'Begin' }).click()
      await door.page.getByRole('alert').filter({ hasText: 'tokens in a row' }).waitFor()
      expect(await door.page.getByLabel('Steps', { exact: true }).inputValue()).toBe('24')
      await door.page.getByRole('button', { name: 'Dismiss' }).click()
      await door.page.getByRole('button', { name: 'Use synthetic' }).click()
    })

    test('a training is watched to its end and shows what it says of held-out texts', async () => {
      await fill('Sequences a step', 2)
      await fill('Longest context, tokens', 16)
      await fill('Predicted tokens', 8)
      await door.page.keyboard.press('Control+Enter')
      await finished()
      await door.page.getByText(/^24 of 24 steps/).waitFor()
      expect(await door.page.locator('.sample').count()).toBeGreaterThan(0)
      await door.page.getByRole('radio', { name: 'Table' }).click()
      expect(await door.page.getByRole('row').filter({ hasText: 'stage' }).count()).toBeGreaterThan(20)
    })

    test.each(['light', 'dark'] as const)('the screen is accessible in the %s theme', async (colorScheme) => {
      await door.page.emulateMedia({ colorScheme })
      await expectAccessible(door.page)
    })

    test('after a reload the training is there with all that it told', async () => {
      await door.page.reload()
      await seeEngine(door.page)
      await door.page.keyboard.press('Control+3')
      await finished()
      await door.page.getByRole('radio', { name: 'Table' }).click()
      await door.page.getByRole('row').filter({ hasText: /^24/ }).first().waitFor()
      expect(door.errors).toEqual([])
    })
  })
}
