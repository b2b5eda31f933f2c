/** A decoder elsewhere at work: one request, its tokens as they come, and what it took until the first of them. */
import * as z from 'zod'
import { Fault } from '../../../../shared/fault.ts'
import type { RemoteServer } from '../../../../shared/remote.ts'
import { remoteKindInfo } from '../../../../shared/remoteKinds.ts'
import { lastEvent, readEvents } from './events.ts'
import type { RemoteAsk, RemoteInput, RemotePart } from './format.ts'
import { keyHeader, send, type Wire, type WireTimes } from './http.ts'
import { formats } from './kinds.ts'
import { readRefusal, refusal, refusalIn, wordsOf } from './words.ts'

/** What has gone out, told once the server has begun to answer. */
export type Sent = {
  readonly type: 'sent'
  readonly serializeMs: number
  readonly bytes: number
  readonly wire: WireTimes
}
export type Told = Sent | ({ readonly type: 'part' } & RemotePart)

export type Elsewhere = {
  readonly server: RemoteServer
  /**
   * Asks the server once and yields what it tells until its answer ends; leaving the generator closes the connection. Faults:
   * remote-refused with the server's words, remote-timeout, remote-broken for a stream that ends before the answer.
   */
  readonly decode: (input: RemoteInput, ask: RemoteAsk, signal?: AbortSignal) => AsyncGenerator<Told, void>
}

/** A confirmed server with its key, which is told to that server alone. */
export function openElsewhere(server: RemoteServer, key: string | null): Elsewhere {
  const { endpoint: url, host, timeouts } = server
  const headers = { ...keyHeader(key), accept: 'text/event-stream' }

  async function* decode(input: RemoteInput, ask: RemoteAsk, signal?: AbortSignal): AsyncGenerator<Told, void> {
    const from = performance.now()
    const body = Buffer.from(formats[server.kind].body(server, input, ask))
    const serializeMs = performance.now() - from
    const wire = await send({ url, host, method: 'POST', headers, body, timeouts, signal })
    try {
      await checkAnswer(wire)
      yield { type: 'sent', serializeMs, bytes: body.length, wire: wire.times }
      yield* partsOf(wire)
    } finally {
      wire.close()
    }
  }

  async function checkAnswer(wire: Wire): Promise<void> {
    if (wire.status !== 200) throw refusal(server, wire.status, wordsOf(await readRefusal(wire), key))
    const type = wire.headers['content-type'] ?? ''
    if (type.startsWith('text/event-stream')) return
    const words = wordsOf(await readRefusal(wire), key)
    throw new Fault('remote-refused', `${host} did not stream: it sent ${type || 'no type'}, “${words}”`, {
      remedy: `See that ${url} is where a ${remoteKindInfo[server.kind].label} server is asked.`,
    })
  }

  async function* partsOf(wire: Wire): AsyncGenerator<Told, void> {
    const read = formats[server.kind].reader(server)
    let finished = false
    let begun = false
    try {
      for await (const data of readEvents(wire.body)) {
        if (data === lastEvent) break
        const part = partOf(data, read)
        begun ||= part.text !== '' || part.tokens.length > 0
        finished ||= part.finish !== null
        // Signs of life before the first token do not put it off.
        if (begun) wire.allow(timeouts.idleMs, 'go on with its answer')
        yield { type: 'part', ...part }
      }
    } catch (error) {
      // The answer is whole: what is lost behind it are counts.
      if (finished && error instanceof Fault && lostBehind.has(error.code)) return
      throw error
    }
    if (!finished) throw new Fault('remote-broken', `${host} ended its stream before its answer.`)
  }

  function partOf(data: string, read: (event: unknown) => RemotePart): RemotePart {
    let event: unknown
    try {
      event = JSON.parse(data)
    } catch (error) {
      throw new Fault('remote-broken', `${host} sent an event that is no JSON: “${wordsOf(data, key)}”`, {
        cause: error,
      })
    }
    const words = refusalIn(event, key)
    if (words !== null) throw new Fault('remote-refused', `${host} gave its answer up: “${words}”`, remedyOfLog)
    try {
      return read(event)
    } catch (error) {
      const reason =
        error instanceof z.ZodError
          ? `not of its format (${firstIssue(error)})`
          : `“${String((error as Error).message)}”`
      throw new Fault('remote-refused', `${host} sent an event that cannot be read: ${reason}`, {
        ...remedyOfLog,
        cause: error,
      })
    }
  }

  return { server, decode }
}

const lostBehind: ReadonlySet<string> = new Set(['remote-broken', 'remote-timeout'])
const remedyOfLog = { remedy: 'The server’s own log says more.' } as const

function firstIssue({ issues: [issue] }: z.ZodError): string {
  return issue === undefined ? 'unknown' : `${issue.path.join('.')}: ${issue.message}`
}
