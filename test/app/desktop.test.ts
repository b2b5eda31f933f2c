/**
 * What the desktop is beyond its page, on the stand-in: files and links handed over, one instance, jobs in the taskbar, the question
 * before closing, an engine that puts its work away, the window's place, printing.
 */
import { once } from 'node:events'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { checkpointStep } from '../../src/main/engine/train/loop/checkpoint.ts'
import { browser, openStandIn, startStandIn, type OpenStandIn, type StandInOptions } from '../helpers/doors.ts'
import { openDemo, seeEngine, seeRun } from '../helpers/journey.ts'
import { writeTinyBundle } from '../helpers/tinyBundle.ts'

let models: string
let home: string
let door: OpenStandIn | null = null
beforeAll(async () => {
  models = await mkdtemp(join(tmpdir(), 'refrag-models-'))
  await writeTinyBundle(models)
})
afterAll(() => rm(models, { recursive: true }))
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'refrag-desktop-'))
})
afterEach(async () => {
  await door?.close()
  door = null
  await rm(home, { recursive: true, force: true, maxRetries: 5 })
})

async function open(options: StandInOptions = {}): Promise<OpenStandIn> {
  door = await openStandIn(models, { home, ...options })
  await seeEngine(door.page)
  return door
}

const goTo = (page: Page, screen: string) =>
  page.getByRole('navigation', { name: 'Screens' }).getByRole('button', { name: screen, exact: true }).click()

/** Begins a training of so many steps, small ones, on the synthetic sheets. */
async function train(page: Page, steps: number): Promise<void> {
  await goTo(page, 'Train')
  for (const [label, value] of [
    ['Steps', steps],
    ['Sequences a step', 2],
    ['Longest context, tokens', 16],
    ['Predicted tokens', 8],
  ] as const) {
    await page.getByLabel(label, { exact: true }).fill(String(value))
  }
  await page.keyboard.press('Control+Enter')
}

/** What the system shows of the desktop now. */
const shown = ({ inMain }: OpenStandIn) =>
  inMain(({ BrowserWindow, Notification, powerSaveBlocker }) => {
    const window = BrowserWindow.getAllWindows()[0]
    return {
      bar: window?.progress ?? -1,
      flashing: window?.flashing === true,
      focused: window?.isFocused() === true,
      minimized: window?.isMinimized() === true,
      awake: powerSaveBlocker.isStarted(1),
      notices: Notification.shown.map(({ title, body }) => `${title}: ${body}`),
    }
  })

/** Waits until the taskbar shows how far the work is, and no longer that it has just begun. */
const seeShare = (desktop: OpenStandIn) =>
  expect
    .poll(async () => (await shown(desktop)).bar, { timeout: 60_000 })
    .toSatisfy((bar: number) => bar > 0 && bar < 1)

/** Answers every dialog with a button from now on; what they said is kept. */
const answerWith = ({ inMain }: OpenStandIn, response: number) =>
  inMain(({ dialog }, given: number) => {
    const told = globalThis as unknown as { said?: string[] }
    told.said ??= []
    dialog.showMessageBox = async (_window, options) => {
      told.said?.push(`${(options as { readonly detail?: string }).detail}`)
      return { response: given, checkboxChecked: false }
    }
  }, response)
const said = ({ inMain }: OpenStandIn) => inMain(() => (globalThis as unknown as { said?: string[] }).said ?? [])
const close = ({ inMain }: OpenStandIn) => inMain(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close())

