/** A session over a day: changed, a snapshot taken, everything killed, found again; a second window that only looks; a file handed over. */
import { chromium, type Browser, type Page } from 'playwright-core'
import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { browser, openStandIn } from '../helpers/doors.ts'
import {
  askQuestion,
  chunk,
  expectAccessible,
  keepShot,
  keysOf,
  openDemo,
  seeEngine,
  seeRun,
} from '../helpers/journey.ts'
import { writeTinyBundle } from '../helpers/tinyBundle.ts'

let models: string
let home: string
beforeAll(async () => {
  models = await mkdtemp(join(tmpdir(), 'refrag-models-'))
  home = await mkdtemp(join(tmpdir(), 'refrag-sessions-'))
  await writeTinyBundle(models)
})
afterAll(async () => {
  await rm(models, { recursive: true })
  await rm(home, { recursive: true, force: true })
})

/** The browser door of `home`; `kill` ends server, engine and browser as a power cut would. */
async function openDoor() {
  const server = spawn(process.execPath, ['src/main/cli.ts', 'serve', '--json', '--home', home, '--bundle', models], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = await once(server.stdout, 'data')
  const { url }: { readonly url: string } = JSON.parse(String(line))
  const started = await chromium.launch({ executablePath: browser?.path ?? '', args: [...(browser?.args ?? [])] })
  const context = await started.newContext({ viewport: { width: 1360, height: 880 } })
  const window = async (): Promise<Page> => {
    const page = await context.newPage()
    await page.goto(url)
    await seeEngine(page)
    return page
  }
  return { window, server, started, kill: () => killAll(server, started) }
}

async function killAll(server: ChildProcess, started: Browser): Promise<void> {
  const hosts = execFileSync('pgrep', ['-P', String(server.pid)], { encoding: 'utf8' })
    .trim()
    .split('\n')
  for (const pid of [...hosts.map(Number), server.pid ?? 0]) process.kill(pid, 'SIGKILL')
  await once(server, 'exit')
  await started.close()
}

const mark = (page: Page) => page.locator('.session-mark')
const bothLooks = async (page: Page, what: string): Promise<void> => {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    await expectAccessible(page)
    await keepShot(page, `session-${what}-${colorScheme}`)
  }
  await page.emulateMedia({ colorScheme: 'light' })
}
const copied = (page: Page) =>
  page.locator('[data-chunk]').evaluateAll((tiles) => tiles.map((tile) => tile.getAttribute('aria-label')))

