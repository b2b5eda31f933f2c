/** BrowserWindow as a Chromium page driven by playwright-core: its states, its closing, its place kept by name. */
import { EventEmitter } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { life, mustFollowReady, refusable } from './life.ts'
import { openPage, type Opened } from './page.ts'
import { carrier, type PortMain } from './ports.ts'

export { closeBrowser } from './page.ts'

/** What windows need from the rest of the stand-in. */
export const wiring: {
  onCreated: (contents: WebContents) => void
  onAllClosed: () => void
  onCloseRefused: () => void
} = { onCreated: () => {}, onAllClosed: () => {}, onCloseRefused: () => {} }

/** The preferences of Electron 45 that bear on safety, as they are where nothing is said. */
const defaults = {
  sandbox: true,
  contextIsolation: true,
  nodeIntegration: false,
  nodeIntegrationInWorker: false,
  nodeIntegrationInSubFrames: false,
  webSecurity: true,
  allowRunningInsecureContent: false,
  experimentalFeatures: false,
  enableBlinkFeatures: '',
  webviewTag: false,
  javascript: true,
}
export type Preferences = typeof defaults & { readonly preload?: string; readonly spellcheck?: boolean }
type OpenHandler = (details: { readonly url: string }) => { readonly action: 'allow' | 'deny' }

const open = new Set<BrowserWindow>()
/** Electron before 44 kept no window's place: with this set, neither does the stand-in. */
const keepsState = process.env['STAND_IN_KEEPS_STATE'] !== '0'

export class WebContents extends EventEmitter {
  deliver: (message: unknown) => void = () => {}
  readonly ports = carrier((message) => this.deliver(message))
  openHandler: OpenHandler | null = null
  /** The address that the app itself loads: going there asks nobody. */
  loading: string | null = null
  opened: Promise<Opened> = Promise.reject(new Error('no page yet'))
  readonly #preferences: Preferences

  constructor(preferences: Preferences) {
    super()
    this.#preferences = preferences
    this.opened.catch(() => {})
  }

  /** With the app's sandbox every page is sandboxed, whatever its preferences say. */
  getLastWebPreferences(): Preferences {
    return { ...this.#preferences, sandbox: life.sandboxed || this.#preferences.sandbox }
  }

  send(channel: string, ...args: unknown[]): void {
    this.deliver({ type: 'ipc', channel, args })
  }

  postMessage(channel: string, message: unknown, ports: readonly PortMain[] = []): void {
    // The page must know the ports before their first message.
    const ids = ports.map((port) => this.ports.give(port))
    this.deliver({ type: 'ipc-ports', channel, message, ports: ids })
  }

  setWindowOpenHandler(handler: OpenHandler): void {
    this.openHandler = handler
  }

  reload(): void {
    void this.opened.then(({ page }) => page.reload())
  }

  async printToPDF(options: PrintOptions): Promise<Buffer> {
    const { page } = await this.opened
    return page.pdf({
      format: options.pageSize ?? 'Letter',
      preferCSSPageSize: options.preferCSSPageSize ?? false,
      printBackground: options.printBackground ?? false,
      tagged: options.generateTaggedPDF ?? false,
      outline: options.generateDocumentOutline ?? false,
    })
  }
}

type PrintOptions = {
  readonly pageSize?: string
  readonly preferCSSPageSize?: boolean
  readonly printBackground?: boolean
  readonly generateTaggedPDF?: boolean
  readonly generateDocumentOutline?: boolean
}
type Bounds = { readonly x: number; readonly y: number; readonly width: number; readonly height: number }
type WindowOptions = {
  readonly name?: string
  readonly windowStatePersistence?: boolean
  readonly width?: number
  readonly height?: number
  readonly show?: boolean
  readonly webPreferences?: Partial<Preferences>
}

export class BrowserWindow extends EventEmitter {
  readonly webContents: WebContents
  /** Of the stand-in alone: what the taskbar would show, and whether it would call for attention. */
  progress = -1
  flashing = false
  readonly #options: WindowOptions
  readonly #page: Promise<Page>
  #bounds: Bounds
  #state = { visible: false, focused: false, minimized: false, maximized: false }