describe.skipIf(browser === null)('the desktop on the stand-in for Electron', () => {
  test('a job shows in the taskbar and keeps the system awake; closing asks, and each answer does what it says', async () => {
    const desktop = await open()
    await train(desktop.page, 5000)
    await seeShare(desktop)
    expect(await shown(desktop)).toMatchObject({ awake: true, notices: [] })

    await answerWith(desktop, 2)
    await close(desktop)
    expect((await said(desktop))[0]).toMatch(
      /^Training mixed: \d+ of 5000 steps\. Paused, it goes on later from there\.$/,
    )
    expect(await shown(desktop)).toMatchObject({ minimized: false, awake: true })

    await answerWith(desktop, 0)
    await close(desktop)
    expect(await shown(desktop)).toMatchObject({ minimized: true, awake: true })

    await answerWith(desktop, 1)
    await close(desktop)
    expect(await desktop.ended).toBe(0)
    const [id] = await readdir(join(home, 'trainings'))
    expect(checkpointStep(join(home, 'trainings', id ?? ''))).toBeGreaterThan(0)

    const again = await open()
    await goTo(again.page, 'Train')
    await again.page.getByText('Paused', { exact: true }).waitFor()
    expect(await shown(again)).toMatchObject({ bar: -1, awake: false })
  })

  test('a job that ends unseen is told, and leads back to the window; one that ends in sight is not', async () => {
    const desktop = await open()
    await desktop.inMain(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.minimize())
    await train(desktop.page, 3)
    await expect
      .poll(async () => (await shown(desktop)).notices, { timeout: 60_000 })
      .toEqual(['Training mixed: Finished.'])
    expect(await shown(desktop)).toMatchObject({ flashing: true, bar: -1, awake: false })
    await desktop.inMain(({ Notification }) => Notification.shown[0]?.emit('click'))
    expect(await shown(desktop)).toMatchObject({ focused: true, minimized: false, flashing: false })
    await train(desktop.page, 4)
    await desktop.page.getByText(/^4 of 4 steps/).waitFor({ timeout: 60_000 })
    await expect.poll(async () => (await shown(desktop)).awake).toBe(false)
    expect((await shown(desktop)).notices).toHaveLength(1)
  })

  test('an engine that dies takes its jobs off the taskbar', async () => {
    const desktop = await open()
    await train(desktop.page, 5000)
    await seeShare(desktop)
    desktop.killEngine()
    await expect.poll(() => shown(desktop)).toMatchObject({ bar: -1, awake: false })
  })

  test('without a job, closing the window ends the desktop and its engine in order', async () => {
    const desktop = await open()
    await close(desktop)
    expect(await desktop.ended).toBe(0)
  })

  test('a second start hands what it was given to the first, and ends', async () => {
    const desktop = await open()
    await desktop.inMain(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.minimize())
    await writeFile(join(home, 'letters.txt'), 'Ada wrote to Charles in 1843.\n\nThe engine was never built.\n')
    const args = [join(home, 'letters.txt'), 'refrag://open?screen=start', join(home, 'gone.txt')]
    const second = startStandIn(models, 0, home, { args })
    expect(await once(second, 'exit')).toEqual([0, null])
    await desktop.page.getByRole('checkbox', { name: 'Take letters.txt' }).waitFor()
    await expect.poll(() => desktop.page.getByRole('checkbox', { name: /^Take / }).count()).toBe(1)
    expect(await shown(desktop)).toMatchObject({ minimized: false, focused: true })
  })

  test('a link at the start is opened once the page stands; one while it runs at once; one that is none is explained', async () => {
    const desktop = await openStandIn(models, { home, args: ['refrag://open?screen=sweep'] })
    door = desktop
    const screen = (name: string) => desktop.page.locator(`[data-screen="${name}"]`).waitFor()
    await screen('sweep')
    const link = (url: string) =>
      desktop.inMain(({ app }, given: string) => void app.emit('open-url', { preventDefault: () => {} }, given), url)
    await link('refrag://open?screen=runs')
    await screen('runs')
    await link('refrag://delete?run=1')
    await desktop.page
      .getByRole('alert')
      .filter({ hasText: 'This is no link of the workbench: refrag://delete?run=1' })
      .waitFor()
  })

  test('a file that the system opens is reviewed, and put on its list of recent documents', async () => {
    const desktop = await open()
    const file = join(home, 'notes.md')
    await writeFile(file, '# Notes\n\nThe lighthouse stands on the northern cape.\n')
    const recent = await desktop.inMain(({ app }, path: string) => {
      const paths: unknown[] = []
      app.addRecentDocument = (...given: unknown[]) => void paths.push(...given)
      app.emit('open-file', { preventDefault: () => {} }, path)
      return paths
    }, file)
    expect(recent).toEqual([file])
    await desktop.page.getByRole('checkbox', { name: 'Take notes.md' }).waitFor()
  })

  test('what the system draws follows the theme of the page', async () => {
    const desktop = await open()
    const source = () => desktop.inMain(({ nativeTheme }) => nativeTheme.themeSource)
    expect(await source()).toBe('system')
    for (const [label, next] of [
      ['Theme: as the system', 'light'],
      ['Theme: light', 'dark'],
    ] as const) {
      await desktop.page.getByRole('button', { name: label }).click()
      await expect.poll(source).toBe(next)
    }
  })

  test('a page whose process dies is loaded again, but not for ever', async () => {
    const desktop = await open()
    const loads = () => desktop.page.evaluate(() => performance.timeOrigin)
    const crash = () =>
      desktop.inMain(({ BrowserWindow }) =>
        BrowserWindow.getAllWindows()[0]?.webContents.emit('render-process-gone', {}, { reason: 'crashed' }),
      )
    const first = await loads()
    await crash()
    await expect.poll(() => loads().catch(() => first)).toBeGreaterThan(first)
    await seeEngine(desktop.page)
    const second = await loads()
    await crash()
    await new Promise((resolve) => setTimeout(resolve, 500))
    expect(await loads()).toBe(second)
  })

  test.each([
    ['by Electron', '1'],
    ['by ourselves where Electron keeps none', '0'],
  ])('the window is put back where it was left, %s', async (_by, keeps) => {
    const env = { STAND_IN_KEEPS_STATE: keeps }
    const place = { x: 240, y: 180, width: 1000, height: 700 }
    const first = await open({ env })
    await first.inMain(
      ({ BrowserWindow }, bounds: typeof place) => BrowserWindow.getAllWindows()[0]?.setBounds(bounds),
      place,
    )
    await close(first)
    expect(await first.ended).toBe(0)
    const second = await open({ env })
    expect(await second.inMain(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getNormalBounds())).toEqual(
      place,
    )
  })

  test.each([
    ['', false],
    [', its engine in a plain Node', true],
  ])('a report is printed by the desktop itself, no browser being installed%s', async (_how, safeAllocator) => {
    const desktop = await open({ safeAllocator, env: { REFRAG_BROWSER: join(home, 'no-browser') } })
    const { page } = desktop
    await openDemo(page)
    await seeRun(page)
    await goTo(page, 'Runs')
    await page.getByRole('checkbox', { name: 'Choose all shown' }).check()
    await page.getByText('Report', { exact: true }).click()
    // Two who drive one browser cannot both take its downloads: what is saved is read where the page hands it over.
    await page.evaluate(() => {
      const make = URL.createObjectURL.bind(URL)
      URL.createObjectURL = (file) => {
        if (file instanceof Blob) Object.assign(window, { saved: file })
        return make(file)
      }
    })
    await page.getByRole('button', { name: 'PDF' }).click()
    await page.waitForFunction(() => 'saved' in window, undefined, { timeout: 60_000 })
    const text = await page.evaluate(async () => {
      const { saved } = window as unknown as { readonly saved: Blob }
      return [...new Uint8Array(await saved.arrayBuffer())].map((byte) => String.fromCharCode(byte)).join('')
    })
    expect(text.slice(0, 5)).toBe('%PDF-')
    expect(text.length).toBeGreaterThan(5_000)
    // Tagged, for screen readers; on A4.
    expect(text).toContain('/StructTreeRoot')
    expect(text).toMatch(/\/MediaBox \[0 0 59[45]\S* 84[12]/)
    expect(await desktop.inMain(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1)
  })
})
