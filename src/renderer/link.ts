/** link(): the contract's client, over the port that the preload posts, else over a WebSocket; it outlives engine restarts. */
import { createORPCClient, DynamicLink, ORPCError, type ClientLink } from '@orpc/client'
import { RPCLink as PortLink } from '@orpc/client/message-port'
import { RPCLink as SocketLink } from '@orpc/client/websocket'
import type { ContractRouterClient } from '@orpc/contract'
import type { Contract } from '../shared/contract.ts'
import { isAbort, remedies, type FaultCode, type FaultData } from '../shared/fault.ts'
import type { Handed } from '../shared/handed.ts'

export type Client = ContractRouterClient<Contract>
export type LinkState = 'connecting' | 'ready' | 'gone'
/** How the page stands with the engine; `restarts` counts the times it came back after it was gone. */
export type LinkStatus = { readonly state: LinkState; readonly restarts: number }

/** What the preload exposes on the desktop; absent in a browser. */
export type Desktop = {
  readonly pathForFile: (file: File) => string
  readonly onMenu: (callback: (command: string) => void) => void
  readonly onEngine: (callback: (state: { readonly type: 'ready' | 'gone' }) => void) => void
  readonly onHanded: (callback: (handed: Handed) => void) => void
  readonly noteOpened: (paths: readonly string[]) => void
  readonly setTheme: (theme: 'system' | 'light' | 'dark') => void
}

declare global {
  interface Window {
    readonly workbench?: Desktop
  }
}

type Wire = ClientLink<Record<never, never>>

const listeners = new Set<(status: LinkStatus) => void>()
let status: LinkStatus = { state: 'connecting', restarts: 0 }
let waiting = Promise.withResolvers<Wire>()
let client: Client | undefined

/** The engine's client; the first call opens the connection. Calls made while the engine is away wait for it. */
export function link(): Client {
  if (client === undefined) {
    client = createORPCClient<Client>(new DynamicLink(() => waiting.promise))
    if (window.workbench === undefined) openSocket(0)
    else {
      listenForPorts(window.workbench)
      hearHanded(window.workbench)
    }
  }
  return client
}

/** Calls `listener` with the status now and at each change; returns the way to stop. */
export function watchLink(listener: (status: LinkStatus) => void): () => void {
  listeners.add(listener)
  listener(status)
  return () => listeners.delete(listener)
}

/** The full path of a dropped file on the desktop; undefined in a browser, which knows no paths. */
export function pathOf(file: File): string | undefined {
  const path = window.workbench?.pathForFile(file)
  return path === undefined || path === '' ? undefined : path
}

const menuListeners = new Set<(command: string) => void>()
let menuWatched = false

/** Calls `listener` with the id of each command chosen in the desktop's menu; returns the way to stop. */
export function watchMenu(listener: (command: string) => void): () => void {
  // The preload knows no way to stop listening: one callback stands for all that come and go.
  if (!menuWatched) window.workbench?.onMenu((command) => menuListeners.forEach((each) => each(command)))
  menuWatched = true
  menuListeners.add(listener)
  return () => menuListeners.delete(listener)
}

/** True for a fault that the engine told, and so has in its log; false for one that only the page knows of. */
export function isTold(error: unknown): boolean {
  return error instanceof ORPCError
}

/** True where a hand on the list of jobs ended the call. */
export function isStopped(error: unknown): boolean {
  return error instanceof ORPCError && isFaultData(error.data) && error.data.code === 'stopped'
}

const handedListeners = new Set<(handed: Handed) => void>()
/** What came before anybody listened. */
let unheard: Handed[] = []
let handedWatched = false

/** Calls `listener` with each thing that the system hands over, those from before too; returns the way to stop. */
export function watchHanded(listener: (handed: Handed) => void): () => void {
  handedListeners.add(listener)
  unheard.forEach(listener)
  unheard = []
  return () => handedListeners.delete(listener)
}

