/**
 * The training journey, on every door: a dry run, a run watched to its end, one that is kept, paused, gone on with and
 * discarded, two compared, one that diverges; and all is there after a reload.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { keepFault } from '../../src/main/engine/train/runFolder.ts'
import { Fault } from '../../src/shared/fault.ts'
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
    const fill = (label: string, value: number) => door.page.getByLabel(label, { exact: true }).fill(String(value))
    const finished = () => door.page.getByText('Finished', { exact: true }).waitFor({ timeout: 60_000 })

    test('data that cannot be trained on is refused with a remedy, and the settings stay', async () => {
      await door.page.keyboard.press(keysOf('train'))
      await door.page.getByText('No training yet.').waitFor()
      await expectAccessible(door.page)
      const short = join(door.folder, 'short.txt')
      await writeFile(short, 'Too short to train on.')
      await door.page.getByLabel('Training files').setInputFiles([short])
      await fill('Steps', 24)
      await door.page.getByRole('button', { name: 'Begin' }).click()
      await door.page.getByRole('alert').filter({ hasText: 'tokens in a row' }).waitFor()
      await expect.poll(() => door.page.getByLabel('Steps', { exact: true }).inputValue()).toBe('24')
      await door.page.getByRole('button', { name: 'Dismiss' }).click()
    })

    test('a dry run tells what the training will take and what of the data leaks, and grows stale', async () => {
      const sentence = 'The ferry to the outer islands leaves at nine and comes back well before dusk on most days. '
      const alike = join(door.folder, 'alike.txt')
      await writeFile(
        alike,
        Array.from({ length: 40 }, (_, i) => `${i}. ${sentence.repeat(4)}`).join('\n<|endoftext|>\n'),
      )
      await door.page.getByLabel('Training files').setInputFiles([alike])
      await fill('Sequences a step', 2)
      await fill('Longest context, tokens', 16)
      await fill('Predicted tokens', 8)
      const dry = door.page.getByRole('region', { name: 'Dry run' })
      await door.page.keyboard.press('Control+Shift+Enter')
      await dry.getByText('for 24 steps').waitFor({ timeout: 60_000 })
      await dry.getByText(/^(\d+) of \1 held out shares? a run$/).waitFor()
      await expect.poll(() => dry.getByText(/alike\.txt, document \d+ with alike\.txt, document \d+: /).count()).toBe(1)
      await expectAccessible(door.page)
      await door.page.getByRole('button', { name: 'Use synthetic' }).click()
      await dry.getByText('The settings have changed since.').waitFor()
      await door.page.getByText('No training yet.').waitFor()
    })

    test('a training is watched to its end and shows what it says of held-out texts', async () => {
      await door.page.keyboard.press('Control+Enter')
      await finished()
      await door.page.getByText(/^24 of 24 steps/).waitFor()
      await expect.poll(() => door.page.locator('.sample').count()).toBeGreaterThan(0)
      await door.page.getByRole('radio', { name: 'Table' }).click()
      await expect.poll(() => door.page.getByRole('row').filter({ hasText: 'stage' }).count()).toBeGreaterThan(20)
    })

    test('a bundle is made of it, said with its lineage and how to open it, and a name is not taken twice', async () => {
      const { page } = door
      await page.getByRole('button', { name: 'Make a bundle' }).click()
      const bundle = page.getByRole('article', { name: 'Bundle tiny mixed' })
      await bundle.getByText(/of step 24/).waitFor({ timeout: 30_000 })
      await bundle.getByText(/→ mixed, 24 steps, seed/).waitFor()
      await bundle.getByText(/^npm run refrag -- serve --open --bundle /).waitFor()
      await expect.poll(() => page.getByLabel('Bundle name').inputValue()).toBe('tiny mixed 2')
      // Who made it with the keyboard is where they were.
      await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe('Make a bundle')
      await page.getByLabel('Bundle name').fill('tiny mixed')
      await page.keyboard.press('Enter')
      await page.getByRole('alert').filter({ hasText: 'A bundle of this name is there already' }).waitFor()
      await expect.poll(() => page.getByLabel('Bundle name').inputValue()).toBe('tiny mixed')
      await page.getByRole('alert').getByRole('button', { name: 'Dismiss' }).click()
    })

    test.each(['light', 'dark'] as const)('the screen is accessible in the %s theme', async (colorScheme) => {
      await door.page.emulateMedia({ colorScheme })
      await expectAccessible(door.page)
    })

    test('a training keeps a checkpoint when asked, is paused, gone on with, compared, and discarded', async () => {
      const { page } = door
      const button = (name: string) => page.getByRole('button', { name, exact: true })
      await page.getByRole('radio', { name: 'Curves' }).click()
      await fill('Steps', 4000)
      await fill('Seed', 8)
      await page.keyboard.press('Control+Enter')
      await button('Checkpoint now').click()
      await page.getByText('checkpoint at step').waitFor({ timeout: 30_000 })
      await button('Pause').click()
      await page.getByText('Paused', { exact: true }).waitFor({ timeout: 30_000 })
      await page.getByRole('checkbox', { name: /^Compare mixed/ }).check()
      const compared = page.getByRole('region', { name: 'Comparison' })
      await compared.getByRole('row').filter({ hasText: /^seed/ }).waitFor()
      await page.getByRole('figure', { name: /^held out: the loss that is watched/ }).waitFor()
      await expectAccessible(page)
      await button('Resume').click()
      await button('Stop and discard').click()
      await page.getByRole('alertdialog').waitFor()
      await expectAccessible(page)
      await page.keyboard.press('Escape')
      await button('Stop and discard').click()
      await page.getByRole('alertdialog').getByRole('button', { name: 'Stop and discard' }).click()
      // The one before is looked at again, and it alone is left.
      await finished()
      await expect
        .poll(() =>
          page
            .getByRole('row')
            .filter({ hasText: /^mixed-/ })
            .count(),
        )
        .toBe(1)
    })

    test('a training that diverged is told as paused, with why, and offers to set up half the rate', async () => {
      const { page, folder } = door
      const button = (name: string) => page.getByRole('button', { name, exact: true })
      await page.keyboard.press('Control+Enter')
      await button('Pause').click()
      await page.getByText('Paused', { exact: true }).waitFor({ timeout: 30_000 })
      const id = await page.locator('tr[data-on] button').textContent()
      // Rates that make numbers overflow are beyond the field: what the engine keeps of such a run is put there by hand.
      const { code, message, remedy } = new Fault('training-diverged', 'At step 9 (stage 1) the loss is NaN.')
      await keepFault(join(folder, 'trainings', id ?? ''), { code, message, remedy })
      await page.reload()
      await seeEngine(page)
      await page.keyboard.press(keysOf('train'))
      const note = page.getByRole('alert').filter({ hasText: 'Paused: the training diverged.' })
      await note.getByText('At step 9 (stage 1) the loss is NaN.').waitFor({ timeout: 30_000 })
      await expectAccessible(page)
      await button('Set up at half the rate').click()
      await expect.poll(() => page.getByLabel('Peak learning rate').inputValue()).toBe('0.000025')
      await button('Discard').click()
      await page.getByRole('alertdialog').getByRole('button', { name: 'Discard' }).click()
      await finished()
    })

    test('after a reload the training is there with all that it told', async () => {
      await door.page.reload()
      await seeEngine(door.page)
      await door.page.keyboard.press(keysOf('train'))
      await finished()
      await door.page.getByRole('radio', { name: 'Table' }).click()
      await door.page.getByRole('row').filter({ hasText: /^24/ }).first().waitFor()
      expect(door.errors).toEqual([])
    })
  })
}
