/**
 * A stand-in for the `electron` module, enough to run the unmodified built main process on plain Node with a Chromium page.
 * It checks our code, not Electron: the same journeys run on real Electron where its binary is present.
 */
import { fork } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { tmpdir } from 'node:os'
import { carrier, type Carried, type PortMain } from './ports.ts'
import { closeBrowser, wiring } from './window.ts'

export { MessageChannelMain } from './ports.ts'
export { BrowserWindow } from './window.ts'

let ready = false
const utilities = new Set<ReturnType<typeof fork>>()

class App extends EventEmitter {
  readonly isPackaged = false
  enableSandbox(): void {}
  requestSingleInstanceLock(): boolean {
    return true
  }
  isReady(): boolean {
    return ready
  }
  async whenReady(): Promise<void> {
    await Promise.resolve()
    ready = true
  }
  getPath(): string {
    return process.env['REFRAG_HOME'] ?? tmpdir()
  }
  quit(): void {
    this.emit('will-quit')
    void closeBrowser().finally(() => process.exit(0))
  }
}

export const app = new App()
export const ipcMain = new EventEmitter()

wiring.onIpc = (channel, event, args) => ipcMain.emit(channel, event, ...args)
wiring.onCreated = (contents) => app.emit('web-contents-created', {}, contents)
wiring.onAllClosed = () => app.emit('window-all-closed')

export const protocol = {
  registerSchemesAsPrivileged: (): void => {
    if (ready) throw new Error('protocol.registerSchemesAsPrivileged must run before the app is ready')
  },
  handle: (_scheme: string, handler: typeof wiring.handler): void => {
    wiring.handler = handler
  },
}

export const session = {
  defaultSession: {
    setPermissionRequestHandler: (): void => {},
    setPermissionCheckHandler: (): void => {},
    setDevicePermissionHandler: (): void => {},
  },
}

export const nativeTheme = { shouldUseDarkColors: false }
export const dialog = { showMessageBox: async () => ({ response: 1 }) }
export const shell = { openExternal: async (): Promise<void> => {} }

type Item = { readonly id?: string; readonly click?: () => void; readonly submenu?: readonly Item[] }
let menu: readonly Item[] = []
export const Menu = {
  buildFromTemplate: (template: readonly Item[]) => template,
  setApplicationMenu: (template: readonly Item[]): void => {
    menu = template
  },
}

export const utilityProcess = {
  fork: (script: string, args: readonly string[], options: { readonly env?: NodeJS.ProcessEnv }) => {
    const child = fork(script, [...args], {
      serialization: 'advanced',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      execArgv: ['--import', new URL('./utility.ts', import.meta.url).href],
      ...(options.env === undefined ? {} : { env: options.env }),
    })
    utilities.add(child)
    const carried = carrier((message) => void (child.connected && child.send(message)))
    const utility = Object.assign(new EventEmitter(), {
      stdout: child.stdout,
      stderr: child.stderr,
      kill: () => child.kill(),
      postMessage: (data: unknown, ports: readonly PortMain[] = []): void => {
        if (!child.connected) return
        // Frames may come out of a port as soon as it is given: the message that names it goes first.
        const ids = ports.map((port) => carried.give(port))
        child.send({ type: 'message', data, ports: ids } satisfies Carried)
      },
    })
    child.on('message', (message: Carried) => {
      if (message.type === 'message') utility.emit('message', message.data)
      else carried.deliver(message)
    })
    child.on('exit', (code) => {
      utilities.delete(child)
      carried.closeAll()
      utility.emit('exit', code ?? 1)
    })
    return utility
  },
}

/** The test's own channel: press a menu item, kill the engine, quit. */
process.on('message', (message: { readonly type: string; readonly id?: string }) => {
  if (message.type === 'menu') findItem(menu, message.id)?.click?.()
  if (message.type === 'kill-engine') for (const child of utilities) child.kill('SIGKILL')
  if (message.type === 'quit') app.quit()
})
process.on('disconnect', () => app.quit())

function findItem(items: readonly Item[], id: string | undefined): Item | undefined {
  for (const item of items) {
    if (item.id === id) return item
    const inside = item.submenu === undefined ? undefined : findItem(item.submenu, id)
    if (inside !== undefined) return inside
  }
  return undefined
}
