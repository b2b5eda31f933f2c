/** Baselines of the shown run: the same case with everything expanded (full context) and with everything compressed. */
import { createStore } from 'zustand/vanilla'
import type { FaultData } from '../../shared/fault.ts'
import type { PlanInput } from '../../shared/plan.ts'
import type { Run, Token } from '../../shared/run.ts'
import { isStopped, link } from '../link.ts'
import { ask } from './ask.ts'
import { noteFault } from './engine.ts'
import type { Phase } from './job.ts'
import { differences, toPlan, type Draft } from './plan.ts'
import { say } from './view.ts'

export type Baseline = { readonly name: string; readonly run: Run }
export type BaselineState = {
  readonly phase: Phase
  readonly fault: FaultData | null
  /** The plan whose case they share; null before the first. */
  readonly of: Draft | null
  readonly rows: readonly Baseline[]
}

export const baseline = createStore<BaselineState>()(() => ({ phase: 'idle', fault: null, of: null, rows: [] }))

const kinds = [
  { name: 'full context', change: { policy: 'all', p: 1 } },
  { name: 'all compressed', change: { policy: 'none', p: 0 } },
] as const

let controller: AbortController | null = null

/** True when both plans ask the same of the same passages, whatever they expand. */
export function sameCase(a: Draft, b: Draft): boolean {
  return differences(a, b).every((field) => field === 'p' || field === 'policy' || field === 'forced')
}

/** Runs both baselines of the shown run, one after the other. */
export async function runBaselines(): Promise<void> {
  const of = ask.getState().shown?.plan
  if (of === undefined || baseline.getState().phase === 'running') return
  const mine = new AbortController()
  controller = mine
  baseline.setState({ phase: 'running', fault: null, of, rows: [] })
  try {
    // The first round warms up. Rounds take turns, so that no run finds its own prefix in the KV cache.
    for (const round of ['warm up', 'measure']) {
      for (const { name, change } of kinds) {
        const plan = toPlan({ ...of, ...change, forced: { expand: [], compress: [] } })
        const run = await wholeRun(plan, mine.signal)
        if (round === 'measure') baseline.setState((state) => ({ rows: [...state.rows, { name, run }] }))
      }
    }
    baseline.setState({ phase: 'done' })
    say('Baselines measured.')
  } catch (error) {
    if (mine.signal.aborted || isStopped(error)) baseline.setState({ phase: 'cancelled' })
    else baseline.setState({ phase: 'failed', fault: noteFault('run the baselines', error) })
  }
}

/** Runs a plan to its end; `told` hears its tokens as they come. */
export async function wholeRun(
  plan: PlanInput,
  signal: AbortSignal,
  told: (tokens: readonly Token[]) => void = () => {},
): Promise<Run> {
  for await (const event of await link().ask(plan, { signal })) {
    if (event.type === 'tokens') told(event.tokens)
    if (event.type === 'done') return event.run
  }
  signal.throwIfAborted()
  throw new Error('The engine ended the run without a result.')
}

/** Stops the baselines; one that is whole stays. */
export function cancelBaselines(): void {
  if (baseline.getState().phase !== 'running') return
  baseline.setState({ phase: 'cancelling' })
  controller?.abort()
}
