/** What a server says when it refuses, as a fault: its own words and status, and what can be done about each. */
import * as z from 'zod'
import { Fault } from '../../../../shared/fault.ts'
import type { RemoteServer } from '../../../../shared/remote.ts'
import type { Wire } from './http.ts'

/** As much of a refusal as is read, and as is told. */
const mostRead = 64 * 1024
const mostTold = 600

const Said = z.union([
  z.object({ error: z.object({ message: z.string() }) }).transform(({ error }) => error.message),
  z.object({ error: z.string() }).transform(({ error }) => error),
  z.object({ message: z.string() }).transform(({ message }) => message),
  z.object({ detail: z.string() }).transform(({ detail }) => detail),
  z
    .object({
      detail: z.array(z.object({ msg: z.string(), loc: z.array(z.union([z.string(), z.number()])).default([]) })),
    })
    .transform(({ detail }) => detail.map(({ loc, msg }) => `${loc.join('.')}: ${msg}`).join('; ')),
])

/** The words in the body of a refusal; the body itself where it is none that is known. A key that it repeats is left out. */
export function wordsOf(body: string, key: string | null): string {
  const said = Said.safeParse(asJson(body))
  const words = (said.success ? said.data : body).replaceAll(/\s+/g, ' ').trim()
  const safe = key === null ? words : words.replaceAll(key, '…')
  return safe.length > mostTold ? `${safe.slice(0, mostTold)}…` : safe
}

/** What a text holds as JSON; null where it holds none. */
export function asJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** What an event in the middle of a stream says of an error; null where it says of none. */
export function refusalIn(event: unknown, key: string | null): string | null {
  const isError = typeof event === 'object' && event !== null && 'error' in event && event.error !== null
  return isError ? wordsOf(JSON.stringify(event), key) : null
}

const remedyOf: Readonly<Record<number, (server: RemoteServer) => string>> = {
  401: keyRemedy,
  403: keyRemedy,
  404: () => 'See that the server has the model under that name, and is asked at the right address.',
  413: () => 'Retrieve fewer passages, take a larger k or a smaller p, or let the server take larger requests.',
  429: () => 'Wait, and ask again: it has too much to do, or the key is used up.',
}

function keyRemedy({ keyEnv }: RemoteServer): string {
  return keyEnv === null
    ? 'See that the server has the right key: give it in the settings, or add the server again with --key-env NAME.'
    : `See that ${keyEnv} holds the right key.`
}

/** The fault that a status other than 200 is. */
export function refusal(server: RemoteServer, status: number, words: string): Fault {
  const { host, kind } = server
  const said = words === '' ? 'without a word' : `“${words}”`
  if (status >= 300 && status < 400)
    return new Fault('remote-refused', `${host} sends to another address (${status}), which was not confirmed.`, {
      remedy: 'Add the server by the address that it is really at.',
    })
  const ofSize = kind !== 'openai' && /hidden|dimension|shape|embed/i.test(words)
  const remedy = ofSize
    ? 'Serve the very decoder that the bundle was made with, with prompt embeddings allowed (vLLM: --enable-prompt-embeds; SGLang: --disable-radix-cache).'
    : (remedyOf[status]?.(server) ??
      (status >= 500 ? 'The server’s own log says more.' : 'Change what the server objects to, and ask again.'))
  return new Fault('remote-refused', `${host} refused with status ${status}: ${said}`, { remedy })
}

/** The body of a refusal as far as it is read. */
export async function readRefusal({ body, close }: Pick<Wire, 'body' | 'close'>): Promise<string> {
  const parts: Uint8Array[] = []
  let length = 0
  for await (const chunk of body) {
    parts.push(chunk)
    length += chunk.length
    if (length > mostRead) break
  }
  close()
  return new TextDecoder().decode(Buffer.concat(parts).subarray(0, mostRead))
}
