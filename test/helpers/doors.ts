/** The doors that this machine has, each opened the same way, so that one journey runs on all of them. */
import { _electron, chromium, type Page } from 'playwright-core'
import { execFileSync, fork, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findBrowser } from '../../scripts/browser.ts'
import type { StandIn } from './electronStandIn/electron.ts'

const root = join(import.meta.dirname, '../..')

export type OpenDoor = {
  readonly page: Page
  /** A folder that is gone when the door closes; on the stand-in, files chosen by a person lie here. */
  readonly folder: string
  /** Kills the engine process as a crash would. */
  readonly killEngine: () => void
  /** Chooses a menu command; null where the door has no menu. */
  readonly menu: ((command: string) => void) | null
  /**
   * Runs a function in the main process of the desktop, with the `electron` module and one argument; it may use nothing else from
   * around it. Null where the door has no main process.
   */
  readonly inMain: InMain | null
  /** What the page logged as errors, and the refusals of its policy. */
  readonly errors: readonly string[]
  readonly close: () => Promise<void>
}

export type InMain = <Argument, Value>(
  work: (electron: StandIn, argument: Argument) => Value | Promise<Value>,
  argument?: Argument,
) => Promise<Value>

export type Door = {
  readonly name: string
  readonly skip: string | null
  readonly open: (models: string) => Promise<OpenDoor>
}

export const browser = await findBrowser()
const electronPath = findElectron()
const noBrowser = browser === null ? 'no Chrome, Edge or Chromium on this machine' : null

export const doors: readonly Door[] = [
  { name: 'browser door', skip: noBrowser, open: openBrowserDoor },
  { name: 'desktop on the stand-in for Electron', skip: noBrowser, open: (models) => openStandIn(models) },
  {
    name: 'desktop on the stand-in, its engine in a plain Node',
    skip: noBrowser,
    open: (models) => openStandIn(models, { safeAllocator: true }),
  },
  {
    name: 'desktop on Electron',
    skip: electronPath === null ? 'the binary of Electron is not on this machine' : null,
    open: openElectron,
  },
]

