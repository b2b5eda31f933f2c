/** Models as a person brings them: from a Hub that cuts the line, from a folder, verified, paired with an encoder, removed. */
import { cp } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { adapterFolder, drawn } from '../helpers/adapterFolder.ts'
import { folderWith } from '../helpers/folder.ts'
import { wordPieces } from '../helpers/importedEncoder.ts'
import { fixtureModel, fixtures } from '../helpers/hubModel.ts'
import { openHubServer, type HubServer } from '../helpers/hubServer.ts'
import { keepShot, keysOf, seeEngine } from '../helpers/journey.ts'
import { bringAxe, cutOff, violations } from '../helpers/looks.ts'
import { noJourney, startJourney, type Journey } from '../helpers/served.ts'

/** Numbers a token of the GPT-2 fixture. */
const gpt2Width = 64

const shapes = [
  { name: 'wide', size: { width: 1360, height: 880 }, colorScheme: 'light' },
  { name: 'wide-dark', size: { width: 1360, height: 880 }, colorScheme: 'dark' },
  { name: 'narrow', size: { width: 680, height: 880 }, colorScheme: 'light' },
  { name: 'narrow-dark', size: { width: 680, height: 880 }, colorScheme: 'dark' },
] as const

describe.skipIf(noJourney !== null)(noJourney === null ? 'the models screen' : `(skipped: ${noJourney})`, () => {
  let journey: Journey
  let hub: HubServer
  beforeAll(async () => {
    hub = await openHubServer([
      fixtureModel('stories260K', 'mit', { downloads: 812_345, files: { 'pytorch_model.bin': 'a pickle' } }),
      fixtureModel('qwen2', 'apache-2.0', { gated: 'auto', downloads: 12 }),
      { id: 'lab/pickled', files: { 'config.json': '{}', 'pytorch_model.bin': 'a pickle' }, downloads: 3 },
    ])
    journey = await startJourney()
    await seeEngine(journey.page())
    await bringAxe(journey.page())
    await journey.page().keyboard.press(keysOf('models'))
  })
  afterAll(async () => {
    await journey?.close()
    await hub?.close()
  })

  const region = (page: Page, name: string) => page.getByRole('region', { name, exact: true })
  const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name, exact: true })

  /** In both themes, wide and narrow: nothing that axe finds, nothing without room. */
  async function look(name: string, at?: Locator): Promise<void> {
    const page = journey.page()
    const problems: string[] = []
    for (const { name: shape, size, colorScheme } of shapes) {
      await page.emulateMedia({ colorScheme })
      await page.setViewportSize(size)
      await at?.evaluate((part) => part.scrollIntoView())
      const found = [...(await violations(page, null)), ...(await cutOff(page))]
      problems.push(...found.map((each) => `${shape}: ${each}`))
      await keepShot(page, `models-${name}-${shape}`)
    }
    await page.emulateMedia({ colorScheme: 'light' })
    await page.setViewportSize(shapes[0].size)
    expect(problems).toEqual([])
  }

  test('with nothing imported, says how a model comes; the Hub is named', async () => {
    const page = journey.page()
    await page.getByText('None yet.').waitFor()
    await button(page, 'Change').click()
    await page.getByLabel('Address', { exact: true }).fill(hub.url)
    await button(page, 'Set').click()
    await page.getByText(`${hub.url}, without a token`).waitFor()
    await look('empty')
    await button(page, 'Change').click()
    expect(hub.asked).toEqual([])
  })

  test('a search lists, a look tells files, sizes and licence, and nothing of it is fetched', async () => {
    const page = journey.page()
    await page.getByRole('searchbox', { name: 'Words or an id' }).fill('lab')
    await button(page, 'Search').click()
    const found = page.getByRole('list', { name: 'Found by lab' })
    await found.getByRole('listitem').first().waitFor()
    await expect.poll(() => found.locator('strong').allTextContents()).toEqual(['lab/stories260K', 'lab/qwen2'])
    await look('found')
    await found.getByText('lab/stories260K').click()
    const shown = page.getByRole('article', { name: 'lab/stories260K' })
    await shown.getByText('4 files to fetch, 1.2 MB').waitFor()
    const text = (await shown.textContent()) ?? ''
    expect(text).toMatch(/LlamaForCausalLM/)
    expect(text).toMatch(/licencemit/)
    expect(text).toMatch(/A pickle file is left out/)
    await look('looked', region(page, 'Add a model'))
    expect(hub.asked.filter(({ path }) => path.endsWith('.safetensors'))).toEqual([])
  })

  test('the line is cut, the download is paused and goes on by range; whole, it is imported', async () => {
    const page = journey.page()
    hub.trouble = (path, nth) => {
      if (!path.endsWith('model.safetensors')) return null
      return nth === 1 ? { type: 'cut', after: 300_000 } : { type: 'slow', bytes: 20_000, everyMs: 100 }
    }
    await button(page, 'Download and import').click()
    const way = region(page, 'On the way')
    await way.getByRole('progressbar').waitFor()
    await way.getByText(/^download, \d+ kB of 1\.2 MB/).waitFor()
    await look('downloading', way)
    await button(page, 'Pause the download of lab/stories260K').click()
    await way.getByText(/^paused, /).waitFor()
    await look('paused', way)
    hub.trouble = () => null
    await button(page, 'Go on with the download of lab/stories260K').click()
    await region(page, 'Imported models')
      .getByRole('rowheader', { name: /^stories260K/ })
      .waitFor()
    const ranges = hub.asked.filter(({ path }) => path.endsWith('model.safetensors')).map(({ range }) => range)
    expect(ranges.length).toBeGreaterThan(2)
    expect(ranges[0]).toBeUndefined()
    expect(ranges.slice(1).every((range) => /^bytes=\d{6,}-$/.test(range ?? ''))).toBe(true)
    // The import has all of it.
    await way.waitFor({ state: 'detached' })
  })

  test('a model is verified', async () => {
    const page = journey.page()
    const details = region(page, 'stories260K')
    await details.getByRole('button', { name: 'Verify' }).click()
    const proofs = details.getByRole('list', { name: 'What was verified' })
    await proofs.waitFor()
    await expect.poll(() => proofs.locator('[data-holds="false"]').count()).toBe(0)
    await look('verified')
  })

  test('a benchmark that is cancelled leaves nothing; whole, it stands in the details, opened again too', async () => {
    const page = journey.page()
    const speed = page.getByRole('region', { name: 'Speed of stories260K' })
    await speed.getByText('Not timed yet.').waitFor()
    const repeats = speed.getByRole('spinbutton', { name: 'Repeats' })
    await repeats.fill('1000')
    await speed.getByRole('button', { name: 'Benchmark' }).click()
    await speed.getByRole('progressbar').waitFor()
    await speed.getByText(/^time, \d+ of 1,001 runs/).waitFor()
    await look('timing-speed', speed)
    await speed.getByRole('button', { name: 'Cancel' }).click()
    await speed.getByRole('progressbar').waitFor({ state: 'detached' })
    await speed.getByText('Not timed yet.').waitFor()
    await repeats.fill('3')
    await speed.getByRole('combobox', { name: 'Weights' }).selectOption('int8')
    await speed.getByRole('spinbutton', { name: 'Threads' }).fill('1')
    await speed.getByRole('button', { name: 'Benchmark' }).click()
    const row = speed.getByRole('table').locator('tbody tr')
    await row.waitFor({ timeout: 60_000 })
    const text = (await row.textContent()) ?? ''
    // The window of 512 leaves 496 positions before 16 tokens.
    expect(text).toMatch(/496 positions.*15 steps.*3CPU, int8, 1 thread/)
    await look('speed', speed)
    await button(page, 'Close').click()
    await button(page, 'stories260K').click()
    await expect.poll(() => speed.getByRole('table').locator('tbody tr').textContent()).toBe(text)
  })

  test('a bundle is timed too, its encoder with it', async () => {
    const page = journey.page()
    const pane = region(page, 'Bundles')
    await pane.getByRole('button', { name: 'Speed' }).click()
    await pane.getByRole('button', { name: 'Benchmark' }).click()
    const row = pane.getByRole('table', { name: /^Speeds/ }).locator('tbody tr')
    await row.waitFor({ timeout: 120_000 })
    await expect.poll(() => row.textContent()).toMatch(/512 positions.*15 steps.*128 chunks of 4.*3CPU/)
    await look('bundle-speed', pane)
  })

  test('the open bundle goes out of memory, the frame says so, and it is opened again', async () => {
    const page = journey.page()
    const pane = region(page, 'Bundles')
    const bar = page.locator('.status')
    // What the row of the bundle says, one after the other.
    await pane.locator('td[aria-live]').evaluate((cell) => {
      const said: (string | null)[] = []
      Object.assign(globalThis, { said })
      new MutationObserver(() => said.push(cell.textContent)).observe(cell, { characterData: true, subtree: true })
    })
    const said = () => page.evaluate(() => (globalThis as unknown as { said: string[] }).said)
    await pane.getByRole('button', { name: 'Unload' }).click()
    await pane.getByText(/^Nothing is loaded: .* is out of memory\./).waitFor()
    await bar.getByText('(not loaded)').waitFor()
    await expect.poll(said).toEqual(['unloading…', 'not loaded'])
    await look('unloaded', pane)
    await pane.getByRole('button', { name: 'Load' }).click()
    await pane.getByText(/^Nothing is loaded/).waitFor({ state: 'detached' })
    await bar.getByText('(not loaded)').waitFor({ state: 'detached' })
    await expect.poll(said).toEqual(['unloading…', 'not loaded', 'opening…', 'loaded'])
    await pane.getByRole('button', { name: 'Unload' }).waitFor()
  })

  test('a folder that is none says so; another is looked over and imported', async () => {
    const page = journey.page()
    await page.getByRole('radio', { name: 'From a folder' }).click()
    const path = page.getByRole('textbox', { name: 'Path of the folder' })
    await path.fill(fixtures)
    await button(page, 'Look it over').click()
    await page.getByText('It cannot be imported.').waitFor()
    await look('no-folder', region(page, 'Add a model'))
    await path.fill(join(fixtures, 'gpt2'))
    const [a, b] = [drawn([4, gpt2Width], 1), drawn([3 * gpt2Width, 4], 2)]
    const pair = { 'transformer.h.0.attn.c_attn.lora_A.weight': a, 'transformer.h.0.attn.c_attn.lora_B.weight': b }
    await page
      .getByRole('textbox', { name: 'Adapter’s folder, or its id on the Hub' })
      .fill(await adapterFolder(pair, { base_model_name_or_path: 'lab/gpt2' }))
    await button(page, 'Look it over').click()
    await page.getByText('GPT2LMHeadModel, a decoder').waitFor()
    await page.getByText('LoRA of rank 4, alpha 6, on 1 matrix').waitFor()
    await look('folder', region(page, 'Add a model'))
    await button(page, 'Import').click()
    await region(page, 'Imported models').getByRole('rowheader', { name: /^gpt2/ }).waitFor()
    await region(page, 'Fit together').getByText('no tokenizer').waitFor()
    const details = region(page, 'gpt2')
    await details.getByText('LoRA of rank 4, alpha 6, on 1 matrix').waitFor()
    await details.getByText('lab/gpt2').waitFor()
    await look('adapted', details)
    await page.getByRole('textbox', { name: 'Adapter’s folder, or its id on the Hub' }).fill('')
  })

  test('a decoder is paired: what that takes first, then the bundle', async () => {
    const page = journey.page()
    const pane = region(page, 'Pair a decoder')
    await pane.getByRole('combobox', { name: 'Decoder' }).selectOption('gpt2')
    await pane.getByText('gpt2 came without a tokenizer').waitFor()
    await pane.getByRole('combobox', { name: 'Decoder' }).selectOption('stories260K')
    await pane.getByRole('button', { name: 'Estimate' }).click()
    await pane.getByRole('progressbar').waitFor()
    await look('timing', pane)
    const ways = pane.getByRole('table', { name: 'What training takes' })
    await pane.getByText('untrained:').waitFor({ timeout: 120_000 })
    await expect.poll(() => ways.locator('tbody th').count()).toBeGreaterThan(1)
    await look('estimated', pane)
    await pane.getByRole('button', { name: 'Make the bundle' }).click()
    await pane.getByText(/is made, in/).waitFor({ timeout: 120_000 })
    await look('made', pane)
  })

  test('an imported encoder reads the chunks in place of a small one; one that cannot says why', async () => {
    const page = journey.page()
    const folder = await folderWith({ 'tokenizer.json': JSON.stringify(wordPieces) })
    await cp(join(fixtures, 'bert'), folder, { recursive: true })
    const path = page.getByRole('textbox', { name: 'Path of the folder' })
    const bare = join(fixtures, 'roberta')
    for (const [place, kind] of [
      [folder, 'BertModel'],
      [bare, 'RobertaModel'],
    ] as const) {
      await path.fill(place)
      await button(page, 'Look it over').click()
      await page.getByText(`${kind}, an encoder`).waitFor()
      await button(page, 'Import').click()
      await region(page, 'Imported models')
        .getByRole('rowheader', { name: new RegExp(`^${basename(place)}`) })
        .waitFor()
    }
    const pane = region(page, 'Pair a decoder')
    const choice = pane.getByRole('combobox', { name: 'Encoder' })
    await choice.selectOption('roberta')
    await pane.getByText('roberta came without a tokenizer.json').waitFor()
    await expect.poll(() => pane.getByRole('button', { name: 'Estimate' }).getAttribute('aria-disabled')).toBe('true')
    await choice.selectOption(basename(folder))
    await pane.getByText('A projector from 48 to 64, to be trained.').waitFor()
    await pane.getByRole('textbox', { name: 'Name of the bundle' }).fill('read by bert')
    await pane.getByRole('button', { name: 'Estimate' }).click()
    await pane.getByText('untrained: projector, policy, query-aware policy, embedder').waitFor({ timeout: 120_000 })
    await look('encoder', pane)
    await pane.getByRole('button', { name: 'Make the bundle' }).click()
    await pane.getByText('read by bert', { exact: true }).waitFor({ timeout: 120_000 })
  })

  test('a Hub that nobody answers for is said, and what was found before stays', async () => {
    const page = journey.page()
    await hub.close()
    await page.getByRole('radio', { name: 'From the Hub' }).click()
    const back = button(page, 'Back to the list')
    if (await back.isVisible()) await back.click()
    await page.getByRole('searchbox', { name: 'Words or an id' }).fill('stories')
    await button(page, 'Search').click()
    await page.getByText('The Hub was not searched.').waitFor()
    await page.getByText(/A model in a folder is imported without it/).waitFor()
    await expect.poll(() => page.getByRole('list', { name: 'Found by lab' }).isVisible()).toBe(true)
    await look('offline', region(page, 'Add a model'))
  })

  test('a model is removed after a question', async () => {
    const page = journey.page()
    await region(page, 'Imported models').getByRole('button', { name: 'gpt2', exact: true }).click()
    await region(page, 'gpt2').getByRole('button', { name: 'Remove…' }).click()
    const asked = page.getByRole('alertdialog', { name: 'Remove gpt2?' })
    await look('removing')
    await asked.getByRole('button', { name: 'Remove', exact: true }).click()
    await region(page, 'Imported models').getByRole('rowheader', { name: /^gpt2/ }).waitFor({ state: 'detached' })
  })

  test('while the engine is away what was shown stands, marked; back again, the models are there', async () => {
    await journey.served().stop()
    await journey.page().locator('.models [data-stale]').first().waitFor()
    await look('away')
    const page = await journey.openAgain()
    await seeEngine(page)
    await page.keyboard.press(keysOf('models'))
    const imported = region(page, 'Imported models')
    await imported.getByRole('rowheader', { name: /^stories260K/ }).waitFor()
    await expect.poll(() => imported.getByRole('rowheader', { name: /^gpt2/ }).count()).toBe(0)
    expect(journey.errors).toEqual([])
  })
})
