/** Desktop door: app life, the engine host, and the port between host and page. */
import { app, ipcMain, MessageChannelMain, utilityProcess, type BrowserWindow, type MessagePortMain } from 'electron'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { openDoorLog } from './doorLog.ts'
import { forkEngine } from './forked.ts'
import { setMenu } from './menu.ts'
import { isRelayMessage } from './relay.ts'
import { declareScheme, serveScheme } from './scheme.ts'
import { modelsFolder, rootFolder } from './settings.ts'
import { supervise, type EngineProcess, type Supervisor } from './supervise.ts'
import { confine, isTrusted, openOutside, openWindow } from './window.ts'

const host = join(import.meta.dirname, 'host.js')
/** Electron's allocator traps on single blocks near 2 GiB; a real Node has no such bound. */
const safeAllocator = process.env['REFRAG_SAFE_ALLOCATOR'] === '1'

let window: BrowserWindow | null = null
let engine: Supervisor | null = null
let pageReady = false
let engineReady = false
const relayed = new Map<number, MessagePortMain>()
let clients = 0
const doorLog = openDoorLog('desktop door')

app.enableSandbox()
declareScheme()
app.on('web-contents-created', (_event, contents) => confine(contents))
app.on('second-instance', () => {
  if (window?.isMinimized() === true) window.restore()
  window?.focus()
})
app.on('activate', () => {
  if (window === null && app.isReady()) open()
})
app.on('window-all-closed', () => {
  if (process.platform !== 'darwin') app.quit()
})
app.on('will-quit', () => engine?.stop())

ipcMain.on('page-ready', (event) => {
  if (!isTrusted(event.senderFrame)) return
  pageReady = true
  connect()
})
ipcMain.on('open-outside', (event, url: unknown) => {
  if (isTrusted(event.senderFrame) && window !== null && typeof url === 'string') void openOutside(window, url)
})

if (app.requestSingleInstanceLock()) void app.whenReady().then(start)
else app.quit()

function start(): void {
  doorLog.note('info', `opened, process ${process.pid}`)
  serveScheme(join(import.meta.dirname, '..', 'renderer'))
  setMenu((command) => window?.webContents.send('menu', command))
  engine = supervise({
    start: safeAllocator ? forkPlain : forkUtility,
    onMessage: (message) => {
      if (isRelayMessage(message) && message.type === 'frame') relayed.get(message.client)?.postMessage(message.data)
    },
    onState: (state, started) => {
      window?.webContents.send('engine-state', state)
      engineReady = state.type === 'ready'
      if (state.type === 'ready') {
        doorLog.ready(started)
        return connect()
      }
      console.error(`engine host: ${state.reason}`)
      doorLog.gone(state.reason)
      // Closing our end tells the page; in utility mode the host's own end closed with it.
      for (const port of relayed.values()) port.close()
      relayed.clear()
    },
  })
  open()
}

function open(): void {
  pageReady = false
  window = openWindow()
  window.on('closed', () => {
    window = null
  })
}

/** Gives the page a new port to the engine, once both stand. */
function connect(): void {
  const process = engine?.current()
  if (!pageReady || !engineReady || window === null || process === null || process === undefined) return
  const { port1, port2 } = new MessageChannelMain()
  if (safeAllocator) relay(process, port1)
  else process.send({ type: 'client' }, [port1])
  window.webContents.postMessage('engine-port', null, [port2])
}

/** Plain Node cannot hold a port of Electron's: its frames pass through here. */
function relay(process: EngineProcess, port: MessagePortMain): void {
  const client = (clients += 1)
  relayed.set(client, port)
  process.send({ type: 'open', client })
  port.on('message', ({ data }) => process.send({ type: 'frame', client, data }))
  port.on('close', () => {
    relayed.delete(client)
    process.send({ type: 'close', client })
  })
  port.start()
}

function places(): Record<string, string> {
  return {
    REFRAG_HOME: process.env['REFRAG_HOME'] ?? app.getPath('userData'),
    REFRAG_MODELS: packagedModels() ?? modelsFolder(),
  }
}

function packagedModels(): string | null {
  const folder = join(process.resourcesPath ?? '', 'models')
  return app.isPackaged && existsSync(folder) ? folder : null
}

function forkUtility(): EngineProcess {
  const child = utilityProcess.fork(host, [], {
    serviceName: 'REFRAG engine',
    stdio: 'pipe',
    env: { ...process.env, ...places() },
  })
  child.stdout?.on('data', (data) => printed(String(data)))
  child.stderr?.on('data', (data) => printed(String(data)))
  return {
    send: (message, ports = []) => child.postMessage(message, ports as MessagePortMain[]),
    onMessage: (callback) => child.on('message', callback),
    onExit: (callback) => child.on('exit', (code) => callback(`exit code ${code}`)),
    kill: () => child.kill(),
  }
}

function forkPlain(): EngineProcess {
  const own = join(rootFolder(), 'node_modules', '.bin', process.platform === 'win32' ? 'node.cmd' : 'node')
  const node = process.env['REFRAG_NODE'] ?? (existsSync(own) ? own : 'node')
  return forkEngine({ script: host, env: places(), node, log: printed })
}

function printed(text: string): void {
  process.stderr.write(text)
  doorLog.printed(text)
}
