/** Desktop door: app life, the engine host, and the port between host and page. */
import {
  app,
  crashReporter,
  MessageChannelMain,
  nativeTheme,
  shell,
  type BrowserWindow,
  type MessagePortMain,
} from 'electron'
import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Handed } from '../shared/handed.ts'
import { askBeforeClosing } from './desktop/closing.ts'
import { safeAllocator, startHost } from './desktop/hosting.ts'
import { onPage } from './desktop/ipc.ts'
import { openSecrets } from './desktop/keeping.ts'
import { listenForHanded, remember } from './desktop/opening.ts'
import { openPresence } from './desktop/presence.ts'
import { printPage } from './desktop/printing.ts'
import { killProbe, startProbe } from './desktop/probing.ts'
import { openDoorLog } from './doorLog.ts'
import { lies } from './guard.ts'
import { setMenu } from './menu.ts'
import { isRelayMessage } from './relay.ts'
import { declareScheme, serveScheme } from './scheme.ts'
import { homeFolder } from './settings.ts'
import { supervise, type EngineProcess, type Supervisor } from './supervise.ts'
import { confine, openOutside, openWindow } from './window.ts'

/** How long the engine may take to put its work away: a training ends its step first. */
const endMs = 30_000
const themes = ['system', 'light', 'dark'] as const
/** A list of recent documents holds fewer on any system. */
const mostRemembered = 10

let window: BrowserWindow | null = null
let engine: Supervisor | null = null
let pageReady = false
let engineReady = false
let engineEnded = false
let waiting: readonly Handed[] = []
const relayed = new Map<number, MessagePortMain>()
let clients = 0
const doorLog = openDoorLog('desktop door')
const presence = openPresence(() => window, show)

// What Chromium keeps lies beside what the doors share, so that one home is one workbench.
const own = join(homeFolder(), 'desktop')
mkdirSync(own, { recursive: true })
const secrets = openSecrets(join(own, 'secrets.json'))
app.setPath('userData', own)
// Windows knows who notifies by the name that the installer gave.
if (process.platform === 'win32') app.setAppUserModelId('workbench.refrag')
crashReporter.start({ uploadToServer: false })
app.enableSandbox()
declareScheme()
app.on('web-contents-created', (_event, contents) => confine(contents))
app.on('activate', (_event, someVisible) => {
  if (!someVisible) show()
})
app.on('window-all-closed', () => {
  if (process.platform !== 'darwin') app.quit()
})
app.on('will-quit', (event) => {
  if (engineEnded || engine === null) return
  event.preventDefault()
  void engine.end(endMs).then(() => {
    engineEnded = true
    app.quit()
  })
})

onPage('page-ready', () => {
  pageReady = true
  connect()
  hand()
})
onPage('open-outside', (url) => {
  if (window !== null && typeof url === 'string') void openOutside(window, url)
})
onPage('reveal', (path) => {
  if (typeof path === 'string' && lies(path, homeFolder())) shell.showItemInFolder(resolve(path))
})
onPage('theme', (theme) => {
  const known = themes.find((name) => name === theme)
  if (known !== undefined) nativeTheme.themeSource = known
})
onPage('opened', (paths) => {
  if (!Array.isArray(paths)) return
  remember(paths.filter((path) => typeof path === 'string').slice(0, mostRemembered))
})

if (listenForHanded(handOver)) void app.whenReady().then(start)
else app.quit()

function start(): void {
  doorLog.note('info', `opened, process ${process.pid}`)
  serveScheme(join(import.meta.dirname, '..', 'renderer'))
  setMenu((command) => window?.webContents.send('menu', command))
  engine = supervise({
    start: () => startHost(join(import.meta.dirname, 'host.js'), printed),
    onMessage: hear,
    onState: (state, started) => {
      window?.webContents.send('engine-state', state)
      engineReady = state.type === 'ready'
      if (state.type === 'ready') {
        doorLog.ready(started)
        return connect()
      }
      console.error(`engine host: ${state.reason}`)
      doorLog.gone(state.reason)
      presence.lose()
      // Closing our end tells the page; in utility mode the host's own end closed with it.
      for (const port of relayed.values()) port.close()
      relayed.clear()
    },
  })
  open()
}

function open(): void {
  pageReady = false
  window = openWindow(join(own, 'window.json'))
  askBeforeClosing(window, presence.inHand)
  window.on('closed', () => {
    window = null
  })
}

/** Brings the window before the user, and opens one where there is none. */
function show(): void {
  if (window === null) return app.isReady() ? open() : undefined
  if (window.isMinimized()) window.restore()
  window.show()
  window.focus()
}

/** Takes what the system hands over; the page gets it once it stands. */
function handOver(handed: readonly Handed[]): void {
  waiting = [...waiting, ...handed]
  for (const each of handed) {
    if (each.type === 'documents') remember(each.paths.slice(0, mostRemembered))
    if (each.type === 'session') remember([each.path])
  }
  show()
  hand()
}

function hand(): void {
  if (!pageReady || window === null) return
  for (const handed of waiting) window.webContents.send('handed', handed)
  waiting = []
}

function printed(text: string): void {
  process.stderr.write(text)
  doorLog.printed(text)
}

/** Hears what the engine host says besides being ready. */
function hear(message: unknown): void {
  if (!isRelayMessage(message)) return
  if (message.type === 'frame') relayed.get(message.client)?.postMessage(message.data)
  if (message.type === 'jobs') presence.hear(message.jobs)
  if (message.type === 'print') void print(message.id, message.html)
  if (message.type === 'recall') answerKept(message.id, true, secrets.read(message.name))
  if (message.type === 'keep') answerKept(message.id, secrets.write(message.name, message.secret), null)
  if (message.type === 'probe')
    startProbe(join(import.meta.dirname, 'probeCell.js'), message, (told) => engine?.current()?.send(told))
  if (message.type === 'probe-kill') killProbe(message.id)
}

async function print(id: number, html: string): Promise<void> {
  const answer = await printPage(html).then(
    (pdf) => ({ type: 'printed', id, pdf, reason: '' }),
    (error: unknown) => ({
      type: 'printed',
      id,
      pdf: null,
      reason: error instanceof Error ? error.message : String(error),
    }),
  )
  engine?.current()?.send(answer)
}

function answerKept(id: number, kept: boolean, secret: string | null): void {
  engine?.current()?.send({ type: 'kept', id, kept, secret })
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