function hearHanded(desktop: Desktop): void {
  if (handedWatched) return
  handedWatched = true
  desktop.onHanded((handed) => {
    if (handedListeners.size === 0) unheard.push(handed)
    else for (const each of handedListeners) each(handed)
  })
}

/** Tells the desktop which files were opened, for the system's list of recent documents; a browser keeps none. */
export function noteOpened(paths: readonly string[]): void {
  window.workbench?.noteOpened(paths)
}

/** Lets what the system draws around the page follow the page's theme. */
export function tellTheme(theme: 'system' | 'light' | 'dark'): void {
  window.workbench?.setTheme(theme)
}

/** Any error of a call as a fault; a connection cut in the middle of a call is `engine-gone`. */
export function faultOf(error: unknown): FaultData {
  if (error instanceof ORPCError) {
    const data: unknown = error.data
    if (isFaultData(data)) return data
    if (error.code === 'BAD_REQUEST') return fault('bad-input', describeIssues(data) ?? error.message)
    return fault('internal', error.message)
  }
  if (isAbort(error)) return fault('engine-gone', 'The engine stopped before it was done.')
  const message = error instanceof Error ? error.message : String(error)
  return /not open|closed/i.test(message)
    ? fault('engine-gone', 'The engine cannot be reached.')
    : fault('internal', message)
}

function fault(code: FaultCode, message: string): FaultData {
  return { code, message, remedy: remedies[code] }
}

function isFaultData(data: unknown): data is FaultData {
  return typeof data === 'object' && data !== null && 'code' in data && 'message' in data && 'remedy' in data
}

function describeIssues(data: unknown): string | undefined {
  if (typeof data !== 'object' || data === null || !('issues' in data) || !Array.isArray(data.issues)) return undefined
  const issues: readonly { readonly message?: string; readonly path?: readonly unknown[] }[] = data.issues
  return issues.map((issue) => `${(issue.path ?? []).map(String).join('.')}: ${issue.message ?? ''}`).join('; ')
}

function arrive(wire: Wire): void {
  waiting.resolve(wire)
  // A wire that replaces one still thought alive finds the promise settled already.
  waiting = Promise.withResolvers<Wire>()
  waiting.resolve(wire)
  report({ state: 'ready', restarts: status.restarts + (status.state === 'gone' ? 1 : 0) })
}

function leave(): void {
  if (status.state === 'ready') waiting = Promise.withResolvers<Wire>()
  report({ ...status, state: 'gone' })
}

function report(next: LinkStatus): void {
  status = next
  for (const listener of listeners) listener(status)
}

function listenForPorts(desktop: Desktop): void {
  let current: MessagePort | undefined
  desktop.onEngine((state) => {
    if (state.type !== 'gone') return
    // Calls that wait on the dead engine end now, not when the next one comes.
    if (current !== undefined) retire(current)
    current = undefined
    leave()
  })
  window.addEventListener('message', (event: MessageEvent<unknown>) => {
    const port = event.ports[0]
    if (event.source !== window || event.data !== 'engine-port' || port === undefined) return
    if (current !== undefined) retire(current)
    current = port
    port.addEventListener('close', () => {
      if (current === port) leave()
    })
    const wire = new PortLink({ port })
    port.start()
    arrive(wire)
  })
}

/** Ends the calls that still wait on a port whose engine has been replaced. */
function retire(port: MessagePort): void {
  port.dispatchEvent(new Event('close'))
  port.close()
}

const retryMs = [250, 500, 1000, 2000]

function openSocket(attempt: number): void {
  const url = new URL('/engine', location.href)
  url.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:'
  url.search = new URLSearchParams({ token: new URLSearchParams(location.search).get('token') ?? '' }).toString()
  const websocket = new WebSocket(url)
  let opened = false
  websocket.addEventListener('open', () => {
    opened = true
    arrive(new SocketLink({ websocket }))
  })
  websocket.addEventListener('close', () => {
    leave()
    const next = opened ? 0 : attempt + 1
    setTimeout(openSocket, retryMs[Math.min(next, retryMs.length - 1)], next)
  })
}
