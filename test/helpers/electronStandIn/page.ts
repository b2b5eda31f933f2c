/** The page behind a window: its requests answered by the app's schemes, its navigation asked for, the preload in a world of its own. */
import { readFileSync } from 'node:fs'
import {
  chromium,
  type Browser,
  type BrowserContext,
  type CDPSession,
  type Frame,
  type Page,
  type Request,
  type Route,
} from 'playwright-core'
import { ipcMain } from './ipc.ts'
import { life, refusable } from './life.ts'
import { appAddress, bindingName, isolatedWorld, mainWorld, standInAddress, worldName } from './preloadWorld.ts'
import { grantedPermissions, handlers } from './session.ts'
import type { WebContents } from './window.ts'

export type Opened = { readonly page: Page; readonly load: (url: string) => Promise<void> }

let browser: Promise<Browser> | undefined

/** Ends the browser with the app. */
export async function closeBrowser(): Promise<void> {
  await (await browser)?.close()
}

/** Opens a page for `contents`. */
export async function openPage(
  contents: WebContents,
  { width, height }: { readonly width: number; readonly height: number },
): Promise<Opened> {
  browser ??= chromium.launch({
    executablePath: process.env['STAND_IN_BROWSER'] ?? '',
    args: [
      ...(JSON.parse(process.env['STAND_IN_BROWSER_ARGS'] ?? '[]') as string[]),
      `--remote-debugging-port=${process.env['STAND_IN_PORT'] ?? '0'}`,
    ],
    headless: true,
  })
  const preferences = contents.getLastWebPreferences()
  const context = await (
    await browser
  ).newContext({ viewport: { width, height }, javaScriptEnabled: preferences.javascript })
  await context.grantPermissions(grantedPermissions())
  const page = await context.newPage()
  await context.route('**/*', (route) => answer(route, page, contents))
  watchForWindows(context, page, contents)
  const session = await context.newCDPSession(page)
  // Without isolation the preload would share the page's world and could expose nothing: a page without a bridge.
  if (preferences.preload !== undefined && preferences.contextIsolation) {
    await isolate(session, page, contents, preferences.preload)
  }
  return {
    page,
    load: async (url) => {
      if (!url.startsWith('app:') || life.schemes?.has('app') !== true)
        throw new Error(`ERR_UNKNOWN_URL_SCHEME (${url})`)
      contents.loading = url
      await page.goto(standInAddress(url))
    },
  }
}

/** Answers a request as the app's scheme does; any other goes nowhere, and a navigation is asked for first. */
async function answer(route: Route, page: Page, contents: WebContents): Promise<void> {
  const request = route.request()
  const url = appAddress(request.url())
  const frame = frameOf(request)
  if (frame === null || frame.page() !== page) return mayOpen(contents, url) ? route.continue() : route.abort('aborted')
  if (request.isNavigationRequest() && url !== contents.loading) {
    const asked = refusable()
    const isMainFrame = frame === page.mainFrame()
    const details = Object.assign(asked, { url, isMainFrame })
    if (isMainFrame) contents.emit('will-navigate', details)
    contents.emit('will-frame-navigate', details)
    if (asked.defaultPrevented) return route.abort('aborted')
  }
  contents.loading = request.isNavigationRequest() ? null : contents.loading
  const handler = url.startsWith('app:') ? handlers.get('app') : undefined
  if (handler === undefined) return route.abort('internetdisconnected')
  const response = await handler(new globalThis.Request(url))
  await route.fulfill({
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: Buffer.from(await response.arrayBuffer()),
  })
}

/** The frame that asks; null for a window that is being opened. */
function frameOf(request: Request): Frame | null {
  try {
    return request.frame()
  } catch {
    return null
  }
}

/** A page may open windows where no handler denies it. */
function mayOpen(contents: WebContents, url: string): boolean {
  return (contents.openHandler?.({ url }).action ?? 'allow') === 'allow'
}

/** A window that is denied loads nothing, and is closed as soon as it is seen. */
function watchForWindows(context: BrowserContext, page: Page, contents: WebContents): void {
  context.on('page', (other) => {
    if (other !== page && !mayOpen(contents, appAddress(other.url()))) void other.close().catch(() => {})
  })
}

/** Puts the preload into a world of its own and ties that world to `contents`. */
async function isolate(session: CDPSession, page: Page, contents: WebContents, preload: string): Promise<void> {
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
    const senderFrame = { url: appAddress(page.url()), parent: null }
    ipcMain.emit(message.channel, { senderFrame, sender: contents }, ...message.args)
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
  const source = isolatedWorld(readFileSync(preload, 'utf8'))
  await session.send('Page.addScriptToEvaluateOnNewDocument', { source, worldName })
}
