/** Letting go of what the engine holds in memory, and opening the bundle again. What is held comes with the list of jobs. */
import { createStore } from 'zustand/vanilla'
import type { FaultData } from '../../shared/fault.ts'
import { link } from '../link.ts'
import { formatBytes } from '../parts/format.ts'
import { noteFault } from './engine.ts'
import { say } from './view.ts'

export type HeldState = {
  /** What is being let go or opened, by its name. */
  readonly busy: string | null
  /** `model` is null for the bundle. */
  readonly fault: { readonly model: string | null; readonly what: string; readonly fault: FaultData } | null
}

export const held = createStore<HeldState>()(() => ({ busy: null, fault: null }))

type Work = { readonly name: string; readonly model: string | null; readonly not: string }

async function work({ name, model, not }: Work, act: () => Promise<string>): Promise<void> {
  if (held.getState().busy !== null) return
  held.setState({ busy: name, fault: null })
  try {
    say(await act())
  } catch (error) {
    held.setState({ fault: { model, what: `${name} ${not}.`, fault: noteFault(`${not} ${name}`, error) } })
  } finally {
    held.setState({ busy: null })
  }
}

const given = (bytes: number): string => (bytes < 2 ** 20 ? '' : ` ${formatBytes(bytes)} are free again.`)

/** The bundle goes out of memory, with the embedders and indexes that are held. */
export function unloadBundle(name: string): Promise<void> {
  return work({ name, model: null, not: 'was not unloaded' }, async () => {
    const { freedBytes } = await link().bundles.unload()
    return `${name} is unloaded: nothing is loaded now.${given(freedBytes)}`
  })
}

export function loadBundle(name: string): Promise<void> {
  return work({ name, model: null, not: 'was not opened' }, async () => {
    await link().bundles.load()
    return `${name} is loaded.`
  })
}

/** An imported embedder goes out of memory. */
export function unloadModel(name: string): Promise<void> {
  return work({ name, model: name, not: 'was not unloaded' }, async () => {
    const { freedBytes } = await link().models.unload({ name })
    return `${name} is unloaded.${given(freedBytes)}`
  })
}
