/** The kept runs on the page: the list, how it is looked at, what is chosen, and what is written on them. */
import { createStore } from 'zustand/vanilla'
import type { FaultData } from '../../shared/fault.ts'
import type { Run } from '../../shared/run.ts'
import { mostListed, mostTags, type RunMarks, type RunSummary } from '../../shared/runs.ts'
import { isStopped, link } from '../link.ts'
import { openRun } from './ask.ts'
import { noteFault } from './engine.ts'
import { say, showScreen } from './view.ts'

/** How many can stand side by side. */
export const mostBeside = 4

/** The run in the details; `run` is null until it has come. */
export type Opened = { readonly id: string; readonly run: Run | null; readonly fault: FaultData | null }

export type RunsState = {
  /** Null until the engine has answered. */
  readonly list: readonly RunSummary[] | null
  readonly listFault: FaultData | null
  /** What failed on runs that are listed. */
  readonly fault: { readonly what: string; readonly fault: FaultData } | null
  readonly chosen: ReadonlySet<string>
  readonly opened: Opened | null
  /** The ids side by side, in the order chosen. */
  readonly beside: readonly string[]
  /** The last deletion, which can be taken back. */
  readonly removed: readonly RunSummary[]
}

export const runs = createStore<RunsState>()(() => ({
  list: null,
  listFault: null,
  fault: null,
  chosen: new Set(),
  opened: null,
  beside: [],
  removed: [],
}))

/** Asks which runs are kept. */
export async function listRuns(): Promise<void> {
  try {
    const list = await link().runs.list({ limit: mostListed })
    const known = new Set(list.map(({ id }) => id))
    runs.setState(({ chosen, beside }) => ({
      list,
      listFault: null,
      chosen: new Set([...chosen].filter((id) => known.has(id))),
      beside: beside.filter((id) => known.has(id)),
    }))
  } catch (error) {
    runs.setState({ listFault: noteFault('list the runs', error) })
  }
}

/** Chooses a run, or lets it go. */
export function toggleChosen(id: string): void {
  runs.setState(({ chosen }) => {
    const next = new Set(chosen)
    if (!next.delete(id)) next.add(id)
    return { chosen: next }
  })
}

export function choose(ids: readonly string[]): void {
  runs.setState({ chosen: new Set(ids) })
}

/** Puts the chosen runs side by side, the first few of them. */
export function besideChosen(): void {
  const { list, chosen } = runs.getState()
  const beside = (list ?? []).flatMap(({ id }) => (chosen.has(id) ? [id] : [])).slice(0, mostBeside)
  runs.setState({ beside })
  say(`${beside.length} runs side by side.`)
}

export function dropBeside(id: string): void {
  runs.setState(({ beside }) => ({ beside: beside.filter((other) => other !== id) }))
}

/** Shows a run's details. */
export async function openDetails(id: string): Promise<void> {
  runs.setState({ opened: { id, run: null, fault: null } })
  const settle = (opened: Opened): void => {
    // Another may have been asked for meanwhile.
    if (runs.getState().opened?.id === id) runs.setState({ opened })
  }
  try {
    settle({ id, run: await link().runs.open({ id }), fault: null })
  } catch (error) {
    settle({ id, run: null, fault: noteFault('open the run', error) })
  }
}

export function closeDetails(): void {
  runs.setState({ opened: null })
}

/** Shows a kept run on the bench, with its plan to go on from. */
export async function openOnBench(id: string): Promise<void> {
  await attempt('open the run', 'The run could not be opened.', async () => {
    const { opened } = runs.getState()
    openRun(opened?.id === id && opened.run !== null ? opened.run : await link().runs.open({ id }))
    showScreen('bench')
  })
}

/** Writes marks on runs: at once on the page, and back again where the engine does not take them. */
export async function markRuns(ids: readonly string[], marks: Partial<RunMarks>): Promise<void> {
  const before = runs.getState().list
  const wanted = new Set(ids)
  runs.setState({ list: before?.map((run) => (wanted.has(run.id) ? { ...run, ...marks } : run)) ?? null })
  const written = await attempt('mark the runs', 'What was written on the runs was not kept.', () =>
    link().runs.mark({ ids: [...ids], marks: { ...marks, ...(marks.tags && { tags: [...marks.tags] }) } }),
  )
  if (written) return
  const old = new Map(before?.map((run) => [run.id, run]))
  const back = (run: RunSummary): RunSummary => (wanted.has(run.id) ? (old.get(run.id) ?? run) : run)
  runs.setState(({ list }) => ({ list: list?.map(back) ?? null }))
}

/** Puts a tag on runs or takes it off them; what else they are tagged with stays. A run that carries as many as it can is left alone. */
export async function tagRuns(ids: readonly string[], tag: string, on: boolean): Promise<void> {
  const wanted = new Set(ids)
  const own = (runs.getState().list ?? []).filter(({ id, tags }) => wanted.has(id) && tags.includes(tag) !== on)
  const free = own.filter(({ tags }) => !on || tags.length < mostTags)
  // Runs with the same tags are written in one call.
  for (const alike of Map.groupBy(free, ({ tags }) => tags.join(',')).values()) {
    const rest = (alike[0]?.tags ?? []).filter((other) => other !== tag)
    await markRuns(
      alike.map(({ id }) => id),
      { tags: on ? [...rest, tag] : rest },
    )
  }
  const left = own.length - free.length
  if (left > 0) say(`${left} carry ${mostTags} tags already and were left alone.`)
}

/** Every tag that a run carries, with how many do; the most used first. */
export function tagsOf(list: readonly RunSummary[]): readonly (readonly [tag: string, count: number])[] {
  const counts = new Map<string, number>()
  for (const { tags } of list) for (const tag of tags) counts.set(tag, (counts.get(tag) ?? 0) + 1)
  return [...counts].toSorted(([a, m], [b, n]) => n - m || a.localeCompare(b))
}

/** Deletes runs; `restoreRemoved` takes it back. */
export async function removeRuns(ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return
  const gone = new Set(ids)
  const removed = (runs.getState().list ?? []).filter(({ id }) => gone.has(id))
  if (!(await attempt('delete the runs', 'The runs were not deleted.', () => link().runs.remove({ ids: [...ids] }))))
    return
  runs.setState(({ list, chosen, beside, opened }) => ({
    list: list?.filter(({ id }) => !gone.has(id)) ?? null,
    chosen: new Set([...chosen].filter((id) => !gone.has(id))),
    beside: beside.filter((id) => !gone.has(id)),
    opened: opened !== null && gone.has(opened.id) ? null : opened,
    removed,
  }))
  say(`${removed.length === 1 ? 'A run was' : `${removed.length} runs were`} deleted. It can be undone.`)
}

/** Brings back what was deleted last. */
export async function restoreRemoved(): Promise<void> {
  const ids = runs.getState().removed.map(({ id }) => id)
  if (ids.length === 0) return
  if (!(await attempt('restore the runs', 'The runs were not restored.', () => link().runs.restore({ ids })))) return
  runs.setState({ removed: [] })
  say('The runs are back.')
  await listRuns()
}

export function forgetRemoved(): void {
  runs.setState({ removed: [] })
}

export function dismissFault(): void {
  runs.setState({ fault: null })
}

async function attempt(work: string, what: string, act: () => Promise<void>): Promise<boolean> {
  try {
    await act()
    return true
  } catch (error) {
    if (isStopped(error)) {
      say(what)
      return false
    }
    const fault = noteFault(work, error)
    runs.setState({ fault: { what, fault } })
    say(what)
    return false
  }
}
