/** The window: sandboxed, isolated, bound to app://workbench; shown when it has something to show, where it was left. */
import { BrowserWindow, dialog, nativeTheme, screen, shell, type WebContents } from 'electron'
import { join } from 'node:path'
import { canBeSeen, keepPlace, readPlace } from './desktop/bounds.ts'
import { appOrigin, mayNavigate, mayOpenOutside } from './guard.ts'

/** What every page of ours is shown with; the page that is printed adds less, never more. */
export const safePreferences = {
  sandbox: true,
  contextIsolation: true,
  nodeIntegration: false,
  webviewTag: false,
  spellcheck: false,
} as const

const background = (): string => (nativeTheme.shouldUseDarkColors ? '#16181d' : '#ffffff')
/** A page that crashes again within this time has no use for another try. */
const crashLoopMs = 10_000

/** Opens the window and loads the page; `placeFile` keeps its place where Electron does not. */
export function openWindow(placeFile: string): BrowserWindow {
  const window = new BrowserWindow({
    name: 'main',
    windowStatePersistence: true,
    width: 1360,
    height: 880,
    minWidth: 720,
    minHeight: 520,
    show: false,
    title: 'REFRAG Workbench',
    backgroundColor: background(),
    webPreferences: { ...safePreferences, preload: join(import.meta.dirname, '..', 'preload', 'preload.cjs') },
  })
  // Keeping a window's state is experimental in Electron: where it is missing we keep its place ourselves.
  if (typeof Reflect.get(BrowserWindow, 'clearPersistedState') !== 'function') keepPlaceOf(window, placeFile)
  const recolour = (): void => window.setBackgroundColor(background())
  nativeTheme.on('updated', recolour)
  window.on('closed', () => nativeTheme.off('updated', recolour))
  window.once('ready-to-show', () => window.show())
  reviveAfterCrash(window)
  void window.loadURL(`${appOrigin}/`)
  return window
}

function keepPlaceOf(window: BrowserWindow, file: string): void {
  const place = readPlace(file)
  if (place !== null) {
    const displays = screen.getAllDisplays().map(({ workArea }) => workArea)
    if (canBeSeen(place.bounds, displays)) window.setBounds(place.bounds)
    if (place.maximized) window.maximize()
  }
  window.on('close', () => keepPlace(file, { bounds: window.getNormalBounds(), maximized: window.isMaximized() }))
}

/** A page whose process died is loaded again; the engine and its work never noticed. */
function reviveAfterCrash(window: BrowserWindow): void {
  let last = 0
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    if (reason === 'clean-exit') return
    console.error(`page: its process ended (${reason})`)
    if (Date.now() - last > crashLoopMs) window.webContents.reload()
    last = Date.now()
  })
}

/** Keeps any page of ours where it belongs: no other origin, no new window, no webview. */
export function confine(contents: WebContents): void {
  contents.on('will-navigate', (event) => {
    if (!mayNavigate(event.url)) event.preventDefault()
  })
  contents.on('will-frame-navigate', (event) => {
    if (!mayNavigate(event.url)) event.preventDefault()
  })
  contents.on('will-redirect', (event) => {
    if (!mayNavigate(event.url)) event.preventDefault()
  })
  contents.on('will-attach-webview', (event) => event.preventDefault())
  contents.setWindowOpenHandler(() => ({ action: 'deny' }))
}

/** Shows the whole address and opens it only after a yes. */
export async function openOutside(window: BrowserWindow, url: string): Promise<void> {
  if (!mayOpenOutside(url)) return
  const { response } = await dialog.showMessageBox(window, {
    type: 'question',
    message: 'Open this address in your browser?',
    detail: url,
    buttons: ['Open', 'Cancel'],
    defaultId: 1,
    cancelId: 1,
    noLink: true,
  })
  if (response === 0) await shell.openExternal(url)
}
