/** What a diagnostics file is made of, asked for now; what the engine does not tell is left out and said. */
import type { FaultData } from '../../shared/fault.ts'
import { link } from '../link.ts'
import type { Gathered } from './diagnostics.ts'
import { engine, noteFault } from './engine.ts'
import { jobs } from './jobs.ts'
import { everything, linesOf } from './log.ts'
import { settings } from './settings.ts'
import { view } from './view.ts'

const mostLines = 2000
/** An engine that is away may never answer. */
const patienceMs = 5000

export async function gather(): Promise<{ readonly gathered: Gathered; readonly fault: FaultData | null }> {
  const { health, seen } = engine.getState()
  const own = {
    health,
    settings: settings.getState().now,
    jobs: jobs.getState().list ?? [],
    page: {
      browser: navigator.userAgent,
      language: navigator.language,
      screen: view.getState().screen,
      pixels: `${window.innerWidth} × ${window.innerHeight} at ${window.devicePixelRatio}`,
    },
  }
  const signal = AbortSignal.timeout(patienceMs)
  try {
    const [places, entries] = await Promise.all([
      link().places(undefined, { signal }),
      link().log.read({ limit: mostLines }, { signal }),
    ])
    return { gathered: { ...own, places, lines: linesOf(entries, seen, everything) }, fault: null }
  } catch (error) {
    const fault = noteFault('gather the diagnostics', error)
    return { gathered: { ...own, places: [], lines: linesOf([], seen, everything) }, fault }
  }
}