async function openBrowserDoor(models: string): Promise<OpenDoor> {
  const home = await mkdtemp(join(tmpdir(), 'refrag-web-'))
  const server = spawn(
    process.execPath,
    [join(root, 'src/main/cli.ts'), 'serve', '--json', '--home', home, '--bundle', models],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  const [line] = await once(server.stdout, 'data')
  const { url }: { readonly url: string } = JSON.parse(String(line))
  const started = await chromium.launch({ executablePath: browser?.path ?? '', args: [...(browser?.args ?? [])] })
  const page = await started.newPage({ viewport: { width: 1360, height: 880 } })
  const errors = collectErrors(page)
  await page.goto(url)
  return {
    page,
    folder: home,
    errors,
    killEngine: () => killHost(server.pid),
    menu: null,
    inMain: null,
    close: async () => {
      await started.close()
      server.kill('SIGINT')
      await once(server, 'exit')
      await rm(home, { recursive: true, force: true })
    },
  }
}

export type StandInOptions = {
  readonly safeAllocator?: boolean
  /** The folder of the workbench; one that goes with the door where none is named. */
  readonly home?: string
  /** The command line behind the program. */
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}
/** A desktop on the stand-in; `ended` resolves with the exit code of its main process. */
export type OpenStandIn = OpenDoor & { readonly inMain: InMain; readonly ended: Promise<number | null> }

/** Starts the built main process on the stand-in, without waiting for a window. */
export function startStandIn(models: string, port: number, home: string, options: StandInOptions): ChildProcess {
  return fork(join(root, 'out/main/index.js'), [...(options.args ?? [])], {
    execArgv: ['--import', new URL('./electronStandIn/register.ts', import.meta.url).href],
    env: {
      ...process.env,
      REFRAG_HOME: home,
      REFRAG_MODELS: models,
      REFRAG_SAFE_ALLOCATOR: options.safeAllocator === true ? '1' : '0',
      STAND_IN_BROWSER: browser?.path ?? '',
      STAND_IN_BROWSER_ARGS: JSON.stringify(browser?.args ?? []),
      STAND_IN_PORT: String(port),
      STAND_IN_FILES: home,
      ...options.env,
    },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
}

export async function openStandIn(models: string, options: StandInOptions = {}): Promise<OpenStandIn> {
  const home = options.home ?? (await mkdtemp(join(tmpdir(), 'refrag-standin-')))
  const port = await freePort()
  const main = startStandIn(models, port, home, options)
  const ended = once(main, 'exit').then(([code]: (number | null)[]) => code ?? null)
  const driver = await retry(() => chromium.connectOverCDP(`http://127.0.0.1:${port}`))
  const page = await retry(() => {
    const found = driver
      .contexts()
      .flatMap((context) => context.pages())
      .find((candidate) => candidate.url().startsWith('https://workbench.stand-in'))
    return found === undefined ? Promise.reject(new Error('no window yet')) : Promise.resolve(found)
  })
  return {
    page,
    folder: home,
    errors: collectErrors(page),
    killEngine: () => (options.safeAllocator === true ? killHost(main.pid) : main.send({ type: 'kill-engine' })),
    menu: (command) => {
      void evaluateIn(
        main,
        ({ Menu }, id: string) => Menu.getApplicationMenu()?.getMenuItemById(id)?.click?.(),
        command,
      )
    },
    inMain: (work, argument) => evaluateIn(main, work, argument),
    ended,
    close: async () => {
      if (main.exitCode === null && main.connected) main.send({ type: 'quit' })
      await ended
      await driver.close().catch(() => {})
      if (options.home === undefined) await rm(home, { recursive: true, force: true })
    },
  }
}

let evaluations = 0

/** Runs `work` in the process of the stand-in, which gets it as text. */
function evaluateIn<Argument, Value>(
  main: ChildProcess,
  work: (electron: StandIn, argument: Argument) => Value | Promise<Value>,
  argument?: Argument,
): Promise<Value> {
  const id = (evaluations += 1)
  return new Promise((resolve, reject) => {
    if (!main.connected) return reject(new Error('the main process has ended'))
    function hear(message: { readonly id?: number; readonly value?: unknown; readonly error?: string }): void {
      if (message.id !== id) return
      main.off('message', hear)
      main.off('exit', leave)
      if (message.error === undefined) resolve(message.value as Value)
      else reject(new Error(message.error))
    }
    const leave = (): void => reject(new Error('the main process ended'))
    main.on('message', hear)
    main.once('exit', leave)
    main.send({ type: 'evaluate', id, source: String(work), argument })
  })
}

async function openElectron(models: string): Promise<OpenDoor> {
  const home = await mkdtemp(join(tmpdir(), 'refrag-electron-'))
  const app = await _electron.launch({
    executablePath: electronPath ?? '',
    args: [...(process.platform === 'linux' ? ['--no-sandbox'] : []), join(root, 'out/main/index.js')],
    env: { ...(process.env as Record<string, string>), REFRAG_HOME: home, REFRAG_MODELS: models },
  })
  const page = await app.firstWindow()
  return {
    page,
    folder: home,
    errors: collectErrors(page),
    killEngine: () => {
      void app.evaluate(({ app: electronApp }) => {
        const host = electronApp.getAppMetrics().find((metric) => metric.name === 'REFRAG engine')
        if (host !== undefined) process.kill(host.pid, 'SIGKILL')
      })
    },
    // What the stand-in exports is a part of the module.
    inMain: (work, argument) => app.evaluate(work as never, argument as never),
    menu: (command) => {
      void app.evaluate(({ Menu }, id) => Menu.getApplicationMenu()?.getMenuItemById(id)?.click(), command)
    },
    close: async () => {
      await app.close()
      await rm(home, { recursive: true, force: true })
    },
  }
}

function collectErrors(page: Page): readonly string[] {
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text())
  })
  return errors
}

/** Kills the engine host that the process `pid` started. */
function killHost(pid: number | undefined): void {
  for (const child of execFileSync('pgrep', ['-f', '-P', String(pid), 'host\\.(ts|js)'], { encoding: 'utf8' })
    .trim()
    .split('\n')) {
    process.kill(Number(child), 'SIGKILL')
  }
}

/** The binary of Electron where it was fetched; looking must never fetch it. */
function findElectron(): string | null {
  const folder = join(root, 'node_modules/electron')
  const named = join(folder, 'path.txt')
  if (!existsSync(named)) return null
  const path = join(folder, 'dist', readFileSync(named, 'utf8').trim())
  return existsSync(path) ? path : null
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address !== null ? address.port : 0
}

async function retry<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await work()
    } catch (error) {
      if (attempt > 150) throw error
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
}
