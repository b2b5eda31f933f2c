/** Downloads from the Hub on the page: begun, paused, gone on with, and imported when they are whole. */
import { createStore } from 'zustand/vanilla'
import type { FaultData } from '../../shared/fault.ts'
import type { HubDownload, HubTarget } from '../../shared/hub.ts'
import type { JobInfo } from '../../shared/jobList.ts'
import type { ModelDtype } from '../../shared/models.ts'
import { faultOf, link } from '../link.ts'
import { noteFault } from './engine.ts'
import { isActive, jobs } from './jobs.ts'
import { keep, recall } from './memory.ts'
import { freeName, importModel, isImporting, models } from './models.ts'
import { say } from './view.ts'

/** What becomes of a download when it is whole. */
export type Wish = { readonly name: string; readonly dtype: ModelDtype }

export type DownloadsState = {
  /** Null until the engine has told. */
  readonly list: readonly HubDownload[] | null
  readonly listFault: FaultData | null
  /** The repository whose download is being begun. */
  readonly beginning: string | null
  readonly fault: { readonly what: string; readonly fault: FaultData } | null
  /** What is to be imported, by the key of its download. */
  readonly wishes: Readonly<Record<string, Wish>>
}

export const downloads = createStore<DownloadsState>()(() => ({
  list: null,
  listFault: null,
  beginning: null,
  fault: null,
  wishes: recall<Readonly<Record<string, Wish>>>('modelWishes', {}),
}))

/** Counts the askings, so that an answer overtaken by a later one changes nothing. */
let askings = 0

export async function listDownloads(): Promise<void> {
  const mine = (askings += 1)
  try {
    const list = await link().hub.list()
    if (mine === askings) downloads.setState({ list, listFault: null })
  } catch (error) {
    if (mine === askings && faultOf(error).code !== 'engine-gone')
      downloads.setState({ listFault: noteFault('list the downloads', error) })
  }
}

/** Begins a download or goes on with it; with a wish, what has come whole is imported. */
export async function beginDownload(target: HubTarget, wish: Wish | null): Promise<void> {
  if (downloads.getState().beginning !== null) return
  downloads.setState({ beginning: target.id, fault: null })
  try {
    const begun = await link().hub.begin(target)
    if (wish !== null) setWish(begun.key, wish)
    say(`The download of ${target.id} has begun.`)
    await listDownloads()
    // A small one may have ended before the jobs were looked at.
    await importWhole()
  } catch (error) {
    const fault = noteFault(`download ${target.id}`, error)
    downloads.setState({ fault: { what: `${target.id} is not being downloaded.`, fault } })
  } finally {
    downloads.setState({ beginning: null })
  }
}

/** Goes on with a download at the commit that it was begun at. */
export async function resumeDownload({ id, commit }: HubDownload): Promise<void> {
  await beginDownload({ id, revision: commit }, null)
}

export async function pauseDownload(key: string): Promise<void> {
  await attempt('pause the download', 'The download was not paused.', () => link().hub.stop({ key }))
}

/** Stops a download and deletes what has come of it. */
export async function discardDownload(key: string): Promise<void> {
  setWish(key, null)
  await attempt('delete the download', 'The download was not deleted.', () => link().hub.discard({ key }))
}

export function forgetDownloadFault(): void {
  downloads.setState({ fault: null })
}

/** Imports a download that is whole, and deletes the download then: the import has all of it. */
export async function importDownload(download: HubDownload, wish: Wish): Promise<void> {
  // One at a time: this one is asked for again when the other has ended.
  if (isImporting()) return setWish(download.key, wish)
  setWish(download.key, null)
  const source = { kind: 'hub', id: download.id, revision: download.commit } as const
  const { name, dtype } = wish
  if (await importModel({ path: download.folder, name, dtype, source })) await discardDownload(download.key)
  await importWhole()
}

/** The wish that a download would be imported with where nobody named another. */
export function usualWish({ id }: Pick<HubDownload, 'id'>): Wish {
  return { name: freeName(id, models.getState().list ?? []), dtype: 'f32' }
}

/** Follows the engine's jobs while the screen stands: downloads are listed anew as they begin and end, and what was wished is imported. */
export function watchDownloads(): () => void {
  let before = statesOf(jobs.getState().list)
  void listDownloads().then(importWhole)
  return jobs.subscribe(({ list }) => {
    const now = statesOf(list)
    if (now === before) return
    before = now
    void listDownloads().then(importWhole)
  })
}

/** The job of a download while it runs. */
export function jobOf(key: string, list: readonly JobInfo[] | null): JobInfo | null {
  return list?.find((job) => job.kind === 'download' && job.work === key && isActive(job)) ?? null
}

/** Work that downloads: adapters come with the model that they are for. */
const downloading = new Set<JobInfo['kind']>(['download', 'model'])

/** How every job that downloads stands. A short one is first heard of when it has ended. */
function statesOf(list: readonly JobInfo[] | null): string {
  return (list ?? [])
    .filter(({ kind }) => downloading.has(kind))
    .map(({ id, state }) => `${id} ${state}`)
    .join()
}

/** Imports the next download that is whole and that was wished for. */
async function importWhole(): Promise<void> {
  const { list, wishes } = downloads.getState()
  const next = (list ?? []).find(({ state, key }) => state === 'done' && wishes[key] !== undefined)
  const wish = next === undefined ? undefined : wishes[next.key]
  if (next !== undefined && wish !== undefined && !isImporting()) await importDownload(next, wish)
}

function setWish(key: string, wish: Wish | null): void {
  const { [key]: _before, ...others } = downloads.getState().wishes
  const wishes = wish === null ? others : { ...others, [key]: wish }
  keep('modelWishes', wishes)
  downloads.setState({ wishes })
}

async function attempt(work: string, what: string, act: () => Promise<void>): Promise<void> {
  downloads.setState({ fault: null })
  try {
    await act()
  } catch (error) {
    downloads.setState({ fault: { what, fault: noteFault(work, error) } })
  }
  await listDownloads()
}
