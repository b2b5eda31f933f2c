/** Browser door: the built page and the contract over HTTP and WebSocket, on 127.0.0.1 only, behind a random token. */
import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { WebSocketServer, type WebSocket } from 'ws'
import { Fault } from '../shared/fault.ts'
import { openDoorLog } from './doorLog.ts'
import { forkEngine } from './forked.ts'
import type { WeightName } from '../shared/deviceNames.ts'
import { isOwnHost, isOwnOrigin, sameToken } from './guard.ts'
import { plain, respond, type PageResponse } from './page.ts'
import { isRelayMessage } from './relay.ts'
import { rootFolder } from './settings.ts'
import { supervise } from './supervise.ts'

export type WebOptions = {
  /** 0 picks a free port. */
  readonly port: number
  readonly home: string
  readonly models: string
  /** Over the settings. */
  readonly device?: string | undefined
  readonly weights?: WeightName | undefined
  readonly log: (text: string) => void
}

export type Web = { readonly url: string; readonly close: () => Promise<void> }

/** Opens the door; the URL holds the token. Throws a fault when the port is taken. */
export async function openWeb({ port: wanted, home, models, device, weights, log }: WebOptions): Promise<Web> {
  const token = randomBytes(24).toString('base64url')
  const folder = join(rootFolder(), 'out', 'renderer')
  const pages = new Map<number, WebSocket>()
  let count = 0
  const doorLog = openDoorLog('browser door')
  doorLog.note('info', `opened, process ${process.pid}`)

  const engine = supervise({
    start: () =>
      forkEngine({
        script: join(import.meta.dirname, 'host.ts'),
        env: {
          REFRAG_HOME: home,
          REFRAG_MODELS: models,
          ...(device === undefined ? {} : { REFRAG_DEVICE: device }),
          ...(weights === undefined ? {} : { REFRAG_WEIGHTS: weights }),
        },
        log: (text) => {
          doorLog.printed(text)
          log(text)
        },
      }),
    onMessage: (message) => {
      if (isRelayMessage(message) && message.type === 'frame') pages.get(message.client)?.send(message.data)
    },
    onState: (state, started) => {
      if (state.type === 'ready') return doorLog.ready(started)
      doorLog.gone(state.reason)
      log(`The engine stopped (${state.reason}); it starts again.\n`)
      // A page that loses its socket says so and connects again.
      for (const socket of pages.values()) socket.close(1012, 'engine restarting')
    },
  })

  const server = createServer((request, response) => {
    void answer(request).then(({ status, headers, body }) => {
      response.writeHead(status, headers).end(request.method === 'HEAD' ? undefined : body)
    })
  })
  const sockets = new WebSocketServer({ noServer: true, maxPayload: 256 << 20 })

  server.on('upgrade', (request, socket: Socket, head) => {
    const url = URL.parse(request.url ?? '', 'http://127.0.0.1')
    const { host, origin } = request.headers
    const allowed =
      url?.pathname === '/engine' &&
      isOwnHost(host, port) &&
      isOwnOrigin(origin, host) &&
      sameToken(url.searchParams.get('token'), token)
    if (!allowed) return refuse(socket, '403 Forbidden')
    if (engine.current() === null) return refuse(socket, '503 Service Unavailable')
    sockets.handleUpgrade(request, socket, head, admit)
  })

  function admit(socket: WebSocket): void {
    const client = (count += 1)
    const process = engine.current()
    if (process === null) return socket.close(1012, 'engine restarting')
    pages.set(client, socket)
    process.send({ type: 'open', client })
    socket.on('message', (data: Buffer, isBinary) => {
      process.send({ type: 'frame', client, data: isBinary ? new Uint8Array(data) : data.toString('utf8') })
    })
    socket.on('error', (error) => {
      log(`socket: ${error.message}\n`)
      doorLog.note('warning', 'a page’s socket failed', error.message)
    })
    socket.on('close', () => {
      pages.delete(client)
      process.send({ type: 'close', client })
    })
  }

  async function answer(request: IncomingMessage): Promise<PageResponse> {
    const url = URL.parse(request.url ?? '', 'http://127.0.0.1')
    if (url === null || (request.method !== 'GET' && request.method !== 'HEAD')) return plain(405, 'Only GET.')
    if (!isOwnHost(request.headers.host, port)) return plain(403, 'This server answers only to 127.0.0.1.')
    if (url.pathname === '/' && !sameToken(url.searchParams.get('token'), token)) {
      return plain(403, 'Open the address that the terminal printed: it ends with a token.')
    }
    return respond(folder, url.pathname, [`ws://${request.headers.host}`])
  }

  const port = await listen(server, wanted).catch((error: unknown) => {
    engine.stop()
    throw new Fault(
      'bad-input',
      `Port ${wanted} cannot be opened: ${error instanceof Error ? error.message : String(error)}`,
      {
        remedy: 'Choose another port, or 0 for a free one.',
        cause: error,
      },
    )
  })
  return {
    url: `http://127.0.0.1:${port}/?token=${token}`,
    close: async () => {
      engine.stop()
      for (const socket of pages.values()) socket.terminate()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function refuse(socket: Socket, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}

function listen(server: ReturnType<typeof createServer>, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : port)
    })
  })
}
