/** The what-if journey, on every door: a chunk by key, all of them, the best set, Shapley, contribution, tokens, stale results. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { doors, type OpenDoor } from '../helpers/doors.ts'
import { askQuestion, chunk, expectAccessible, openDemo, seeEngine, seeRun } from '../helpers/journey.ts'
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
    const pane = () => door.page.getByRole('region', { name: 'What if' })
    const inspector = () => door.page.getByRole('complementary', { name: 'Inspector' })
    const face = (label: string) => pane().getByRole('radio', { name: label, exact: true }).click()

    test('W on a chunk says what flipping it would change', async () => {
      await openDemo(door.page)
      await askQuestion(door.page, 'Which alloy melts first?')
      await chunk(door.page, 1).focus()
      await door.page.keyboard.press('w')
      await inspector().getByText('delta NLL ↓', { exact: true }).waitFor()
      await inspector().getByText('TTFT is measured').waitFor()
      await inspector()
        .getByText(/^Flips are not additive/)
        .waitFor()
    })

    test('Shift+W flips all others, and the strip is coloured by what came of it', async () => {
      const { page } = door
      await page.keyboard.press('Shift+W')
      const count = await page.locator('[data-chunk]').count()
      await pane()
        .getByText(new RegExp(`^${count} of ${count} chunks flipped`))
        .waitFor()
      await page.getByRole('combobox', { name: 'colour by' }).selectOption('delta NLL')
      await page.getByText(/^height: delta NLL if flipped ↓, .* nats\/token; up from the middle/).waitFor()
      await expect.poll(() => chunk(page, 0).getAttribute('aria-label')).toMatch(/delta NLL if flipped ↓ −?\d/)
      await expectAccessible(page)
    })

    test('best set and Shapley look at flips together; a best set is taken into the plan and undone', async () => {
      const { page } = door
      await face('Best set')
      await pane().getByRole('spinbutton', { name: 'flips, at most' }).fill('2')
      await pane().getByRole('button', { name: 'Search' }).click()
      await pane()
        .getByText(/^(As many flips as asked for|No other flip lowers)/)
        .waitFor()
      await face('Shapley')
      await pane().getByRole('spinbutton', { name: 'permutations' }).fill('3')
      await pane().getByRole('button', { name: 'Sample' }).click()
      await pane()
        .getByText(/^n 3 permutations/)
        .waitFor()
      await face('Best set')
      await pane()
        .getByRole('button', { name: /into the plan$/ })
        .click()
      await seeRun(page)
      // What was known belongs to the run before.
      await pane().getByText('of an earlier run; compute again for the one shown').waitFor()
      await chunk(page, 1).focus()
      // The run of the plan before is asked again; it stands there when another line tells of it.
      const line = () => page.getByText(/^Run of /).textContent()
      const before = await line()
      await page.keyboard.press('Control+z')
      await expect.poll(line).not.toBe(before)
      await seeRun(page)
    })

    test('a token of the answer shows on the strip which chunks it looks at', async () => {
      const { page } = door
      await page.getByRole('toolbar', { name: 'Tokens of the answer' }).getByRole('button').first().click()
      await page.getByRole('button', { name: 'Show where its attention goes' }).click()
      await page.getByText('attention of this token:').waitFor()
      await page.getByRole('button', { name: 'On the strip' }).click()
      await page.getByText(/^height: attention mass ↑, /).waitFor()
      await face('Contribution')
      await pane().getByRole('table').waitFor()
    })

    test.each(['light', 'dark'] as const)(
      'the bench with all of it is accessible in the %s theme',
      async (colorScheme) => {
        const { page } = door
        await page.emulateMedia({ colorScheme })
        for (const label of ['Flips', 'Best set', 'Shapley', 'Contribution']) {
          await face(label)
          await expectAccessible(page)
        }
        await page.getByRole('combobox', { name: 'colour by' }).selectOption('contribution')
        await expectAccessible(page)
      },
    )

    test('nothing was refused or thrown on the way', () => {
      expect(door.errors).toEqual([])
    })
  })
}
