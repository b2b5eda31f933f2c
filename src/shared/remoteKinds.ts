/** Kinds of servers that decode elsewhere, as plain data, apart from their schemas so that the page need not carry those. */
import { Fault } from './fault.ts'

/** Kinds by the format in which they are asked. */
export const remoteKinds = ['vllm', 'sglang', 'openai'] as const
export type RemoteKind = (typeof remoteKinds)[number]

/** Precision of the rows on the wire: f32 as they are, the others rounded at half the size. */
export const remoteDtypes = ['f32', 'f16', 'bf16'] as const
export type RemoteDtype = (typeof remoteDtypes)[number]

/** Milliseconds that a server may take where nobody says otherwise, and the longest that anyone may say. */
export const remoteTimeouts = { connectMs: 10_000, firstTokenMs: 120_000, idleMs: 60_000 } as const
export const longestTimeoutMs = 3_600_000

type KindInfo = {
  readonly label: string
  /** Embeddings are the rows that the bundle's own decoder would be fed; text is that of the expanded chunks alone. */
  readonly sends: 'embeddings' | 'text'
  /** Where it is asked, behind the address of the server. */
  readonly path: string
  readonly sent: string
}

const rows =
  'the decoder’s input as rows of numbers: an embedding for each compressed chunk, and the token embeddings of the expanded ' +
  'chunks and of the question, from which their text can be read back'

export const remoteKindInfo: Readonly<Record<RemoteKind, KindInfo>> = {
  vllm: { label: 'vLLM', sends: 'embeddings', path: '/v1/completions', sent: rows },
  sglang: { label: 'SGLang', sends: 'embeddings', path: '/generate', sent: rows },
  openai: {
    label: 'OpenAI-compatible',
    sends: 'text',
    path: '/v1/chat/completions',
    sent: 'the text of the expanded chunks and of the question, and nothing of the compressed ones',
  },
}

/** What every output says of a run that sent text. */
export const textOnlyLabel = 'text only: nothing compressed was sent'

type Url = {
  readonly protocol: string
  readonly host: string
  readonly hostname: string
  readonly username: string
  readonly password: string
  readonly search: string
  readonly hash: string
  readonly href: string
  pathname: string
}
/** Node and the page have it; the language's own library does not say so. */
declare const URL: { readonly parse: (text: string) => Url | null }

export type Endpoint = {
  readonly url: string
  readonly host: string
  readonly encrypted: boolean
  /** On this machine. */
  readonly local: boolean
}

/** Where a server of that kind is asked. Fault bad-input for an address that is none, or that holds a user, a query or a fragment. */
export function endpointOf(typed: string, kind: RemoteKind): Endpoint {
  const url = URL.parse(typed.trim())
  if (url === null || !/^https?:$/.test(url.protocol) || url.hostname === '')
    throw new Fault('bad-input', `“${typed}” is no address of a server.`, {
      remedy: 'Give it as http://HOST:PORT or https://HOST.',
    })
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '')
    throw new Fault('bad-input', 'The address holds more than a host and a path.', {
      remedy: 'Leave out user, password, query and fragment; a key is given apart.',
    })
  const { path } = remoteKindInfo[kind]
  const given = url.pathname.replace(/\/+$/, '')
  const whole = kind === 'openai' ? given.endsWith('/completions') : given.endsWith(path)
  if (whole) url.pathname = given
  else url.pathname = given.endsWith('/v1') && path.startsWith('/v1/') ? given + path.slice(3) : given + path
  return {
    url: url.href,
    host: url.host,
    encrypted: url.protocol === 'https:',
    local: /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname),
  }
}

/** The decoder of a run in words; null where it is the bundle's own. */
export function decoderWords(
  decoder:
    | { readonly kind: RemoteKind; readonly host: string; readonly model: string; readonly label: string | null }
    | undefined,
): string | null {
  if (decoder === undefined) return null
  const { kind, host, model, label } = decoder
  return `${remoteKindInfo[kind].label} at ${host}, ${model}${label === null ? '' : ` (${label})`}`
}

/** Where a server's key comes from, in words. */
export function keyWords(key: 'none' | 'environment' | 'memory' | 'kept' | 'missing', variable: string | null): string {
  const words = {
    none: 'none',
    environment: `from ${variable}`,
    missing: `${variable} is not set`,
    memory: 'until the engine ends',
    kept: 'kept by the system',
  } as const
  return words[key]
}
