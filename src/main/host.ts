/** Engine host: one process with one engine, serving the contract over ports (Electron) or relayed frames (plain Node). */
import { RPCHandler } from '@orpc/server/message-port'
import { createEngine } from './engine/engine.ts'
import { isRelayMessage, relayPort, type RelayMessage, type RelayPort } from './relay.ts'
import { homeFolder, modelsFolder } from './settings.ts'

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
  const engine = await createEngine({
    home: homeFolder(),
    models: modelsFolder(),
    log: (line) => console.error(line),
    // Its door starts another in its place.
    restart: () => void engine.close().finally(() => process.exit(0)),
  })
  const handler = new RPCHandler(engine.router)
  const clients = new Map<number, RelayPort>()

  parentPort?.on('message', ({ data, ports: [port] }) => {
    if (isRelayMessage(data) && data.type === 'log') engine.note(data.entry)
    if (port === undefined) return
    handler.upgrade(port)
    port.start()
  })

  process.on('message', (message) => {
    if (isRelayMessage(message) && message.type === 'log') engine.note(message.entry)
    if (!isRelayMessage(message) || !('client' in message)) return
    if (message.type === 'open') {
      const port = relayPort(message.client, tell)
      clients.set(message.client, port)
      handler.upgrade(port)
      return
    }
    clients.get(message.client)?.deliver(message)
    if (message.type === 'close') clients.delete(message.client)
  })
  process.on('disconnect', () => void engine.close().finally(() => process.exit(0)))
  process.on('SIGTERM', () => void engine.close().finally(() => process.exit(0)))
  // Ctrl-C reaches the whole process group; the door decides when the engine ends.
  process.on('SIGINT', () => {})
  tell({ type: 'ready' })
} catch (error) {
  console.error('engine host: cannot start', error)
  tell({ type: 'failed', reason: error instanceof Error ? error.message : String(error) })
  process.exitCode = 1
  process.disconnect?.()
}