  constructor(options: WindowOptions = {}) {
    super()
    mustFollowReady('BrowserWindow')
    const named = [...open].some((window) => options.name !== undefined && window.#options.name === options.name)
    if (named) throw new Error(`A window named ${options.name} is open already`)
    this.#options = options
    this.#bounds = { x: 100, y: 100, width: options.width ?? 800, height: options.height ?? 600 }
    const kept = readStates()[this.#keptName() ?? '']
    if (kept !== undefined) this.#bounds = kept
    this.webContents = new WebContents({ ...defaults, ...options.webPreferences })
    open.add(this)
    wiring.onCreated(this.webContents)
    this.webContents.opened = openPage(this.webContents, this.#bounds)
    this.#page = this.webContents.opened.then(({ page }) => page)
    this.#page.then((page) => page.on('close', () => this.#gone())).catch(() => this.#gone())
    if (options.show !== false) this.show()
    if (kept !== undefined) setImmediate(() => this.emit('persisted-state-restored'))
  }

  async loadURL(url: string): Promise<void> {
    const { load } = await this.webContents.opened
    await load(url)
    this.emit('ready-to-show')
  }

  show(): void {
    this.#state.visible = true
    this.focus()
  }
  hide(): void {
    this.#state.visible = false
    this.blur()
  }
  focus(): void {
    if (this.#state.minimized || !this.#state.visible) return
    this.#state.focused = true
    this.emit('focus')
  }
  blur(): void {
    this.#state.focused = false
    this.emit('blur')
  }
  minimize(): void {
    this.#state.minimized = true
    this.blur()
  }
  restore(): void {
    this.#state.minimized = false
    this.focus()
  }
  maximize(): void {
    this.#state.maximized = true
  }
  isVisible(): boolean {
    return this.#state.visible
  }
  isFocused(): boolean {
    return this.#state.focused
  }
  isMinimized(): boolean {
    return this.#state.minimized
  }
  isMaximized(): boolean {
    return this.#state.maximized
  }
  getNormalBounds(): Bounds {
    return this.#bounds
  }
  setBounds(bounds: Bounds): void {
    this.#bounds = bounds
  }
  setBackgroundColor(): void {}
  setProgressBar(progress: number): void {
    this.progress = progress
  }
  flashFrame(flashing: boolean): void {
    this.flashing = flashing
  }

  /** As a user who presses the close button: a listener may refuse. */
  close(): void {
    const asked = refusable()
    this.emit('close', asked)
    if (asked.defaultPrevented) return wiring.onCloseRefused()
    const name = this.#keptName()
    if (name !== null) writeStates({ ...readStates(), [name]: this.#bounds })
    this.destroy()
  }

  /** Ends the window without a question. */
  destroy(): void {
    void this.#page.then((page) => page.context().close()).catch(() => {})
  }

  setScheme(source: 'system' | 'light' | 'dark'): void {
    void this.#page.then((page) => page.emulateMedia({ colorScheme: source === 'system' ? null : source }))
  }

  static clearPersistedState(name: string): void {
    const { [name]: _, ...rest } = readStates()
    writeStates(rest)
  }

  static getAllWindows(): BrowserWindow[] {
    return [...open]
  }

  #keptName(): string | null {
    return keepsState && this.#options.windowStatePersistence === true ? (this.#options.name ?? null) : null
  }

  #gone(): void {
    if (!open.delete(this)) return
    this.webContents.ports.closeAll()
    this.emit('closed')
    if (open.size === 0) wiring.onAllClosed()
  }
}
if (!keepsState) Reflect.deleteProperty(BrowserWindow, 'clearPersistedState')

/** Where Electron keeps the places of windows by their name. */
function stateFile(): string {
  return join(process.env['REFRAG_HOME'] ?? '', 'standInWindows.json')
}

function readStates(): Readonly<Record<string, Bounds>> {
  return existsSync(stateFile()) ? JSON.parse(readFileSync(stateFile(), 'utf8')) : {}
}

function writeStates(states: Readonly<Record<string, Bounds>>): void {
  writeFileSync(stateFile(), JSON.stringify(states))
}
