/** Sweeps as the page sees them: those there are, and the one that is looked at, cell by cell. */
import { createStore } from 'zustand/vanilla'
import type { FaultData } from '../../shared/fault.ts'
import type { Progress } from '../../shared/job.ts'
import type { SweepCell, SweepInfo, SweepProbe } from '../../shared/sweep.ts'
import { isStopped, link } from '../link.ts'
import { engine, noteFault } from './engine.ts'
import { sweepInputOf, sweepSetUp, setSweepSettings, type SweepBegin, type SweepSettings } from './sweepSetUp.ts'
import { say } from './view.ts'

export type SweepsState = {
  /** Null until the engine has answered. */
  readonly list: readonly SweepInfo[] | null
  readonly listFault: FaultData | null
  /** The sweep looked at, by id, with every cell that has ended, by key. */
  readonly shown: string | null
  readonly cells: ReadonlyMap<string, SweepCell>
  /** The cell that is being measured. */
  readonly running: string | null
  readonly progress: Progress | null
  /** What is being done about it; `following` is a sweep that runs. */
  readonly phase: 'idle' | 'reading' | 'beginning' | 'following' | 'stopping'
  readonly fault: FaultData | null
  /** What an ask takes under the settings that were tried; null before. */
  readonly probed: { readonly settings: SweepSettings; readonly probe: SweepProbe } | null
  readonly probing: boolean
  readonly probeFault: FaultData | null
}

export const sweeps = createStore<SweepsState>()(() => ({
  list: null,
  listFault: null,
  shown: null,
  cells: new Map(),
  running: null,
  progress: null,
  phase: 'idle',
  fault: null,
  probed: null,
  probing: false,
  probeFault: null,
}))

let following: AbortController | null = null
let probing: AbortController | null = null

const isBusy = (): boolean => !['idle', 'reading'].includes(sweeps.getState().phase)

/** Asks which sweeps there are, and follows the one that runs when none is looked at. */
export async function listSweeps(): Promise<void> {
  try {
    const list = await link().sweep.list()
    sweeps.setState({ list, listFault: null })
    const { shown } = sweeps.getState()
    const looked = shown ?? (list.find((info) => info.state === 'running') ?? list[0])?.id
    if (looked !== undefined && following === null) void showSweep(looked)
  } catch (error) {
    sweeps.setState({ listFault: noteFault('list the sweeps', error) })
  }
}

/** Begins a sweep with the settings that stand, or measures them beside an earlier one. */
export async function beginSweep(): Promise<void> {
  if (isBusy() || sweeps.getState().probing || engine.getState().status.state !== 'ready') return
  await start('begin the sweep', () => sweepInputOf(sweepSetUp.getState(), new AbortController().signal))
}

/** Goes on with a sweep that rests: cells that are missing, failed or were disturbed. */
export async function resumeSweep({ id, input }: SweepInfo): Promise<void> {
  if (isBusy() || sweeps.getState().probing) return
  await start(`go on with ${id}`, () => Promise.resolve({ ...input, out: id }))
}

async function start(work: string, make: () => Promise<SweepBegin>): Promise<void> {
  sweeps.setState({ phase: 'beginning', fault: null })
  try {
    const { id } = await link().sweep.begin(await make())
    say('The sweep has begun.')
    following?.abort()
    following = null
    setSweepSettings({ beside: null })
    sweeps.setState({ phase: 'idle', shown: id })
    await listSweeps()
  } catch (error) {
    sweeps.setState({ phase: 'idle', fault: noteFault(work, error) })
  }
}

