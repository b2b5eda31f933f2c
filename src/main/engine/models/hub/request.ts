/** Requests to the Hub, and what a refusal, a dead line or a stranger's answer means as a fault. */
import { Fault, isAbort } from '../../../../shared/fault.ts'
import { mayTell, type Hub } from './access.ts'

/** A line that was cut or fell silent: what came before stands, and trying again may help. */
export class CutError extends Error {
  override readonly name = 'CutError'
}

/** What a request is about, for the words of a fault. */
export type About = { readonly id: string | null; readonly signal?: AbortSignal | undefined }

const longestWords = 300

/**
 * A `fetch` for the Hub's answers: those that are none are faults. Throws Fault hub-offline and hub-refused, and an AbortError where
 * the caller's own signal aborts. The token is told to the endpoint alone, whatever address a page of results names next.
 */
export function hubFetch(hub: Hub, about: About): typeof fetch {
  return async (input, init) => {
    const url = input instanceof Request ? input.url : String(input)
    const late = AbortSignal.timeout(hub.patience.answerMs)
    const signal = about.signal === undefined ? late : AbortSignal.any([about.signal, late])
    return request(hub, url, { ...init, signal }, about)
  }
}

/** One request whose answer is a success. Faults as `hubFetch`; `init.signal` is the only limit on how long it takes. */
export async function request(hub: Hub, url: string, init: RequestInit, { id, signal }: About): Promise<Response> {
  const headers = new Headers(init.headers)
  headers.delete('authorization')
  if (hub.token !== null && mayTell(hub, url)) headers.set('authorization', `Bearer ${hub.token}`)
  headers.set('user-agent', 'refrag-workbench')
  let response: Response
  try {
    // A redirect to another server loses the authorization: fetch itself sees to that.
    response = await fetch(url, { ...init, headers })
  } catch (error) {
    if (signal?.aborted === true) throw error
    throw offline(hub, error)
  }
  if (response.ok) return response
  throw await refusal(hub, id, response)
}

/** An error in reading an answer: a fault already, or a line that was cut, or an answer that is none. */
export function answerFault(hub: Hub, error: unknown, signal?: AbortSignal): unknown {
  if (error instanceof Fault || signal?.aborted === true) return error
  if (error instanceof SyntaxError) {
    return new Fault('hub-refused', `${hostOf(hub)} answers, but not as a Hub does.`, {
      remedy: 'Check the endpoint; a network that asks for a login first answers for every server.',
      cause: error,
    })
  }
  return offline(hub, error)
}

export function hostOf(hub: Hub): string {
  return URL.parse(hub.endpoint)?.host ?? hub.endpoint
}

/** What the codes of a failed connection mean. */
const reasons: Readonly<Record<string, string>> = {
  ENOTFOUND: 'its name is not known',
  EAI_AGAIN: 'names cannot be looked up',
  ECONNREFUSED: 'nothing answers there',
  ECONNRESET: 'the line was cut',
  EHOSTUNREACH: 'there is no way to it',
  ENETUNREACH: 'there is no network',
  ETIMEDOUT: 'it does not answer',
  UND_ERR_CONNECT_TIMEOUT: 'it does not answer',
  UND_ERR_HEADERS_TIMEOUT: 'it does not answer',
  UND_ERR_SOCKET: 'the line was cut',
}

function offline(hub: Hub, error: unknown): Fault {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  const late = error instanceof Error && (error.name === 'TimeoutError' || isAbort(error))
  const told = cause instanceof Error ? cause.message : String(cause)
  const reason = reasons[code] ?? (late ? 'it does not answer' : told)
  return new Fault('hub-offline', `${hostOf(hub)} cannot be reached: ${reason}.`, { cause: error })
}

/** A refusal as a fault, in the server's own words. */
async function refusal(hub: Hub, id: string | null, response: Response): Promise<Fault> {
  const { status } = response
  const words = await wordsOf(response)
  const wait = Number(response.headers.get('retry-after') ?? Number.NaN)
  const name = id === null ? 'the request' : id
  const said = words === '' ? '' : ` It says: ${words}`
  return new Fault('hub-refused', `${hostOf(hub)} refused ${name} with ${status}.${said}`, {
    remedy: remedyOf(hub, id, status, Number.isFinite(wait) ? wait : null),
    cause: Object.assign(new Error(`status ${status}`), { status, wait }),
  })
}

/** Status and asked-for wait in seconds of a refusal; null for any other error. */
export function refusedWith(error: unknown): { readonly status: number; readonly wait: number | null } | null {
  if (!(error instanceof Fault) || error.code !== 'hub-refused') return null
  const { cause } = error
  if (!(cause instanceof Error) || !('status' in cause) || !('wait' in cause)) return null
  const wait = Number(cause.wait)
  return { status: Number(cause.status), wait: Number.isFinite(wait) ? wait : null }
}

function remedyOf(hub: Hub, id: string | null, status: number, wait: number | null): string {
  const place = id === null ? hub.endpoint : `${hub.endpoint}/${id}`
  if (status === 401)
    return hub.token === null
      ? 'The id is wrong, or the repository is gated or private: check it, or give a token that may read it.'
      : 'The token is not valid there: give another one, or none.'
  if (status === 403) return `Accept its conditions at ${place}, then try again with a token of that account.`
  if (status === 404) return 'Check the id and the revision.'
  if (status === 429)
    return `Wait ${wait === null ? 'a few minutes' : `${Math.ceil(wait)} s`} and go on.${hub.token === null ? ' With a token the limit is higher.' : ''}`
  if (status >= 500) return 'The fault is the server’s: go on later. What has come is kept.'
  return 'Check the id, the revision and the endpoint.'
}

/** What a refusal says: its header, else its JSON or plain text; a page for people says nothing here. */
async function wordsOf(response: Response): Promise<string> {
  const header = response.headers.get('x-error-message')
  const body = await response.text().catch(() => '')
  return oneLine(header ?? wordsIn(body, response.headers.get('content-type') ?? ''))
}

function wordsIn(body: string, type: string): string {
  if (/html/i.test(type)) return ''
  try {
    const json: unknown = JSON.parse(body)
    const at = (name: string): unknown =>
      typeof json === 'object' && json !== null && name in json ? (json as Record<string, unknown>)[name] : undefined
    const found = at('error') ?? at('message')
    return typeof found === 'string' ? found : ''
  } catch {
    return body
  }
}

function oneLine(text: string): string {
  const line = text.replaceAll(/\p{Cc}+/gu, ' ').trim()
  const cut = line.length > longestWords ? `${line.slice(0, longestWords)}…` : line
  return cut === '' || /[.!?…]$/.test(cut) ? cut : `${cut}.`
}
