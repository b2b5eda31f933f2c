/** `app`: the life of a process as Electron's documentation tells it, quitting and its refusals included. */
import { EventEmitter } from 'node:events'
import { existsSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { life, mustPrecedeReady, refusable } from './life.ts'
import { takeLock } from './lock.ts'
import { BrowserWindow, closeBrowser, wiring } from './window.ts'

class App extends EventEmitter {
  readonly isPackaged = false
  readonly #paths = new Map([
    ['userData', join(process.env['XDG_CONFIG_HOME'] ?? join(homedir(), '.config'), 'refrag-workbench')],
    ['crashDumps', join(tmpdir(), 'crashDumps')],
  ])
  #quitting = false

  enableSandbox(): void {
    mustPrecedeReady('app.enableSandbox()')
    life.sandboxed = true
  }

  requestSingleInstanceLock(data: unknown = {}): boolean {
    // As there, data that is not JSON is an error, and the first instance hears only once it is ready.
    const later = { argv: process.argv, cwd: process.cwd(), data: JSON.parse(JSON.stringify(data)) }
    return takeLock(this.getPath('userData'), later, (told) => {
      void this.whenReady().then(() => this.emit('second-instance', {}, told.argv, told.cwd, told.data))
    })
  }

  isReady(): boolean {
    return life.ready
  }

  async whenReady(): Promise<void> {
    await Promise.resolve()
    if (life.ready) return
    life.ready = true
    this.emit('ready')
  }

  getPath(name: string): string {
    const path = this.#paths.get(name)
    if (path === undefined) throw new Error(`Failed to get '${name}' path`)
    return path
  }

  setPath(name: string, path: string): void {
    if (!this.#paths.has(name)) throw new Error(`Failed to set path '${name}'`)
    if (!isAbsolute(path)) throw new Error('Path must be absolute')
    if (!existsSync(path)) throw new Error(`Failed to set path: ${path} does not exist`)
    this.#paths.set(name, path)
  }

  // Kept by macOS and Windows; on Linux they do nothing.
  addRecentDocument(): void {}
  getRecentDocuments(): string[] {
    return []
  }

  // Of Windows alone.
  setAppUserModelId(): void {}

  setAsDefaultProtocolClient(): boolean {
    return true
  }

  /** before-quit, then each window's close, then will-quit; a refusal anywhere ends it. */
  quit(): void {
    if (this.#quitting) return
    const asked = refusable()
    this.emit('before-quit', asked)
    if (asked.defaultPrevented) return
    this.#quitting = true
    if (BrowserWindow.getAllWindows().length === 0) return this.#leave()
    for (const window of BrowserWindow.getAllWindows()) window.close()
  }

  exit(code = 0): void {
    void closeBrowser().finally(() => process.exit(code))
  }

  windowsGone(): void {
    if (this.#quitting) return this.#leave()
    if (this.listenerCount('window-all-closed') === 0) this.quit()
    else this.emit('window-all-closed')
  }

  /** A window that refuses to close ends a quit that is under way. */
  closeRefused(): void {
    this.#quitting = false
  }

  #leave(): void {
    const asked = refusable()
    this.emit('will-quit', asked)
    this.#quitting = false
    if (asked.defaultPrevented) return
    this.emit('quit', {}, 0)
    this.exit(0)
  }
}

export const app = new App()

wiring.onCreated = (contents) => app.emit('web-contents-created', {}, contents)
wiring.onAllClosed = () => app.windowsGone()
wiring.onCloseRefused = () => app.closeRefused()

// As Electron on POSIX: a signal to end is a quit.
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => app.quit())
