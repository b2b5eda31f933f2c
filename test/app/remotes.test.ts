/** A decoder elsewhere, by hand: its host is confirmed in the settings, the plan names it, and the run says where it was decoded. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Locator, Page } from 'playwright-core'
import type { Parts } from '../../src/main/engine/parts.ts'
import { servedModel, startDecodeServer, type DecodeServer } from '../helpers/decodeServer.ts'
import { askQuestion, expectAccessible, keepShot, keysOf, openDemo, seeRun } from '../helpers/journey.ts'
import { noJourney, startJourney, type Journey } from '../helpers/served.ts'
import { tinyParts } from '../helpers/tinyBundle.ts'

const key = 'sk-typed-on-the-page'
let journey: Journey
let theirs: Parts
let server: DecodeServer

beforeAll(async () => {
  if (noJourney !== null) return
  theirs = await tinyParts()
  server = await startDecodeServer(theirs, { key })
  journey = await startJourney()
})
afterAll(async () => {
  if (noJourney !== null) return
  await journey.close()
  await server.close()
  await theirs.close()
})

const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name, exact: true })
async function shots(page: Page, name: string): Promise<void> {
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme })
    await keepShot(page, `${name}-${scheme}`)
  }
}

/** Changes the server `gpu` in its form, and waits until it is kept. */
async function change(page: Page, type: (form: Locator) => Promise<void>): Promise<void> {
  await button(page, 'Change gpu').click()
  const form = page.getByRole('form', { name: 'Change gpu' })
  await type(form)
  await button(page, 'Keep gpu').click()
  await page.getByRole('form', { name: 'Add a server' }).waitFor()
}

