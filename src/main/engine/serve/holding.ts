/** What the engine holds in memory, and letting go of it: the open bundle, imported embedders, the indexes that are searched with them. */
import { Fault } from '../../../shared/fault.ts'
import type { Held } from '../../../shared/jobList.ts'
import type { Embedders } from './embedders.ts'
import type { Indexes } from './indexes.ts'
import type { Jobs } from './jobs.ts'
import type { Loader } from './loaded.ts'
import type { Lock } from './lock.ts'

type Kept = {
  readonly loader: Pick<Loader, 'isHeld' | 'close'>
  readonly embedders: Pick<Embedders, 'held' | 'release'>
  readonly indexes: Pick<Indexes, 'close'>
  readonly jobs: Pick<Jobs, 'running'>
  readonly lock: Lock
}

export type Holding = {
  readonly now: () => Held
  /**
   * Lets an imported embedder go, or, where none is named, the bundle and all that is held beside it. What needs it opens it again.
   * Gives the bytes that the process gave back. Fault bad-input while a job runs, which may be at work with it.
   */
  readonly release: (model?: string) => Promise<{ freedBytes: number }>
}

export function openHolding({ loader, embedders, indexes, jobs, lock }: Kept): Holding {
  return {
    now: () => ({ bundle: loader.isHeld(), models: embedders.held() }),
    release: async (model) => {
      const free = (): void => {
        const job = jobs.running()
        if (job === null) return
        throw new Fault('bad-input', `Nothing is unloaded while “${job.title}” runs.`, {
          remedy: 'Stop it in the list of jobs, or wait for its end.',
        })
      }
      free()
      const done = await lock.take()
      try {
        free()
        const before = process.memoryUsage.rss()
        // An open index holds the embedder that it is searched with.
        await indexes.close()
        await embedders.release(model)
        if (model === undefined) await loader.close()
        return { freedBytes: Math.max(0, before - process.memoryUsage.rss()) }
      } finally {
        done()
      }
    },
  }
}
