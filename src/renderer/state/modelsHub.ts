/** The Hub on the page: where it is, what a search finds, and the repository that is looked at. */
import { createStore } from 'zustand/vanilla'
import type { FaultData } from '../../shared/fault.ts'
import { isHubId, type HubAccess, type HubEntry, type HubModel } from '../../shared/hub.ts'
import { faultOf, link } from '../link.ts'
import { noteFault } from './engine.ts'
import { changeSettings, settings } from './settings.ts'
import { say } from './view.ts'

export type HubState = {
  readonly access: HubAccess | null
  readonly accessFault: FaultData | null
  /** Words or an id, as typed. */
  readonly query: string
  readonly revision: string
  readonly phase: 'idle' | 'searching' | 'looking'
  /** What the search that was made last found; null where none was made. */
  readonly found: { readonly query: string; readonly entries: readonly HubEntry[] } | null
  readonly looked: HubModel | null
  /** What failed of the last search or look. */
  readonly fault: { readonly what: string; readonly fault: FaultData } | null
}

export const hub = createStore<HubState>()(() => ({
  access: null,
  accessFault: null,
  query: '',
  revision: '',
  phase: 'idle',
  found: null,
  looked: null,
  fault: null,
}))

let asking = new AbortController()

export function typeQuery(query: string): void {
  hub.setState({ query })
}

export function typeRevision(revision: string): void {
  hub.setState({ revision })
}

export async function readAccess(): Promise<void> {
  try {
    hub.setState({ access: await link().hub.access(), accessFault: null })
  } catch (error) {
    if (faultOf(error).code !== 'engine-gone') hub.setState({ accessFault: noteFault('ask for the Hub', error) })
  }
}

/** Takes a token, or forgets it; false where it was not taken. The page holds it no longer than this call. */
export async function takeToken(token: string | null): Promise<boolean> {
  try {
    const access = await link().hub.token({ token })
    hub.setState({ access, accessFault: null })
    say(
      token === null
        ? 'The token is forgotten.'
        : access.token === 'kept'
          ? 'The token is kept.'
          : 'The token is held until the engine ends.',
    )
    return true
  } catch (error) {
    hub.setState({ accessFault: noteFault('take the token', error) })
    return false
  }
}

/** Names another Hub; an empty address is the usual one. */
export async function nameEndpoint(address: string): Promise<void> {
  await changeSettings({ hubEndpoint: address.trim() === '' ? null : address.trim() })
  const { fault } = settings.getState()
  if (fault !== null) hub.setState({ accessFault: fault })
  else await readAccess()
}

/** True for what names one repository: it is looked at, and nothing is searched. */
export const isId = isHubId

/** Searches for what was typed, or looks at it where it is an id. */
export async function find(): Promise<void> {
  const { query, revision } = hub.getState()
  const words = query.trim()
  if (words === '') return
  if (isId(words) || revision.trim() !== '') return lookAt(words, revision)
  const signal = begin('searching')
  try {
    const entries = await link().hub.search({ query: words }, { signal })
    if (signal.aborted) return
    hub.setState({ phase: 'idle', found: { query: words, entries }, looked: null })
    say(entries.length === 1 ? 'One model is found.' : `${entries.length} models are found.`)
  } catch (error) {
    end(signal, 'The Hub was not searched.', 'search the Hub', error)
  }
}

/** Looks at a repository; nothing of it is kept. */
export async function lookAt(id: string, revision = ''): Promise<void> {
  const signal = begin('looking')
  const at = revision.trim()
  try {
    const looked = await link().hub.look({ id, ...(at === '' ? {} : { revision: at }) }, { signal })
    if (signal.aborted) return
    hub.setState({ phase: 'idle', looked })
    say(`${id} is looked at.`)
  } catch (error) {
    end(signal, `${id} could not be looked at.`, `look at ${id}`, error)
  }
}

/** Goes back to what was found. */
export function leaveLook(): void {
  asking.abort()
  hub.setState({ looked: null, phase: 'idle', fault: null })
}

export function stopAsking(): void {
  asking.abort()
  hub.setState({ phase: 'idle' })
}

export function forgetHubFault(): void {
  hub.setState({ fault: null })
}

function begin(phase: HubState['phase']): AbortSignal {
  asking.abort()
  asking = new AbortController()
  hub.setState({ phase, fault: null })
  return asking.signal
}

function end(signal: AbortSignal, what: string, work: string, error: unknown): void {
  if (signal.aborted) return
  hub.setState({ phase: 'idle', fault: { what, fault: noteFault(work, error) } })
}