/** Looks at a sweep, and follows it while it runs. */
export async function showSweep(id: string): Promise<void> {
  following?.abort()
  const mine = new AbortController()
  following = mine
  const isRunning = sweeps.getState().list?.find((info) => info.id === id)?.state === 'running'
  sweeps.setState({
    shown: id,
    cells: new Map(),
    running: null,
    progress: null,
    phase: isRunning ? 'following' : 'reading',
    fault: null,
  })
  // Cells of the past come at once: they are drawn together, not one by one.
  let waiting: SweepCell[] = []
  const flush = (): void => {
    if (waiting.length === 0) return
    const more = waiting
    waiting = []
    sweeps.setState(({ cells }) => ({ cells: new Map([...cells, ...more.map((cell) => [cell.key, cell] as const)]) }))
  }
  const timer = setInterval(flush, 200)
  try {
    for await (const event of await link().sweep.follow({ id }, { signal: mine.signal })) {
      if (following !== mine) return
      if (event.type === 'progress') sweeps.setState({ progress: event })
      else if (event.type === 'done') {
        const { done, cells, failed } = event.result
        if (isRunning) say(`The sweep rests: ${done} of ${cells} cells measured, ${failed} failed.`)
      } else if (event.partial.type === 'running') sweeps.setState({ running: event.partial.key })
      else waiting.push(event.partial.cell)
    }
  } catch (error) {
    // What ended the sweep itself is kept with it, and told there.
    const fault = mine.signal.aborted ? null : noteFault(`follow ${id}`, error)
    if (fault !== null && (await stateOf(id)) !== 'failed' && following === mine) sweeps.setState({ fault })
  } finally {
    clearInterval(timer)
    if (following === mine) {
      flush()
      following = null
      sweeps.setState({ phase: 'idle', progress: null, running: null })
      if (isRunning) void stateOf(id)
    }
  }
}

/** Measures cells of a sweep that rests once more; what they came to gives way when they end. */
export async function measureAgain(info: SweepInfo, keys: readonly string[]): Promise<void> {
  if (isBusy() || sweeps.getState().probing) return
  try {
    await link().sweep.forget({ id: info.id, keys: [...keys] })
  } catch (error) {
    sweeps.setState({ fault: noteFault('measure the cell again', error) })
    return
  }
  await resumeSweep(info)
}

/** Asks anew which sweeps there are, and gives the state of one. */
async function stateOf(id: string): Promise<SweepInfo['state'] | null> {
  const list = await link()
    .sweep.list()
    .catch(() => null)
  if (list !== null) sweeps.setState({ list })
  return list?.find((info) => info.id === id)?.state ?? null
}

/** Stops the sweep looked at after the ask in hand; finished cells are kept. */
export async function stopSweep(): Promise<void> {
  const { shown, phase } = sweeps.getState()
  if (shown === null || phase !== 'following') return
  sweeps.setState({ phase: 'stopping' })
  try {
    await link().sweep.stop({ id: shown })
  } catch (error) {
    sweeps.setState({ phase: 'following', fault: noteFault(`stop ${shown}`, error) })
  }
}

/** Stops a sweep if it runs, and deletes all that it kept. */
export async function discardSweep(id: string): Promise<void> {
  if (sweeps.getState().shown === id && sweeps.getState().phase === 'following') sweeps.setState({ phase: 'stopping' })
  try {
    await link().sweep.discard({ id })
    say(`${id} is deleted.`)
    if (sweepSetUp.getState().beside?.id === id) setSweepSettings({ beside: null })
    if (sweeps.getState().shown === id) {
      following?.abort()
      following = null
      sweeps.setState({ shown: null, cells: new Map(), running: null, progress: null, phase: 'idle' })
    }
  } catch (error) {
    sweeps.setState(({ phase }) => ({
      phase: phase === 'stopping' ? 'following' : phase,
      fault: noteFault(`delete ${id}`, error),
    }))
  }
  await listSweeps()
}

/** Times a few asks of the settings that stand, for an estimate of the whole. */
export async function probeSweep(): Promise<void> {
  if (isBusy() || sweeps.getState().probing || engine.getState().status.state !== 'ready') return
  const mine = new AbortController()
  probing = mine
  const settings = sweepSetUp.getState()
  sweeps.setState({ probing: true, probeFault: null })
  try {
    const probe = await link().sweep.probe(await sweepInputOf(settings, mine.signal), { signal: mine.signal })
    sweeps.setState({ probed: { settings, probe } })
    say('The estimate is there.')
  } catch (error) {
    if (!mine.signal.aborted && !isStopped(error))
      sweeps.setState({ probeFault: noteFault('estimate the sweep', error) })
  } finally {
    sweeps.setState({ probing: false })
  }
}

/** Ends the estimate after the ask in hand. */
export function cancelProbe(): void {
  probing?.abort()
}
