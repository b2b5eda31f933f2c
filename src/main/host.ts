/** Engine host: one process with one engine, serving the contract over ports (Electron) or relayed frames (plain Node). */
import { createRouterClient } from '@orpc/server'
import { RPCHandler } from '@orpc/server/message-port'
import { doorKeeper } from './doorKeeper.ts'
import { doorPrinter } from './doorPrinter.ts'
import { doorProber } from './doorProber.ts'
import { createEngine } from './engine/engine.ts'
import { isRelayMessage, relayPort, type RelayMessage, type RelayPort } from './relay.ts'
import { homeFolder, modelsFolder, weightsNamed } from './settings.ts'

/** The parts of Electron's utility-process port that are used; plain Node has none. */
type ParentPort = {
  readonly on: (
    event: 'message',
    callback: (event: { readonly data: unknown; readonly ports: readonly Port[] }) => void,
  ) => void
  readonly postMessage: (message: unknown) => void
}
type Port = {
  readonly on: (event: string, callback: (event?: { data: unknown }) => void) => void
  readonly postMessage: (message: unknown) => void
  readonly start: () => void
}

const parentPort = (process as { readonly parentPort?: ParentPort }).parentPort
const tell = (message: RelayMessage): void => {
  if (parentPort !== undefined) parentPort.postMessage(message)
  else process.send?.(message)
}

process.on('unhandledRejection', (reason) => {
  console.error('engine host: unhandled rejection', reason)
})

try {
  const onDesktop = process.env['REFRAG_DOOR'] === 'desktop'
  const printer = doorPrinter(tell)
  const keeper = doorKeeper(tell)
  const prober = doorProber(tell)
  const engine = await createEngine({
    home: homeFolder(),
    models: modelsFolder(),
    log: (line) => console.error(line),
    // Its door starts another in its place.
    restart: () => end(),
    device: process.env['REFRAG_DEVICE'],
    weights: weightsNamed(process.env['REFRAG_WEIGHTS']),
    ...(onDesktop ? { print: printer.print, keeper } : {}),
    ...(parentPort === undefined ? {} : { startProbe: prober.start }),
  })
  const handler = new RPCHandler(engine.router)
  const clients = new Map<number, RelayPort>()

  function end(): void {
    void engine.close().finally(() => process.exit(0))
  }
  async function tellJobs(): Promise<void> {
    for await (const { jobs } of await createRouterClient(engine.router).jobs.follow()) tell({ type: 'jobs', jobs })
  }
  /** Hears what any door says; false for what is of a client. */
  function hear(message: unknown): boolean {
    if (!isRelayMessage(message) || 'client' in message) return false
    if (message.type === 'end') end()
    if (message.type === 'log') engine.note(message.entry)
    if (message.type === 'printed') printer.deliver(message)
    if (message.type === 'kept') keeper.deliver(message)
    if (message.type === 'probe-told' || message.type === 'probe-ended') prober.deliver(message)
    return true
  }

  parentPort?.on('message', ({ data, ports: [port] }) => {
    if (port === undefined) return void hear(data)
    handler.upgrade(port)
    port.start()
  })

  process.on('message', (message) => {
    if (hear(message) || !isRelayMessage(message) || !('client' in message)) return
    if (message.type === 'open') {
      const port = relayPort(message.client, tell)
      clients.set(message.client, port)
      handler.upgrade(port)
      return
    }
    clients.get(message.client)?.deliver(message)
    if (message.type === 'close') clients.delete(message.client)
  })
  process.on('disconnect', end)
  process.on('SIGTERM', end)
  // Ctrl-C reaches the whole process group; the door decides when the engine ends.
  process.on('SIGINT', () => {})
  tell({ type: 'ready' })
  if (onDesktop) void tellJobs()
} catch (error) {
  console.error('engine host: cannot start', error)
  tell({ type: 'failed', reason: error instanceof Error ? error.message : String(error) })
  process.exitCode = 1
  process.disconnect?.()
}
