/** One request to a server, on a connection of its own: what each part of it took, what ends it, and its answer as it comes. */
import { request as requestClear, type ClientRequest, type IncomingMessage } from 'node:http'
import { request as requestEncrypted } from 'node:https'
import type { Socket } from 'node:net'
import { Fault, isAbort } from '../../../../shared/fault.ts'
import type { RemoteTimeouts } from '../../../../shared/remote.ts'

/** Milliseconds. `roundTripMs` is that of the handshake of TCP: one way there and back. */
export type WireTimes = { readonly connectMs: number; readonly roundTripMs: number; readonly sendMs: number }

export type Wire = {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly times: WireTimes
  /** The body as it comes, as whatever ended it says. */
  readonly body: AsyncIterable<Uint8Array>
  /** From now on the server has this long, until the next call. */
  readonly allow: (ms: number, what: string) => void
  /** Closes the connection. */
  readonly close: () => void
}

export type Asked = {
  readonly url: string
  readonly host: string
  readonly method: 'GET' | 'POST'
  readonly headers: Readonly<Record<string, string>>
  readonly body?: Uint8Array
  readonly timeouts: RemoteTimeouts
  readonly signal?: AbortSignal | undefined
}

/** How a key is shown to a server. */
export function keyHeader(key: string | null): Readonly<Record<string, string>> {
  return key === null ? {} : { authorization: `Bearer ${key}` }
}

/**
 * Sends a request and gives its answer once the head of it has come. Redirects are not followed: another host was not confirmed. Faults:
 * remote-timeout, remote-refused where there is no connection, remote-broken where one is lost.
 */
export function send(asked: Asked): Promise<Wire> {
  const { url, host, method, headers, body, timeouts, signal } = asked
  signal?.throwIfAborted()
  const secure = url.startsWith('https:')
  const began = performance.now()
  const request = (secure ? requestEncrypted : requestClear)(url, {
    method,
    agent: false,
    headers: {
      ...headers,
      ...(body === undefined ? {} : { 'content-type': 'application/json', 'content-length': body.length }),
    },
  })
  const clock = watch(request, host)
  const abort = (): void => clock.end(reasonOf(signal))
  signal?.addEventListener('abort', abort, { once: true })
  const release = (): void => {
    clock.stop()
    signal?.removeEventListener('abort', abort)
  }
  clock.allow(timeouts.connectMs, 'be reached')

  let resolved = began
  let roundTripMs = 0
  let connected = began
  let sent: number | null = null
  request.on('socket', (socket: Socket) => {
    const asking = (): void => void (resolved = performance.now())
    asking()
    socket.once('lookup', asking)
    socket.once('connect', () => void (roundTripMs = performance.now() - resolved))
    socket.once(secure ? 'secureConnect' : 'connect', () => {
      connected = performance.now()
      clock.allow(timeouts.firstTokenMs, 'begin its answer')
    })
  })
  request.once('finish', () => (sent = performance.now()))

  return new Promise((resolve, reject) => {
    // Told again where the answer has begun: then its body says so.
    request.on('error', (error) => {
      release()
      reject(faultOf(error, host))
    })
    request.once('response', (response) => {
      const times = { connectMs: connected - began, roundTripMs, sendMs: (sent ?? performance.now()) - connected }
      resolve({
        status: response.statusCode ?? 0,
        headers: response.headers,
        times,
        body: bodyOf(response, host, clock, release),
        allow: clock.allow,
        close: () => {
          release()
          request.destroy()
        },
      })
    })
    request.end(body)
  })
}

async function* bodyOf(
  response: IncomingMessage,
  host: string,
  clock: Watch,
  release: () => void,
): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of response) yield chunk as Uint8Array
  } catch (error) {
    // What ended the request from here says more than the end of its answer.
    throw faultOf(clock.reason() ?? error, host)
  } finally {
    release()
  }
}

type Watch = {
  readonly allow: (ms: number, what: string) => void
  readonly stop: () => void
  readonly end: (reason: Error) => void
  /** Why the request was ended from here; null where it was not. */
  readonly reason: () => Error | null
}

function watch(request: ClientRequest, host: string): Watch {
  let timer: ReturnType<typeof setTimeout> | undefined
  let reason: Error | null = null
  const stop = (): void => clearTimeout(timer)
  const end = (why: Error): void => {
    reason ??= why
    request.destroy(why)
  }
  const allow = (ms: number, what: string): void => {
    stop()
    const late = (): void => end(new Fault('remote-timeout', `${host} did not ${what} within ${ms / 1000} s.`))
    timer = setTimeout(late, ms)
  }
  return { allow, stop, end, reason: () => reason }
}

function reasonOf(signal: AbortSignal | undefined): Error {
  const reason: unknown = signal?.reason
  return reason instanceof Error ? reason : new DOMException('This operation was aborted', 'AbortError')
}

/** What the system says of a connection that was not made. */
const unreachable: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'there is no host of that name',
  EAI_AGAIN: 'its name could not be looked up',
  ETIMEDOUT: 'it does not answer',
  EHOSTUNREACH: 'there is no way to it',
  ENETUNREACH: 'there is no network',
}
const lost: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE'])

function faultOf(error: unknown, host: string): unknown {
  if (error instanceof Fault || isAbort(error) || !(error instanceof Error)) return error
  const code = 'code' in error ? String(error.code) : ''
  if (lost.has(code) || code.startsWith('HPE_'))
    return new Fault('remote-broken', `The connection to ${host} broke (${error.message}).`, { cause: error })
  return new Fault('remote-refused', `${host} cannot be reached: ${unreachable[code] ?? error.message}.`, {
    remedy: 'See that the server runs, and that its address and port are right.',
    cause: error,
  })
}
