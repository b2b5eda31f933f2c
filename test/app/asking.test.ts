/** The main journey, on every door: demo, question, streamed answer, a chunk toggled by hand, undo, another k. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { doors, type OpenDoor } from '../helpers/doors.ts'
import { askQuestion, chunk, expansions, expectAccessible, openDemo, seeEngine, seeRun } from '../helpers/journey.ts'
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

    test('the demo opens and answers its first question', async () => {
      await openDemo(door.page)
      await askQuestion(door.page, 'Which alloy melts first?')
      const shown = await expansions(door.page)
      expect(shown.length).toBeGreaterThan(8)
      expect(shown.filter(Boolean)).toHaveLength(Math.floor(shown.length / 4))
    })

    test('a chunk toggled by hand is run so, and undo takes it back', async () => {
      const before = await expansions(door.page)
      const at = before.indexOf(false)
      await chunk(door.page, at).click()
      await seeRun(door.page)
      await expect.poll(() => expansions(door.page)).toEqual(before.map((expanded, index) => index === at || expanded))
      await chunk(door.page, at).focus()
      await door.page.keyboard.press('Control+z')
      await seeRun(door.page)
      await expect.poll(() => expansions(door.page)).toEqual(before)
    })

    test.each(['light', 'dark'] as const)('the bench is accessible in the %s theme', async (colorScheme) => {
      await door.page.emulateMedia({ colorScheme })
      await expectAccessible(door.page)
    })

    test('nothing was refused or thrown on the way', () => {
      expect(door.errors).toEqual([])
    })

    test('a crash of the engine leaves the answer on the page and the next question answered', async () => {
      const before = await expansions(door.page)
      door.killEngine()
      await door.page.getByRole('alert').filter({ hasText: 'The engine stopped' }).waitFor()
      await door.page.getByRole('alert').filter({ hasText: 'The engine stopped' }).waitFor({ state: 'detached' })
      await expect.poll(() => expansions(door.page)).toEqual(before)
      await askQuestion(door.page, 'Who wrote the letter?')
    })
  })
}
