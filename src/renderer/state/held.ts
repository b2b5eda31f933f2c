/** Letting go of what the engine holds in memory, and opening the bundle again. What is held comes with the list of jobs. */
import { createStore } from 'zustand/vanilla'
import type { FaultData } from '../../shared/fault.ts'
import type { Held } from '../../shared/jobList.ts'
import { link } from '../link.ts'
import { formatBytes } from '../parts/format.ts'
import { noteFault } from './engine.ts'
import { jobs } from './jobs.ts'
import { say } from './view.ts'

/** What is under way, as it is shown. */
type Doing = 'unloading' | 'opening'

export type HeldState = {
  /** What is being let go or opened; `model` is null for the bundle. */
  readonly busy: { readonly model: string | null; readonly doing: Doing } | null
  /** `model` is null for the bundle. */
  readonly fault: { readonly model: string | null; readonly what: string; readonly fault: FaultData } | null
}

export const held = createStore<HeldState>()(() => ({ busy: null, fault: null }))

type Work = { readonly name: string; readonly model: string | null; readonly doing: Doing }

const failed: Readonly<Record<Doing, string>> = { unloading: 'was not unloaded', opening: 'was not opened' }

async function work({ name, model, doing }: Work, act: () => Promise<string>): Promise<void> {
  if (held.getState().busy !== null) return
  held.setState({ busy: { model, doing }, fault: null })
  const not = failed[doing]
  try {
    say(await act())
  } catch (error) {
    held.setState({ fault: { model, what: `${name} ${not}.`, fault: noteFault(`${not} ${name}`, error) } })
  } finally {
    held.setState({ busy: null })
  }
}

/** What is held from now on: the list of jobs says so too, a moment later. */
function stands(now: (before: Held) => Held): void {
  jobs.setState(({ held: before }) => (before === null ? {} : { held: now(before) }))
}

const given = (bytes: number): string => (bytes < 2 ** 20 ? '' : ` ${formatBytes(bytes)} are free again.`)

/** The bundle goes out of memory, with the embedders and indexes that are held. */
export function unloadBundle(name: string): Promise<void> {
  return work({ name, model: null, doing: 'unloading' }, async () => {
    const { freedBytes } = await link().bundles.unload()
    stands(() => ({ bundle: false, models: [] }))
    return `${name} is unloaded: nothing is loaded now.${given(freedBytes)}`
  })
}

export function loadBundle(name: string): Promise<void> {
  return work({ name, model: null, doing: 'opening' }, async () => {
    await link().bundles.load()
    stands((before) => ({ ...before, bundle: true }))
    return `${name} is loaded.`
  })
}

/** An imported embedder goes out of memory. */
export function unloadModel(name: string): Promise<void> {
  return work({ name, model: name, doing: 'unloading' }, async () => {
    const { freedBytes } = await link().models.unload({ name })
    stands((before) => ({ ...before, models: before.models.filter((each) => each !== name) }))
    return `${name} is unloaded.${given(freedBytes)}`
  })
}