describe.skipIf(browser === null)('a session in a browser', () => {
  let door: Awaited<ReturnType<typeof openDoor>>
  let page: Page
  let file: string
  let stood: readonly (string | null)[]
  beforeAll(async () => {
    door = await openDoor()
    page = await door.window()
  })
  afterAll(() => killAll(door.server, door.started))

  test('the first question begins one, which keeps itself', async () => {
    await openDemo(page)
    await askQuestion(page, 'Which alloy melts first?')
    await mark(page).getByText('autosaved').waitFor()
    await page.keyboard.press(keysOf('snapshot'))
    await page.getByRole('textbox', { name: 'Name' }).fill('baseline')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await page.getByRole('textbox', { name: 'Question' }).blur()
    await chunk(page, 1).focus()
    await page.keyboard.press('Space')
    await seeRun(page)
    await page.getByRole('spinbutton', { name: 'seed' }).fill('11')
    await page.getByRole('spinbutton', { name: 'seed' }).blur()
    await mark(page).click()
    await page.getByRole('textbox', { name: 'Name' }).fill('Alloys')
    await page.keyboard.press('Enter')
    await mark(page).getByText('Alloys').waitFor()
  })

  test('the history names its steps, and tells the snapshot from the plan now', async () => {
    await page.keyboard.press(keysOf('history'))
    const steps = page.getByRole('region', { name: 'Steps' })
    await steps.getByRole('button', { name: 'seed 7 to 11 now' }).waitFor()
    await steps.getByRole('button', { name: /^(Flip|Expand|Compress) chunk 1$/ }).waitFor()
    await page.getByRole('button', { name: 'Compare baseline' }).click()
    const rows = page.getByRole('table', { name: 'Settings that differ' }).getByRole('rowheader')
    await expect
      .poll(() => rows.allTextContents())
      .toEqual([expect.stringMatching(/^(expanded|compressed) by hand$/), 'seed'])
    await bothLooks(page, 'history')
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
  })

  test('killed whole, it is found where it was, undo and snapshot included', async () => {
    await expect.poll(async () => mark(page).textContent()).toBe('Alloysautosaved')
    // A second after a change everything is kept, so says the mark; nothing is waited for beyond it.
    await page.waitForTimeout(1000)
    stood = await copied(page)
    await door.kill()
    door = await openDoor()
    page = await door.window()
    const list = page.getByRole('region', { name: 'Sessions' })
    await list.getByRole('button', { name: /^Alloys/ }).waitFor()
    await bothLooks(page, 'start')
    await list.getByRole('button', { name: /^Alloys/ }).click()
    await page.getByRole('textbox', { name: 'Question' }).waitFor()
    await expect.poll(() => copied(page)).toEqual(stood)
    await expect
      .poll(() => page.getByRole('textbox', { name: 'Question' }).inputValue())
      .toBe('Which alloy melts first?')
    await expect.poll(() => page.getByRole('spinbutton', { name: 'seed' }).inputValue()).toBe('11')
    await page.keyboard.press(keysOf('history'))
    await page.getByRole('button', { name: 'seed 7 to 11 now' }).waitFor()
    await page.getByRole('button', { name: 'Go to baseline' }).click()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await expect.poll(() => page.getByRole('spinbutton', { name: 'seed' }).inputValue()).toBe('7')
    await page.getByRole('button', { name: 'Undo: Go to “baseline”' }).click()
    await expect.poll(() => page.getByRole('spinbutton', { name: 'seed' }).inputValue()).toBe('11')
  })

  test('a second window only looks, follows, and takes over when the first is closed', async () => {
    const second = await door.window()
    await second.getByText('Read-only.').waitFor()
    await expect.poll(() => mark(second).textContent()).toBe('Alloysread-only')
    await expect.poll(() => second.getByRole('spinbutton', { name: 'seed' }).isDisabled()).toBe(true)
    await second.getByRole('textbox', { name: 'Question' }).waitFor()
    await page.getByRole('spinbutton', { name: 'seed' }).fill('23')
    await expect.poll(() => second.getByRole('spinbutton', { name: 'seed' }).inputValue()).toBe('23')
    await page.keyboard.press(keysOf('ask'))
    await seeRun(page)
    await seeRun(second)
    await bothLooks(second, 'looks')
    await page.close()
    await second.getByText('Read-only.').waitFor({ state: 'detached' })
    await second.getByRole('spinbutton', { name: 'seed' }).fill('31')
    await mark(second).getByText('autosaved').waitFor()
    page = second
  })

  test('a copy is saved as one file, and dropped again it opens', async () => {
    await page.keyboard.press(keysOf('save-copy'))
    const dialog = page.getByRole('dialog', { name: 'Save a copy' })
    await dialog.getByText('1 snapshot').waitFor()
    await bothLooks(page, 'copy')
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      dialog.getByRole('button', { name: 'Save a copy' }).click(),
    ])
    expect(download.suggestedFilename()).toBe('Alloys.refrag')
    file = join(home, 'Alloys.refrag')
    await download.saveAs(file)
    await page.keyboard.press(keysOf('start'))
    await page.getByLabel('Open files').setInputFiles(file)
    await mark(page).getByText('Alloys (copy)').waitFor()
    await expect.poll(() => page.getByRole('spinbutton', { name: 'seed' }).inputValue()).toBe('31')
    await page.keyboard.press(keysOf('start'))
    await page.getByRole('button', { name: 'Remove Alloys (copy)' }).click()
    await page.getByText('Alloys (copy) is removed. Its runs are kept.').waitFor()
    // What stands on the page makes no other session until it is changed.
    await page.waitForTimeout(500)
    await expect.poll(() => mark(page).count()).toBe(0)
    await page.getByRole('button', { name: 'Undo', exact: true }).click()
    await page.getByRole('button', { name: /^Alloys \(copy\)/ }).waitFor()
  })

  test('the desktop opens the file that the system hands over, and says that its index is not there', async () => {
    const desktop = await openStandIn(models, { args: [file] })
    try {
      await seeEngine(desktop.page)
      await mark(desktop.page).getByText('Alloys').waitFor({ timeout: 20_000 })
      await desktop.page.getByRole('spinbutton', { name: 'seed' }).waitFor()
      await expect.poll(async () => (await copied(desktop.page)).length).toBe(stood.length)
      // Its index stands in the other home, which this machine has: until that is gone.
      await rm(join(home, 'indexes'), { recursive: true })
      await desktop.page.reload()
      await desktop.page.getByText(/is not here/).waitFor()
      // The page before let go of the session when it was loaded again.
      await desktop.page.getByText('Read-only.').waitFor({ state: 'detached', timeout: 3000 })
      await bothLooks(desktop.page, 'missing')
    } finally {
      await desktop.close()
    }
  })
})
