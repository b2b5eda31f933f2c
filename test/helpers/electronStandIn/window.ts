/** BrowserWindow as a Chromium page driven by playwright-core, with the preload in a real isolated world. */
import { chromium, type Browser, type CDPSession, type Page } from 'playwright-core'
import { EventEmitter } from 'node:events'
import { readFileSync } from 'node:fs'
import { carrier, type PortMain } from './ports.ts'
import { appOrigin, bindingName, isolatedWorld, mainWorld, standInOrigin, worldName } from './preloadWorld.ts'

type Handler = (request: Request) => Response | Promise<Response>
type Frame = { readonly url: string; readonly parent: null }

let browser: Promise<Browser> | undefined

/** What windows need from the rest of the stand-in. */
export const wiring: {
  handler: Handler | undefined
  onIpc: (
    channel: string,
    event: { readonly senderFrame: Frame; readonly sender: WebContents },
    args: readonly unknown[],
  ) => void
  onCreated: (contents: WebContents) => void
  onAllClosed: () => void
} = { handler: undefined, onIpc: () => {}, onCreated: () => {}, onAllClosed: () => {} }

const open = new Set<BrowserWindow>()

export class WebContents extends EventEmitter {
  deliver: (message: unknown) => void = () => {}
  readonly ports = carrier((message) => this.deliver(message))

  send(channel: string, ...args: unknown[]): void {
    this.deliver({ type: 'ipc', channel, args })
  }

  postMessage(channel: string, message: unknown, ports: readonly PortMain[] = []): void {
    // The page must know the ports before their first message.
    const ids = ports.map((port) => this.ports.give(port))
    this.deliver({ type: 'ipc-ports', channel, message, ports: ids })
  }

  setWindowOpenHandler(): void {}
}

type WindowOptions = {
  readonly width?: number
  readonly height?: number
  readonly webPreferences?: { readonly preload?: string }
}

export class BrowserWindow extends EventEmitter {
  readonly webContents = new WebContents()
  readonly #page: Promise<Page>

  constructor(options: WindowOptions) {
    super()
    open.add(this)
    wiring.onCreated(this.webContents)
    this.#page = openPage(this, options)
  }

  async loadURL(url: string): Promise<void> {
    const page = await this.#page
    await page.goto(url.replace(appOrigin, standInOrigin))
    this.emit('ready-to-show')
  }

  show(): void {}
  focus(): void {}
  restore(): void {}
  isMinimized(): boolean {
    return false
  }

  static getAllWindows(): BrowserWindow[] {
    return [...open]
  }
}

/** Ends the browser with the app. */
export async function closeBrowser(): Promise<void> {
  await (await browser)?.close()
}

async function openPage(window: BrowserWindow, options: WindowOptions): Promise<Page> {
  browser ??= chromium.launch({
    executablePath: process.env['STAND_IN_BROWSER'] ?? '',
    args: [
      ...(JSON.parse(process.env['STAND_IN_BROWSER_ARGS'] ?? '[]') as string[]),
      `--remote-debugging-port=${process.env['STAND_IN_PORT'] ?? '0'}`,
    ],
    headless: true,
  })
  const context = await (
    await browser
  ).newContext({ viewport: { width: options.width ?? 1280, height: options.height ?? 800 } })
  const page = await context.newPage()
  await context.route('**/*', async (route) => {
    const request = route.request()
    if (request.isNavigationRequest() && !request.url().startsWith(standInOrigin)) {
      let prevented = false
      window.webContents.emit('will-navigate', { url: request.url(), preventDefault: () => (prevented = true) })
      return prevented ? route.abort('aborted') : route.abort('internetdisconnected')
    }
    if (!request.url().startsWith(standInOrigin) || wiring.handler === undefined) return route.abort()
    const response = await wiring.handler(new Request(request.url().replace(standInOrigin, appOrigin)))
    await route.fulfill({
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: Buffer.from(await response.arrayBuffer()),
    })
  })
  const session = await context.newCDPSession(page)
  await isolate(session, page, window.webContents, options.webPreferences?.preload)
  page.on('close', () => {
    open.delete(window)
    window.webContents.ports.closeAll()
    window.emit('closed')
    if (open.size === 0) wiring.onAllClosed()
  })
  return page
}

/** Puts the preload into a world of its own and ties that world to `contents`. */
async function isolate(
  session: CDPSession,
  page: Page,
  contents: WebContents,
  preload: string | undefined,
): Promise<void> {
  let world: number | undefined
  session.on('Runtime.executionContextCreated', ({ context }) => {
    if (context.name === worldName) world = context.id
  })
  session.on('Runtime.executionContextDestroyed', ({ executionContextId }) => {
    if (executionContextId === world) {
      world = undefined
      contents.ports.closeAll()
    }
  })
  session.on('Runtime.bindingCalled', ({ name, payload }) => {
    if (name !== bindingName) return
    const message = JSON.parse(payload)
    if (message.type !== 'ipc') return contents.ports.deliver(message)
    const senderFrame: Frame = { url: page.url().replace(standInOrigin, appOrigin), parent: null }
    wiring.onIpc(message.channel, { senderFrame, sender: contents }, message.args)
  })
  contents.deliver = (message) => {
    if (world === undefined) return
    const expression = `standInReceive(${JSON.stringify(message)})`
    // A page that goes away in between loses the message, as in Electron.
    session.send('Runtime.evaluate', { contextId: world, expression }).catch(() => {})
  }
  await session.send('Runtime.enable')
  await session.send('Page.enable')
  await session.send('Runtime.addBinding', { name: bindingName, executionContextName: worldName })
  await session.send('Page.addScriptToEvaluateOnNewDocument', {
    source: mainWorld(process.env['STAND_IN_FILES'] ?? ''),
  })
  if (preload !== undefined) {
    const source = isolatedWorld(readFileSync(preload, 'utf8'))
    await session.send('Page.addScriptToEvaluateOnNewDocument', { source, worldName })
  }
}
