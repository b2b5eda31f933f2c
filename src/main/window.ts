/** The window: sandboxed, isolated, bound to app://workbench; shown when it has something to show. */
import { BrowserWindow, dialog, nativeTheme, shell, type WebContents, type WebFrameMain } from 'electron'
import { join } from 'node:path'
import { appOrigin, isOwnFrame, mayNavigate, mayOpenOutside } from './guard.ts'

/** Opens the window and loads the page. */
export function openWindow(): BrowserWindow {
  const window = new BrowserWindow({
    width: 1360,
    height: 880,
    minWidth: 720,
    minHeight: 520,
    show: false,
    title: 'REFRAG Workbench',
    backgroundColor: nativeTheme.shouldUseDarkColors ? '#16181d' : '#ffffff',
    webPreferences: {
      preload: join(import.meta.dirname, '..', 'preload', 'preload.cjs'),
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
      spellcheck: false,
    },
  })
  window.once('ready-to-show', () => window.show())
  void window.loadURL(`${appOrigin}/`)
  return window
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

/** True when a message comes from the top frame of our own page. */
export function isTrusted(frame: WebFrameMain | null): boolean {
  return isOwnFrame(frame === null ? null : { url: frame.url, isTop: frame.parent === null })
}

/** Shows the whole address and opens it only after a yes. */
export async function openOutside(window: BrowserWindow, url: string): Promise<void> {
  if (!mayOpenOutside(url)) return
  const { response } = await dialog.showMessageBox(window, {
    type: 'question',
    message: 'Open this address in your browser?',
    detail: url,
    buttons: ['Open', 'Cancel'],
    cancelId: 1,
  })
  if (response === 0) await shell.openExternal(url)
}
