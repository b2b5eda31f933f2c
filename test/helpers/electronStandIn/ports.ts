/** MessagePortMain and MessageChannelMain over Node's own ports, and how a port is carried over a process channel. */
import { EventEmitter } from 'node:events'
import { MessageChannel, type MessagePort } from 'node:worker_threads'

/** A port as Electron's main process has it: silent until `start`. */
export class PortMain extends EventEmitter {
  readonly #port: MessagePort
  #started = false

  constructor(port: MessagePort) {
    super()
    this.#port = port
    port.on('close', () => this.emit('close'))
  }

  start(): void {
    if (this.#started) return
    this.#started = true
    this.#port.on('message', (data: unknown) => this.emit('message', { data, ports: [] }))
  }

  postMessage(data: unknown): void {
    this.#port.postMessage(data)
  }

  close(): void {
    this.#port.close()
  }
}

export class MessageChannelMain {
  readonly port1: PortMain
  readonly port2: PortMain

  constructor() {
    const { port1, port2 } = new MessageChannel()
    this.port1 = new PortMain(port1)
    this.port2 = new PortMain(port2)
  }
}

export type Carried =
  | { readonly type: 'message'; readonly data: unknown; readonly ports: readonly number[] }
  | { readonly type: 'port'; readonly port: number; readonly data: unknown }
  | { readonly type: 'port-close'; readonly port: number }

/** Carries ports to the other end of a channel: what comes out of one is sent, what is sent comes out of it. */
export function carrier(send: (message: Carried) => void) {
  const ports = new Map<number, PortMain>()
  let count = 0
  return {
    /** Takes over `port` and gives it a number on the channel. */
    give: (port: PortMain): number => {
      const id = (count += 1)
      ports.set(id, port)
      port.on('message', ({ data }: { data: unknown }) => send({ type: 'port', port: id, data }))
      port.on('close', () => {
        if (ports.delete(id)) send({ type: 'port-close', port: id })
      })
      port.start()
      return id
    },
    /** The near end of a port that the other side gave under `id`. */
    take: (id: number): PortMain => {
      const { port1, port2 } = new MessageChannelMain()
      ports.set(id, port1)
      port1.on('message', ({ data }: { data: unknown }) => send({ type: 'port', port: id, data }))
      port1.on('close', () => {
        if (ports.delete(id)) send({ type: 'port-close', port: id })
      })
      port1.start()
      return port2
    },
    deliver: (message: Carried): void => {
      if (message.type === 'port') ports.get(message.port)?.postMessage(message.data)
      if (message.type === 'port-close') {
        const port = ports.get(message.port)
        ports.delete(message.port)
        port?.close()
      }
    },
    /** The other side is gone: every port that led there closes. */
    closeAll: (): void => {
      const all = [...ports.values()]
      ports.clear()
      for (const port of all) port.close()
    },
  }
}
