/** Earlier trainings laid over the one looked at: which, and what each of them told. */
import { createStore } from 'zustand/vanilla'
import type { FaultData } from '../../shared/fault.ts'
import type { TrainEvent } from '../../shared/train.ts'
import { link } from '../link.ts'
import { noteFault } from './engine.ts'

/** As many as can be told apart beside the one looked at. */
export const mostCompared = 4

export type CompareState = {
  /** In the order in which they were chosen. */
  readonly told: readonly { readonly id: string; readonly events: readonly TrainEvent[] }[]
  readonly fault: FaultData | null
}

export const compare = createStore<CompareState>()(() => ({ told: [], fault: null }))

const reading = new Map<string, AbortController>()

/** Lays a training over the one looked at, or takes it away. */
export async function toggleCompared(id: string): Promise<void> {
  const { told } = compare.getState()
  if (told.some((each) => each.id === id)) return dropCompared(id)
  if (told.length >= mostCompared) return
  const mine = new AbortController()
  reading.set(id, mine)
  compare.setState({ told: [...told, { id, events: [] }], fault: null })
  const tell = (events: readonly TrainEvent[]): void =>
    compare.setState((state) => ({ told: state.told.map((each) => (each.id === id ? { id, events } : each)) }))
  try {
    const events: TrainEvent[] = []
    for await (const event of await link().train.follow({ id }, { signal: mine.signal })) {
      if (event.type === 'partial') events.push(event.partial)
      // What is kept comes at once and is drawn at once; what runs is drawn as it comes.
      else if (event.type === 'progress') tell([...events])
    }
    tell(events)
  } catch (error) {
    if (mine.signal.aborted) return
    dropCompared(id)
    compare.setState({ fault: noteFault(`read ${id}`, error) })
  }
}

/** Takes a training away from the comparison. */
export function dropCompared(id: string): void {
  reading.get(id)?.abort()
  reading.delete(id)
  compare.setState(({ told }) => ({ told: told.filter((each) => each.id !== id) }))
}
