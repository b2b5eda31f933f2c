/** The house that the workbench keeps: what lies on disk, its cache, and the process of its engine. */
import { createStore } from 'zustand/vanilla'
import type { FaultData } from '../../shared/fault.ts'
import type { Place } from '../../shared/places.ts'
import { formatBytes } from '../parts/format.ts'
import { link } from '../link.ts'
import { noteFault } from './engine.ts'
import { settingsKept } from './settings.ts'
import { say } from './view.ts'

export type HouseState = {
  /** What is kept on disk; null until the engine has measured it. */
  readonly places: readonly Place[] | null
  readonly placesFault: FaultData | null
  readonly clearing: boolean
  /** What failed of restarting or clearing. */
  readonly fault: FaultData | null
}

export const house = createStore<HouseState>()(() => ({
  places: null,
  placesFault: null,
  clearing: false,
  fault: null,
}))

export async function measurePlaces(): Promise<void> {
  try {
    house.setState({ places: await link().places(), placesFault: null })
  } catch (error) {
    house.setState({ placesFault: noteFault('measure what is kept', error) })
  }
}

/** Forgets every chunk embedding; the next questions make theirs anew. */
export async function clearCache(): Promise<void> {
  if (house.getState().clearing) return
  house.setState({ clearing: true, fault: null })
  try {
    const { bytes } = await link().cache.clear()
    say(`The cache is cleared: ${formatBytes(bytes)} freed.`)
    await measurePlaces()
  } catch (error) {
    house.setState({ fault: noteFault('clear the cache', error) })
  } finally {
    house.setState({ clearing: false })
  }
}

/** Ends the engine's process; its door starts another. */
export async function restartEngine(): Promise<void> {
  house.setState({ fault: null })
  try {
    await settingsKept()
    await link().restart()
    say('The engine is being restarted.')
  } catch (error) {
    house.setState({ fault: noteFault('restart the engine', error) })
  }
}
