/** Adapters to be kept beside imported decoders: a form for each decoder that one is named for, and the work behind it. */
import { createStore } from 'zustand/vanilla'
import { isHubId } from '../../shared/hub.ts'
import { link } from '../link.ts'
import { follow, idleJob, type JobState } from './job.ts'
import { freeName, listModels, models, showModel } from './models.ts'
import { say } from './view.ts'

/** A form as it stands, and its work. */
export type Adapting = JobState & {
  /** A folder, or an id on the Hub. */
  readonly adapter: string
  /** Of an adapter on the Hub; empty for main. */
  readonly revision: string
  /** What the two will be called; null until a name is typed. */
  readonly as: string | null
}

/** The forms that are open, by the decoder that each is for. */
export const adapting = createStore<Readonly<Record<string, Adapting>>>()(() => ({}))

const stops = new Map<string, AbortController>()

export function openAdapter(base: string): void {
  change(base, {})
}

/** Changes what stands in a form. */
export function typeAdapter(base: string, typed: Partial<Pick<Adapting, 'adapter' | 'revision' | 'as'>>): void {
  change(base, typed)
}

/** Closes a form; one whose work runs stays. */
export function closeAdapter(base: string): void {
  const { [base]: form, ...others } = adapting.getState()
  if (form !== undefined && !isAdapting(form)) adapting.setState(others, true)
}

export function isAdapting({ phase }: Pick<Adapting, 'phase'>): boolean {
  return phase === 'running' || phase === 'cancelling'
}

/** The name that the two are to have: as it was typed, else one that is free. */
export function nameOf(base: string, { adapter, as }: Adapting): string {
  const from = adapter.trim() === '' ? `${base}-adapted` : adapter
  return as ?? freeName(from, models.getState().list ?? [])
}

/** Keeps the adapter of a form beside its decoder; gives the name of the new model, or null where none was made. */
export async function adaptModel(base: string): Promise<string | null> {
  const form = adapting.getState()[base]
  if (form === undefined || isAdapting(form)) return null
  const [adapter, revision] = [form.adapter.trim(), form.revision.trim()]
  const input = {
    name: base,
    adapter,
    as: nameOf(base, form),
    ...(isHubId(adapter) && revision !== '' ? { adapterRevision: revision } : {}),
  }
  const own = new AbortController()
  stops.set(base, own)
  const end = await follow(
    `adapt ${base}`,
    own.signal,
    () => link().models.adapt(input, { signal: own.signal }),
    (state) => change(base, state),
    () => {},
  )
  if (end.phase !== 'done') return null
  await listModels()
  closeAdapter(base)
  // Whoever looks at another model by now goes on looking at it.
  if (models.getState().shown === base) showModel(end.result.name)
  say(`${end.result.name} is made of ${base} and its adapter.`)
  return end.result.name
}

export function cancelAdapter(base: string): void {
  const form = adapting.getState()[base]
  if (form === undefined || !isAdapting(form)) return
  change(base, { phase: 'cancelling' })
  stops.get(base)?.abort()
}

export function forgetAdapterFault(base: string): void {
  change(base, idleJob)
}

function change(base: string, to: Partial<Adapting>): void {
  adapting.setState((forms) => ({
    [base]: { ...idleJob, adapter: '', revision: '', as: null, ...forms[base], ...to },
  }))
}
