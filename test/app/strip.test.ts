/** The strip's journey, on every door: zooms and the map, several chunks, locks and pins, an answer that goes on from an alternative. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { doors, type OpenDoor } from '../helpers/doors.ts'
import {
  askQuestion,
  chunk,
  expansions,
  expectAccessible,
  keepShot,
  openDemo,
  seeEngine,
  seeRun,
} from '../helpers/journey.ts'
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
    const zoom = () => door.page.getByRole('combobox', { name: 'zoom' })

    test('several chunks are selected by keys and by dragging, forced in one step, and freed by one undo', async () => {
      const { page } = door
      await openDemo(page)
      await askQuestion(page, 'Which alloy melts first?')
      const before = await expansions(page)
      await chunk(page, 2).focus()
      await page.keyboard.press('Shift+ArrowRight')
      await page.keyboard.press('Shift+ArrowRight')
      await page.getByRole('group', { name: 'Selected chunks' }).getByText('#2 to #4').waitFor()
      await page.keyboard.press('e')
      await seeRun(page)
      await expect.poll(async () => (await expansions(page)).slice(2, 5)).toEqual([true, true, true])
      await chunk(page, 4).focus()
      await page.keyboard.press('Control+z')
      await seeRun(page)
      await expect.poll(() => expansions(page)).toEqual(before)

      const [from, to] = [await chunk(page, 5).boundingBox(), await chunk(page, 7).boundingBox()]
      if (from === null || to === null) throw new Error('the chunks are not in sight')
      await page.mouse.move(from.x + 10, from.y + 40)
      await page.mouse.down()
      await page.mouse.move(to.x + 10, to.y + 40, { steps: 6 })
      await page.mouse.up()
      await page.getByRole('group', { name: 'Selected chunks' }).getByText('#5 to #7').waitFor()
      await expect.poll(() => expansions(page)).toEqual(before)
    })

    test('locked chunks are left alone, pinned ones marked; both are told', async () => {
      const { page } = door
      await chunk(page, 5).focus()
      await page.keyboard.press('l')
      await page.keyboard.press('p')
      await page.keyboard.press('Shift+ArrowRight')
      await page.keyboard.press('Shift+ArrowRight')
      await page.getByRole('button', { name: /^Expand 2/ }).waitFor()
      await expect.poll(() => chunk(page, 5).getAttribute('aria-label')).toMatch(/, locked, pinned, selected$/)
      await expectAccessible(page)
      await keepShot(page, `strip-bulk-${name.slice(0, 7)}`)
    })

    test.each(['light', 'dark'] as const)(
      'every zoom is accessible and keeps the chunk at hand in the %s theme',
      async (colorScheme) => {
        const { page } = door
        await page.emulateMedia({ colorScheme })
        await chunk(page, 7).focus()
        for (const level of ['minimap', 'cards', 'text', 'tiles']) {
          await zoom().selectOption(level)
          await chunk(page, 7).waitFor()
          await expectAccessible(page)
          await keepShot(page, `strip-${level}-${colorScheme}-${name.slice(0, 7)}`)
        }
        await chunk(page, 7).focus()
        await page.keyboard.press('-')
        await expect.poll(() => page.locator('[data-chunk]').count()).toBe(1)
        await page.keyboard.press('ArrowLeft')
        await chunk(page, 6).waitFor()
        await page.keyboard.press('=')
        await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute('data-chunk'))).toBe('6')
      },
    )

    test('the answer goes on from an alternative, says that it is a branch, and is let go again', async () => {
      const { page } = door
      const answer = page.getByRole('toolbar', { name: 'Tokens of the answer' })
      const words = () =>
        answer
          .getByRole('button')
          .evaluateAll((tokens) => tokens.map((token) => token.getAttribute('aria-label') ?? ''))
      const before = await words()
      await answer.getByRole('button').nth(2).focus()
      await page.keyboard.press('2')
      await page.getByText('A branch: the first 3 tokens were given.').waitFor()
      await seeRun(page)
      const branch = await words()
      expect(branch.slice(0, 2)).toEqual(before.slice(0, 2).map((label) => `${label}, given`))
      expect(branch[2]).toMatch(/, given$/)
      expect(branch[3]).not.toMatch(/, given$/)
      await answer.getByRole('button').nth(2).focus()
      const taken = page.getByRole('list', { name: /^Alternatives/ }).getByRole('listitem')
      // Of a toy's even probabilities two may change places from run to run: which rank it has is not for here.
      const ranks = await taken.evaluateAll((items) =>
        items.flatMap((item, at) => (item.hasAttribute('data-taken') ? [at] : [])),
      )
      expect(ranks).toHaveLength(1)
      await expectAccessible(page)
      await keepShot(page, `strip-branch-${name.slice(0, 7)}`)
      await page.getByRole('button', { name: 'Let it begin freely' }).click()
      await page.getByText('A branch:').waitFor({ state: 'detached' })
      await seeRun(page)
      await expect.poll(() => words()).toEqual(before)
    })

    test('nothing was refused or thrown on the way', () => {
      expect(door.errors).toEqual([])
    })
  })
}
