/** Adapters on the models screen: kept beside a decoder that is here, from a folder and from a Hub that stalls; merged as a base is imported. */
import { join } from 'node:path'
import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { adapterFiles, adapterFolder, pairOf } from '../helpers/adapterFolder.ts'
import { fixtures } from '../helpers/hubModel.ts'
import { commit, openHubServer, type HubServer } from '../helpers/hubServer.ts'
import { keepShot, keysOf, seeEngine } from '../helpers/journey.ts'
import { bringAxe, cutOff, violations } from '../helpers/looks.ts'
import { noJourney, startJourney, type Journey } from '../helpers/served.ts'

const query = 'model.layers.1.self_attn.q_proj'
const pair = pairOf(query, [64, 64])
const weights = 'adapter_model.safetensors'

const shapes = [
  { name: 'wide', size: { width: 1360, height: 880 }, colorScheme: 'light' },
  { name: 'wide-dark', size: { width: 1360, height: 880 }, colorScheme: 'dark' },
  { name: 'narrow', size: { width: 680, height: 880 }, colorScheme: 'light' },
] as const

describe.skipIf(noJourney !== null)(noJourney === null ? 'adapters' : `(skipped: ${noJourney})`, () => {
  let journey: Journey
  let hub: HubServer
  beforeAll(async () => {
    hub = await openHubServer([
      { id: 'lab/tuned', files: adapterFiles(pair, { base_model_name_or_path: 'lab/stories260K' }) },
      { id: 'lab/none', files: { 'config.json': '{}', 'model.safetensors': 'weights' } },
    ])
    journey = await startJourney()
    const page = journey.page()
    await seeEngine(page)
    await bringAxe(page)
    await page.keyboard.press(keysOf('models'))
    await button(page, 'Change').click()
    await page.getByLabel('Address', { exact: true }).fill(hub.url)
    await button(page, 'Set').click()
    await page.getByText(`${hub.url}, without a token`).waitFor()
    await page.getByRole('radio', { name: 'From a folder' }).click()
    await page.getByRole('textbox', { name: 'Path of the folder' }).fill(join(fixtures, 'stories260K'))
    await button(page, 'Look it over').click()
    await button(page, 'Import').click()
    await region(page, 'stories260K').waitFor()
  })
  afterAll(async () => {
    await journey?.close()
    await hub?.close()
  })

  const region = (page: Page, name: string) => page.getByRole('region', { name, exact: true })
  const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name, exact: true })
  const rowOf = (page: Page, name: string) => region(page, 'Imported models').getByRole('button', { name, exact: true })
  const form = (page: Page) => region(page, 'Adapter for stories260K')
  const adapterField = (page: Page) => form(page).getByRole('textbox', { name: 'Adapter', exact: true })
  const nameField = (page: Page) => form(page).getByRole('textbox', { name: 'Name' })

  async function look(name: string, at: Locator): Promise<void> {
    const page = journey.page()
    const problems: string[] = []
    for (const { name: shape, size, colorScheme } of shapes) {
      await page.emulateMedia({ colorScheme })
      await page.setViewportSize(size)
      await at.evaluate((part) => part.scrollIntoView())
      const found = [...(await violations(page, null)), ...(await cutOff(page))]
      problems.push(...found.map((each) => `${shape}: ${each}`))
      await keepShot(page, `adapters-${name}-${shape}`)
    }
    await page.emulateMedia({ colorScheme: 'light' })
    await page.setViewportSize(shapes[0].size)
    expect(problems).toEqual([])
  }

  test('by the keyboard: a form opens with the focus in it, says what is missing, and closes again', async () => {
    const page = journey.page()
    const details = region(page, 'stories260K')
    const open = details.getByRole('button', { name: 'Adapter…' })
    await open.focus()
    await page.keyboard.press('Enter')
    await expect.poll(() => adapterField(page).evaluate((field) => field === document.activeElement)).toBe(true)
    await expect.poll(() => nameField(page).inputValue()).toBe('stories260K-adapted')
    await expect.poll(() => button(page, 'Adapt').getAttribute('aria-disabled')).toBe('true')
    await look('empty', details)
    await nameField(page).fill('stories260K')
    await form(page).getByText('There is a model stories260K already.').waitFor()
    await form(page).getByRole('button', { name: 'Not now' }).click()
    await form(page).waitFor({ state: 'detached' })
    await expect.poll(() => open.evaluate((each) => each === document.activeElement)).toBe(true)
  })

  test('a folder that holds none is said and the form stays; one that does makes a model, which is shown', async () => {
    const page = journey.page()
    await region(page, 'stories260K').getByRole('button', { name: 'Adapter…' }).click()
    await adapterField(page).fill(join(fixtures, 'gpt2'))
    await page.keyboard.press('Enter')
    await form(page).getByText('stories260K was not adapted.').waitFor()
    await form(page)
      .getByText(/holds no adapter_config\.json/)
      .waitFor()
    await look('fault', form(page))
    await adapterField(page).fill(await adapterFolder(pair, { base_model_name_or_path: 'someone/Other-1B' }))
    await nameField(page).fill('beside')
    await button(page, 'Adapt').click()
    const made = region(page, 'beside')
    await made.getByText('LoRA of rank 4, alpha 6, on 1 matrix').waitFor()
    await made.getByText(/names someone\/Other-1B as its base/).waitFor()
    await expect.poll(() => rowOf(page, 'beside').evaluate((each) => each === document.activeElement)).toBe(true)
    // It has an adapter already.
    await expect.poll(() => made.getByRole('button', { name: 'Adapter…' }).count()).toBe(0)
    await look('beside', made)
  })

  test('one of the Hub is fetched first: stopped in the middle it is kept, and gone on with', async () => {
    const page = journey.page()
    await rowOf(page, 'stories260K').click()
    await region(page, 'stories260K').getByRole('button', { name: 'Adapter…' }).click()
    await adapterField(page).fill('lab/none')
    await button(page, 'Download and adapt').click()
    await form(page)
      .getByText(/lab\/none holds no adapter\./)
      .waitFor()
    await adapterField(page).fill('lab/tuned')
    await expect.poll(() => nameField(page).inputValue()).toBe('tuned')
    await form(page).getByRole('textbox', { name: 'Revision: branch, tag or commit' }).fill('v2')
    hub.trouble = (path, nth) => (path === weights && nth === 1 ? { type: 'slow', bytes: 40, everyMs: 100 } : null)
    await button(page, 'Download and adapt').click()
    await form(page).getByRole('progressbar').waitFor()
    await form(page)
      .getByText(/^download, /)
      .waitFor()
    await look('downloading', form(page))
    await form(page).getByRole('button', { name: 'Cancel' }).click()
    await form(page).getByText('It was stopped. What has come of a download is kept.').waitFor()
    await region(page, 'On the way')
      .getByText(/^paused, /)
      .waitFor()
    await look('stopped', form(page))
    await button(page, 'Download and adapt').click()
    const made = region(page, 'tuned')
    await made.getByText(`lab/tuned at ${commit}`).waitFor()
    await region(page, 'On the way').waitFor({ state: 'detached' })
    await look('tuned', made)
    const ranges = hub.asked.filter(({ path }) => path.endsWith(weights)).map(({ range }) => range)
    expect([ranges[0], ranges.length]).toEqual([undefined, 2])
    expect(ranges[1]).toMatch(/^bytes=\d+-$/)
    expect(hub.asked.some(({ path }) => path.includes('lab/tuned/revision/v2'))).toBe(true)
  })

  test('a base is looked over with an adapter of the Hub, and imported with it', async () => {
    const page = journey.page()
    await page.getByRole('textbox', { name: 'Path of the folder' }).fill(join(fixtures, 'stories260K'))
    await page.getByRole('textbox', { name: 'Adapter’s folder, or its id on the Hub' }).fill('lab/tuned')
    await button(page, 'Look it over').click()
    await region(page, 'Add a model').getByText('LoRA of rank 4, alpha 6, on 1 matrix').waitFor()
    await region(page, 'On the way')
      .getByText(/whole, an adapter/)
      .waitFor()
    await look('looked', region(page, 'Add a model'))
    await region(page, 'Add a model').getByRole('textbox', { name: 'Name' }).fill('merged')
    await button(page, 'Import').click()
    const made = region(page, 'merged')
    await made.getByText(`lab/tuned at ${commit}`).waitFor()
    await region(page, 'On the way').waitFor({ state: 'detached' })
    expect(journey.errors).toEqual([])
  })
})
