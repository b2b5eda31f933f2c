/** The sweeps of this workbench: begun, followed, paused; each goes on when the page that began it is gone. */
import { readdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { Fault } from '../../../shared/fault.ts'
import { cellsOf, keyOf } from '../../../shared/grid.ts'
import type { SweepCell, SweepInfo, SweepInput, SweepResult } from '../../../shared/sweep.ts'
import { forgetCells, readCells, readSweepConfig, removeSweep } from '../bench/sweep/folder.ts'
import { missing, prepareSweep, type SweepEvent } from '../bench/sweep/run.ts'
import { keepFault, readFault } from '../train/runFolder.ts'
import type { Asking } from './asking.ts'
import { hear, openBackground, type Machine } from './background.ts'
import type { Jobs } from './jobs.ts'
import { streamOf } from './stream.ts'
import { deskOf, toJob, type SweepJob } from './sweeping.ts'

type Given = Omit<SweepInput, 'out'> & { readonly out?: string | undefined }
export type Sweeps = {
  /** Begins a sweep, goes on with one, or measures another grid beside: `out` is then its id. Faults as `prepareSweep`. */
  readonly begin: (input: Given) => Promise<SweepInfo>
  /** The latest first. */
  readonly list: () => Promise<SweepInfo[]>
  /** A sweep by its folder, wherever that lies, with every cell that has ended. Fault sweep-missing. */
  readonly open: (folder: string) => Promise<{ info: SweepInfo; cells: SweepCell[] }>
  /** The cells that have ended, then each as it ends, to the end of the sweep or where it stops. Fault sweep-missing. */
  readonly follow: (id: string, signal?: AbortSignal) => AsyncGenerator<SweepJob>
  /** Stops a sweep after the ask in hand; its finished cells are kept. */
  readonly stop: (id: string) => Promise<void>
  /** Forgets cells of a sweep that rests: they are measured again when it goes on. Faults sweep-missing, sweep-busy, bad-input. */
  readonly forget: (id: string, keys: readonly string[]) => Promise<void>
  /** Stops a sweep and deletes its folder. */
  readonly discard: (id: string) => Promise<void>
  readonly close: () => Promise<void>
}

/** Sweeps without a folder of their own are kept under `home`. */
export function openSweeps(home: string, at: Asking, machine: Machine, jobs: Jobs): Sweeps {
  const root = join(home, 'sweeps')
  const kind = { root, noun: 'sweep', busy: 'sweep-busy', missing: 'sweep-missing', keepFault } as const
  const listed = { jobs, jobKind: 'sweep', isWhole: ({ ended }: SweepResult) => ended === 'finished' } as const
  const background = openBackground<SweepEvent, SweepResult>(machine, { ...kind, ...listed })
  const { folderOf } = background

  async function read(folder: string, id: string): Promise<{ info: SweepInfo; cells: SweepCell[] } | null> {
    const config = await readSweepConfig(folder)
    if (!config) return null
    const { input, index, sets, bundles, grids, machine: on, began } = config
    const cells = await readCells(folder, grids)
    const total = cellsOf(grids).length
    const done = cells.filter(({ state }) => state === 'done').length
    const running = folder === join(root, id) && background.running(id) !== null
    const fault = running ? null : await readFault(folder)
    const resting = done === total ? 'finished' : fault ? 'failed' : 'stopped'
    return {
      info: {
        id,
        input: { ...input, out: folder },
        index: { path: index.path, name: index.name },
        sets,
        bundles,
        grids,
        machine: on,
        began,
        cells: total,
        done,
        failed: cells.length - done,
        state: running ? 'running' : resting,
        fault,
      },
      cells,
    }
  }

  async function known(id: string) {
    const found = await read(folderOf(id), id)
    if (!found) throw missing(folderOf(id))
    return found
  }

  async function stop(id: string): Promise<void> {
    await known(id)
    await background.stop(id)
  }

  return {
    begin: async (given) => {
      const id = given.out ?? (await background.freeId('sweep'))
      const input: SweepInput = { ...given, out: folderOf(id) }
      await background.begin(id, async (signal) => prepareSweep(input, await deskOf(at, signal)), {
        title: 'Sweep',
        progressOf: (event) => {
          const job = toJob(event)
          return job.type === 'progress' ? job : null
        },
      })
      return (await known(id)).info
    },
    list: async () => {
      const names = await readdir(root).catch(() => [])
      const found = await Promise.all(names.map((id) => read(join(root, id), id).catch(() => null)))
      return found.flatMap((each) => (each ? [each.info] : [])).toSorted((a, b) => (a.began < b.began ? 1 : -1))
    },
    open: async (folder) => {
      const place = resolve(folder)
      const found = await read(place, place.split(/[/\\]/).at(-1) ?? place)
      if (!found) throw missing(place)
      return found
    },
    follow: async function* (id, signal) {
      const { info } = await known(id)
      const now = background.running(id)
      const folder = folderOf(id)
      yield* streamOf<SweepJob, SweepResult>(
        async (emit, stopped) => {
          let running = ''
          const tell = (event: SweepEvent): void => {
            // Who comes in the middle of a cell has not heard it begin.
            if (event.type === 'run' && event.key !== null && event.key !== running)
              emit(toJob({ type: 'running', key: event.key }))
            if (event.type === 'run') running = event.key ?? ''
            emit(toJob(event))
          }
          const kept = async (): Promise<SweepEvent[]> =>
            (await readCells(folder, info.grids)).map((cell): SweepEvent => ({ type: 'cell', cell }))
          const sameAs = (event: SweepEvent): string => (event.type === 'cell' ? keyOf(event.cell) : event.type)
          const result = await hear(now, { kept, sameAs, tellKept: tell, tell, stopped })
          if (result) return result
          const { cells, done, failed } = (await known(id)).info
          const ended = done === cells ? 'finished' : 'stopped'
          return { out: folder, ended, cells, done, failed, pending: cells - done - failed }
        },
        (result) => ({ type: 'done', result }),
        signal,
      )
    },
    stop,
    forget: async (id, keys) => {
      const { info } = await known(id)
      if (info.state === 'running') throw new Fault('sweep-busy', `${id} is being measured.`)
      const cells = new Set(cellsOf(info.grids).map(keyOf))
      const unknown = keys.find((key) => !cells.has(key))
      if (unknown !== undefined)
        throw new Fault('bad-input', `${id} has no cell ${unknown}.`, { remedy: 'Name cells as sweep show does.' })
      await forgetCells(folderOf(id), info.grids, keys)
    },
    discard: async (id) => {
      await stop(id)
      await removeSweep(folderOf(id))
    },
    close: () => background.close(),
  }
}
