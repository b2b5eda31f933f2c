/**
 * The frame, on every door and by keys alone where keys will do: palette, help, settings that last, jobs that are paused, the log
 * of a crash, a diagnostics file, the way back, links.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { doors, type OpenDoor } from '../helpers/doors.ts'
import { askQuestion, expectAccessible, keepShot, openDemo, seeEngine, keysOf } from '../helpers/journey.ts'
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
    const press = (keys: string) => door.page.keyboard.press(keys)
    const field = () => door.page.getByRole('combobox', { name: 'Search or run a command' })
    const command = async (words: string) => {
      await press('Control+k')
      await field().fill(words)
      await press('Enter')
    }
    const shot = (what: string) => keepShot(door.page, `${name.replaceAll(/\W+/g, '-')}-${what}`)
    const inBoth = async (what: string) => {
      for (const colorScheme of ['light', 'dark'] as const) {
        await door.page.emulateMedia({ colorScheme })
        await expectAccessible(door.page)
        await shot(`${what}-${colorScheme}`)
      }
    }

    test('the palette opens by keys, greys what cannot be done, and gives the focus back', async () => {
      const { page } = door
      await page.getByRole('button', { name: 'Bench', exact: true }).focus()
      await press('Control+k')
      await page.getByRole('option', { name: /^Run the plan Choose an index on the start screen first\./ }).waitFor()
      await press('Tab')
      await expect.poll(() => page.evaluate(() => document.activeElement?.closest('dialog') !== null)).toBe(true)
      await inBoth('palette')
      await press('Escape')
      await page.getByRole('dialog').waitFor({ state: 'detached' })
      await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe('Bench')
      await press('F1')
      await field().fill('gtr')
      await expect.poll(() => page.getByRole('option', { selected: true }).textContent()).toContain('Go to R')
      await press('Escape')
    })

    test('the help lists the keys of the screen that it is asked on', async () => {
      const { page } = door
      await press(keysOf('sweep'))
      await page.getByRole('heading', { name: 'Sweep', exact: true }).first().waitFor({ state: 'attached' })
      await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur())
      await press('?')
      const help = page.getByRole('dialog', { name: 'Keyboard shortcuts' })
      await help.waitFor()
      await expect
        .poll(() => help.getByRole('region').evaluateAll((all) => all.map((one) => one.getAttribute('aria-label'))))
        .toEqual(['Sweep', 'Heat maps', 'Everywhere'])
      await inBoth('help')
      await press('Escape')
    })

    test('settings show at once and are there again, on the same screen, after a reload', async () => {
      const { page } = door
      await command('settings')
      await page.getByRole('table', { name: 'What is kept on disk' }).waitFor()
      await inBoth('settings')
      await page.getByRole('radio', { name: 'Dark' }).click()
      await page.getByRole('radio', { name: 'Compact' }).click()
      await page.getByRole('radio', { name: 'Reduced' }).click()
      const look = () => page.evaluate(() => ({ ...document.documentElement.dataset }))
      const wanted = { theme: 'dark', density: 'compact', motion: 'reduced' }
      await expect.poll(() => look()).toEqual(wanted)
      await expect.poll(() => readFile(join(door.folder, 'settings.json'), 'utf8').catch(() => '')).toContain('reduced')
      await page.evaluate(() => localStorage.clear())
      await page.reload()
      await seeEngine(page)
      await expect.poll(look).toEqual(wanted)
      await expect.poll(() => page.getByRole('heading', { name: 'Settings' }).count()).toBe(1)
      await expectAccessible(page)
      await shot('settings-compact')
      await page.getByRole('radio', { name: 'Comfortable' }).click()
      await page.getByRole('radio', { name: 'As the system' }).first().click()
      await page.getByRole('textbox', { name: 'Search the keys' }).fill('palette')
      await page.getByText('No key fits.').waitFor()
    })

    test('threads wait for a restart, which the page outlives', async () => {
      const { page } = door
      await page.getByRole('checkbox', { name: /^one for each core/ }).uncheck()
      await page.getByLabel('threads', { exact: true }).fill('1')
      const restart = page.getByRole('button', { name: 'Restart the engine' })
      // A machine of one core runs on one thread already: then there is nothing to wait for.
      const waits = page.getByText('The engine must be restarted to run on 1 thread.')
      const runs = page.getByText('it runs on 1 thread now')
      await waits.or(runs).first().waitFor()
      if (await waits.isVisible()) await restart.click()
      await runs.waitFor({ timeout: 30_000 })
      await page.getByRole('checkbox', { name: /^one for each core/ }).check()
    })

    test('a job of the engine is listed with its count, and is paused from the list', async () => {
      const { page } = door
      await press(keysOf('start'))
      await openDemo(page)
      await askQuestion(page, 'Which alloy melts first?')
      await press('Control+j')
      const tray = page.getByRole('region', { name: 'Jobs' })
      await tray.getByText(/^done/).first().waitFor()
      await press(keysOf('train'))
      await page.getByLabel('Steps', { exact: true }).fill('5000')
      await press('Control+Enter')
      const row = tray.getByRole('listitem').filter({ hasText: 'Training mixed' })
      await row.getByText(/, \d+ of 5,000 steps · .* a (second|minute) · /).waitFor({ timeout: 60_000 })
      await page
        .getByRole('contentinfo')
        .getByText(/^1 job/)
        .waitFor()
      await inBoth('jobs')
      await row.getByRole('button', { name: 'Pause' }).click()
      await row.getByText(/^paused, /).waitFor({ timeout: 30_000 })
      await row.getByRole('button', { name: 'Dismiss' }).click()
      await row.waitFor({ state: 'detached' })
      await press('Control+j')
      await tray.waitFor({ state: 'detached' })
    })

    test('the way back leads through screens and selections, and leaves the plan', async () => {
      const { page } = door
      await press(keysOf('bench'))
      const tile = page.getByRole('button', { name: /^Chunk 2, / })
      await tile.focus()
      await expect.poll(() => page.url()).toContain('sel=chunk:2')
      await press(keysOf('runs'))
      await press('Alt+ArrowLeft')
      await page.getByRole('heading', { name: 'Chunk 2' }).waitFor()
      await press('Alt+ArrowLeft')
      await page.getByRole('heading', { name: 'Chunk 2' }).waitFor({ state: 'detached' })
      await expect
        .poll(() => page.getByRole('textbox', { name: 'Question' }).inputValue())
        .toBe('Which alloy melts first?')
      await press('Alt+ArrowRight')
      await page.getByRole('heading', { name: 'Chunk 2' }).waitFor()
    })

    test('a link opens a run and a selection and runs nothing; one that leads nowhere says so', async () => {
      const { page } = door
      const { hash } = new URL(page.url())
      await command('go to runs')
      const counted = () => page.locator('[data-run]').count()
      await page.locator('[data-run]').first().waitFor()
      const before = await counted()
      await page.goto(page.url().replace(/#.*/, hash.replace('chunk:2', 'chunk:1')))
      await page.reload()
      await page.getByRole('heading', { name: 'Chunk 1' }).waitFor({ timeout: 30_000 })
      await page.getByText(/^Run of .* The settings are those of the run\.$/).waitFor()
      await press(keysOf('runs'))
      await page.locator('[data-run]').first().waitFor()
      expect(await counted()).toBe(before)
      await page.evaluate((to) => void (location.hash = to), hash.replace('chunk:2', 'chunk:9999'))
      const beyond = page.getByRole('alert').filter({ hasText: 'Its chunk 9999 is not there: the run has ' })
      await beyond.getByRole('button', { name: 'Dismiss' }).click()
      await page.evaluate(() => void (location.hash = 'screen=bench&run=00000000-none&sel=chunk:1'))
      const note = page.getByRole('alert').filter({ hasText: 'There is no run 00000000-none here.' })
      await note.waitFor()
      await inBoth('link')
      await note.getByRole('button', { name: 'Dismiss' }).click()
    })

    test('the log has the crash in the door’s words; it is filtered, and a diagnostics file is shown before it is kept', async () => {
      const { page } = door
      door.killEngine()
      await page.getByRole('alert').filter({ hasText: 'The engine stopped' }).waitFor()
      await page.getByRole('alert').filter({ hasText: 'The engine stopped' }).waitFor({ state: 'detached' })
      await page.getByRole('contentinfo').getByRole('button', { name: /error/ }).click()
      await page
        .getByRole('log')
        .getByText(/^the engine stopped \(.+\) and is started again$/)
        .waitFor()
      await inBoth('log')
      await press('/')
      await page.keyboard.type('run-missing')
      await page.getByRole('log').getByText('runs.open: run-missing').waitFor()
      await expect.poll(() => page.getByRole('log').getByRole('listitem').count()).toBe(1)
      await press('Escape')
      await command('diagnostics')
      const dialog = page.getByRole('dialog', { name: 'Diagnostics file' })
      await dialog.getByText('versions, device, memory, disk, the loaded bundle').click()
      await dialog.getByText('"onnxruntime"').waitFor()
      await inBoth('diagnostics')
      if (name === 'browser door') {
        const [download] = await Promise.all([
          page.waitForEvent('download'),
          dialog.getByRole('button', { name: 'Save the file' }).click(),
        ])
        const text = await readFile(await download.path(), 'utf8')
        expect(Object.keys(JSON.parse(text))).toEqual(['made', 'engine', 'page', 'settings', 'places', 'jobs', 'log'])
        expect(text).not.toContain('alloy')
      } else await press('Escape')
      await dialog.waitFor({ state: 'detached' })
    })

    test('the menu does what the table says, and nothing was thrown', async () => {
      if (door.menu !== null) {
        door.menu('settings')
        await door.page.getByRole('heading', { name: 'Settings' }).waitFor()
        door.menu('palette')
        await field().waitFor()
        await press('Escape')
      }
      expect(door.errors.filter((text) => !/WebSocket/.test(text))).toEqual([])
    })
  })
}