test.skipIf(noJourney !== null)(
  'a host is confirmed, the plan names it, and its run is marked wherever it is shown',
  async () => {
    const page = journey.page()
    await openDemo(page)
    await askQuestion(page, 'Which alloy melts first?')
    const here = await page.locator('.answer').innerText()
    // Without a server there is nothing to choose.
    await expect.poll(() => page.getByRole('combobox', { name: 'decoder' }).count()).toBe(0)

    await page.keyboard.press(keysOf('settings'))
    const pane = page.getByRole('region', { name: 'Decoders elsewhere' })
    await pane.getByText('No server yet.').waitFor()
    const form = pane.getByRole('form', { name: 'Add a server' })
    await form.getByLabel('address').fill('not an address')
    await form.getByLabel('model').fill(servedModel)
    await button(page, 'Add a server…').click()
    await pane.getByText('is no address of a server').waitFor()
    await form.getByLabel('address').fill(server.url)
    await form.getByLabel('name').fill('gpu')
    await form.getByLabel('key', { exact: true }).fill(key)
    await button(page, 'Add a server…').click()
    const dialog = page.getByRole('alertdialog', { name: `Send to ${server.host}?` })
    await dialog.getByText('from which their text can be read back').waitFor()
    await shots(page, 'remote-confirm')
    await expectAccessible(page)
    await button(page, 'Do not add it').click()
    await pane.getByText('No server yet.').waitFor()
    expect(server.seen).toEqual([])

    await button(page, 'Add a server…').click()
    await button(page, `Confirm ${server.host}`).click()
    const row = pane.getByRole('row', { name: /^gpu/ })
    await row.getByText('until the engine ends').waitFor()
    expect(server.seen).toEqual([])
    expect(await page.content()).not.toContain(key)
    await button(page, 'Check gpu').click()
    await pane.getByText(`${server.host} has ${servedModel}.`).waitFor()
    await pane.scrollIntoViewIfNeeded()
    await shots(page, 'remote-settings')
    await expectAccessible(page)

    // What it is sent and how long it may take are changed; its host is the one that was confirmed, and its key stays.
    await change(page, async (form) => {
      await expect.poll(() => form.getByLabel('address').inputValue()).toBe(server.url)
      await expect.poll(() => form.getByLabel('first token, s').inputValue()).toBe('120')
      await form.getByText('Seconds that the server may take, 0.1 to 3600').waitFor()
      await form.getByLabel('rows as').selectOption('f16')
      await form.getByLabel('first token, s').fill('45.5')
      await form.getByLabel('connect, s').fill('4000')
      await shots(page, 'remote-change')
      await expectAccessible(page)
    })
    await row.getByText('embeddings, f16').waitFor()
    await row.getByText('until the engine ends').waitFor()
    await change(page, async (form) => {
      await expect.poll(() => form.getByLabel('first token, s').inputValue()).toBe('45.5')
      // Out of its bounds it was not taken.
      await expect.poll(() => form.getByLabel('connect, s').inputValue()).toBe('10')
      await form.getByLabel('rows as').selectOption('f32')
    })
    await row.getByText('embeddings, f32').waitFor()
    expect(server.seen.map(({ path }) => path)).toEqual(['/v1/models'])
    // Another way to be asked is another question.
    await button(page, 'Change gpu').click()
    const changing = pane.getByRole('form', { name: 'Change gpu' })
    await changing.getByLabel('kind').selectOption('sglang')
    await button(page, 'Keep gpu').click()
    await dialog.getByText(`${server.url}/generate`).waitFor()
    await button(page, 'Do not change it').click()
    await button(page, 'Leave it as it was').click()
    await pane.getByRole('form', { name: 'Add a server' }).waitFor()

    await page.keyboard.press(keysOf('bench'))
    await page.getByRole('combobox', { name: 'decoder' }).selectOption('gpu')
    await page.getByText('Settings changed since this run').waitFor()
    await page.keyboard.press('Control+Enter')
    await seeRun(page)
    await page.getByText(`decoded elsewhere: vLLM at ${server.host}, ${servedModel}`).first().waitFor()
    await expect.poll(() => page.locator('.answer').innerText()).toBe(here)
    await page.getByText('wait for the server').waitFor()
    await shots(page, 'remote-bench')
    await expectAccessible(page)
    await page.getByRole('region', { name: 'What if' }).getByText('This run was decoded elsewhere.').waitFor()

    await page.keyboard.press(keysOf('runs'))
    await page.locator('[data-run]').first().getByText('by gpu, tiny').waitFor()
    await page.locator('[data-run]').first().getByText('alloy').click()
    await page.getByRole('complementary', { name: 'Run' }).getByText(`vLLM at ${server.host}`).waitFor()
    await shots(page, 'remote-runs')
    await expectAccessible(page)
    await button(page, 'Close').click()

    // A sweep is decoded there too: its form says what that leaves out, and its cells what was not measured.
    await page.keyboard.press(keysOf('sweep'))
    const sweep = page.getByRole('region', { name: 'Next sweep' })
    await sweep.getByRole('button', { name: 'Quick' }).click()
    await sweep.getByLabel('Cases of each set').fill('2')
    await sweep.getByRole('combobox', { name: 'Decoder' }).selectOption('gpu')
    await sweep.getByText('Log-perplexity is not measured').waitFor()
    await shots(page, 'remote-sweep-form')
    await expectAccessible(page)
    await button(page, 'Estimate').click()
    await sweep.getByText('From the first case').waitFor({ timeout: 60_000 })
    await page.keyboard.press('Control+Enter')
    await page
      .getByText(/10 of 10 cells measured/)
      .first()
      .waitFor({ timeout: 120_000 })
    await page.getByText(`decoded by gpu: vLLM at ${server.host}, ${servedModel}`).waitFor()
    await shots(page, 'remote-sweep')
    await expectAccessible(page)

    await page.keyboard.press(keysOf('settings'))
    await button(page, 'Forget gpu').click()
    await pane.getByText('No server yet.').waitFor()
    expect(journey.errors).toEqual([])
  },
)
