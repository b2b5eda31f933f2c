/** The settings on the page: the engine keeps them for every door; the page remembers them for its first paint. */
import { createStore } from 'zustand/vanilla'
import type { FaultData } from '../../shared/fault.ts'
import { firstSettings, themes, type Settings } from '../../shared/settings.ts'
import { link } from '../link.ts'
import { noteFault } from './engine.ts'
import { keep, recall } from './memory.ts'
import { setSweepSettings, sweepSetUp } from './sweepSetUp.ts'
import { say } from './view.ts'

export type SettingsState = {
  readonly now: Settings
  /** The engine has told what it keeps. */
  readonly known: boolean
  readonly fault: FaultData | null
}

export const settings = createStore<SettingsState>()(() => ({
  now: { ...firstSettings, ...recall<Partial<Settings>>('settings', {}) },
  known: false,
  fault: null,
}))

/** Asks for what the engine keeps: another door may have changed it. */
export async function readSettings(): Promise<void> {
  try {
    take(await link().settings.read())
    settings.setState({ known: true, fault: null })
  } catch (error) {
    settings.setState({ fault: noteFault('read the settings', error) })
  }
}

let latest = 0
let keeping: Promise<void> = Promise.resolve()

/** Changes settings: at once on the page, and back again where the engine does not keep them. */
export function changeSettings(change: Partial<Settings>): Promise<void> {
  keeping = keepChange(change, ++latest)
  return keeping
}

/** Resolves once the engine has answered to the last change. */
export function settingsKept(): Promise<void> {
  return keeping
}

async function keepChange(change: Partial<Settings>, number: number): Promise<void> {
  const before = settings.getState().now
  take({ ...before, ...change })
  try {
    const kept = await link().settings.write(change)
    // The answer to an earlier change would take back the one that is on its way.
    if (number === latest) take(kept)
    settings.setState({ known: true, fault: null })
  } catch (error) {
    if (number === latest) take(before)
    settings.setState({ fault: noteFault('keep the settings', error) })
    say('The setting was not kept.')
  }
}

/** Takes the next of system, light and dark. */
export function cycleTheme(): void {
  const { theme } = settings.getState().now
  const next = themes[(themes.indexOf(theme) + 1) % themes.length] ?? 'system'
  void changeSettings({ theme: next })
  say(`Theme: ${next === 'system' ? 'as the system' : next}.`)
}

function take(now: Settings): void {
  const before = settings.getState().now
  keep('settings', now)
  settings.setState({ now })
  // A sweep that is set up keeps what a hand has changed there.
  for (const name of ['repeats', 'warmups'] as const) {
    if (sweepSetUp.getState()[name] === before[name]) setSweepSettings({ [name]: now[name] })
  }
}
