/** The engine as the page sees it: connection, health, policies, and every fault met so far. */
import { createStore } from 'zustand/vanilla'
import type { Health, PolicyInfo } from '../../shared/workbenchContract.ts'
import type { FaultData } from '../../shared/fault.ts'
import { contractVersion } from '../../shared/version.ts'
import { faultOf, isTold, link, watchLink, type LinkStatus } from '../link.ts'
import { say } from './view.ts'

/** A fault with the time at which the page met it and the work that it ended. */
export type SeenFault = {
  readonly time: string
  readonly work: string
  readonly fault: FaultData
  /** The engine told it, so that it stands in the log. */
  readonly told: boolean
}

export type EngineState = {
  readonly status: LinkStatus
  readonly health: Health | null
  readonly policies: readonly PolicyInfo[]
  readonly fault: FaultData | null
  readonly seen: readonly SeenFault[]
}

export const engine = createStore<EngineState>()(() => ({
  status: { state: 'connecting', restarts: 0 },
  health: null,
  policies: [],
  fault: null,
  seen: [],
}))

/** Connects, and asks for health and policies each time the engine arrives; `greeted` is called after each. */
export function startEngine(greeted: () => void): () => void {
  link()
  return watchLink((status) => {
    const before = engine.getState().status
    engine.setState({ status })
    if (status.state === 'gone' && before.state === 'ready') say('The engine stopped. It is being started again.')
    if (status.state !== 'ready') return
    if (status.restarts > before.restarts) say('The engine was restarted.')
    void greet().then(greeted)
  })
}

/** Asks the engine who it is. */
export async function greet(): Promise<void> {
  try {
    const [health, policies] = await Promise.all([link().health(), link().policies()])
    engine.setState({ health, policies, fault: health.contract === contractVersion ? null : otherContract(health) })
  } catch (error) {
    engine.setState({ fault: noteFault('greet the engine', error) })
  }
}

/** Files an error among the faults seen and gives it back as a fault. */
export function noteFault(work: string, error: unknown): FaultData {
  const fault = faultOf(error)
  fileFault(work, fault, isTold(error))
  return fault
}

/** Files a fault among the faults seen; `told` says that the engine has it in its log. */
export function fileFault(work: string, fault: FaultData, told = false): void {
  const seen: SeenFault = { time: new Date().toISOString(), work, fault, told }
  engine.setState((state) => ({ seen: [...state.seen, seen].slice(-100) }))
}

function otherContract(health: Health): FaultData {
  return {
    code: 'internal',
    message: `This page speaks version ${contractVersion} of the contract, the engine version ${health.contract}.`,
    remedy: 'Reload the page. If that does not help, build the workbench again: npm run build',
  }
}
