/** Long work that belongs to the engine: one at a time, heard by any page, stopped by any, and not ended by a page that leaves. */
import { join } from 'node:path'
import { Fault, toFault, type FaultCode, type FaultData } from '../../../shared/fault.ts'
import type { Progress } from '../../../shared/job.ts'
import type { JobKind } from '../../../shared/jobList.ts'
import { exists } from '../store/files.ts'
import type { Job, Jobs } from './jobs.ts'

/** What long work holds: a second one would starve the first, and spoil the times that either takes. */
export type Machine = {
  /** Keeps other long work from beginning until what is returned is called. Fault of the holder's own code while it is held. */
  readonly hold: (code: FaultCode, what: string) => () => void
}

export function makeMachine(): Machine {
  let holder: { readonly code: FaultCode; readonly what: string } | null = null
  return {
    hold: (code, what) => {
      if (holder) throw new Fault(holder.code, `${holder.what} is under way.`)
      const mine = { code, what }
      holder = mine
      return () => {
        if (holder === mine) holder = null
      }
    },
  }
}

/** Work that runs, as its followers see it. */
export type Followed<Event, Result> = {
  readonly listeners: Set<(event: Event) => void>
  readonly ended: Promise<Result>
}

type Active<Event, Result> = Followed<Event, Result> & { readonly id: string; readonly stop: AbortController }

export type Background<Event, Result> = {
  /** The folder of an id. The id comes from a page: Fault where it would lead out of the root. */
  readonly folderOf: (id: string) => string
  /** A name for work that begins now, which no folder has: two may begin within one second. */
  readonly freeId: (stem: string) => Promise<string>
  /** The work of an id while it runs. */
  readonly running: (id: string) => Followed<Event, Result> | null
  /** Prepares work and lets it run. Faults as `Machine.hold` and as `prepare`; what ends it later is kept by `keepFault`. */
  readonly begin: (
    id: string,
    prepare: (signal: AbortSignal) => Promise<AsyncGenerator<Event, Result, undefined>>,
    listed: { readonly title: string; readonly progressOf: (event: Event) => Progress | null },
  ) => Promise<void>
  /** Stops the work of an id, if it runs, and waits for its end. */
  readonly stop: (id: string) => Promise<void>
  readonly close: () => Promise<void>
}

/** Work of one kind, kept in folders under `root`; `busy` is its fault while it holds the machine, `missing` where an id is none. */
export function openBackground<Event, Result>(
  machine: Machine,
  kind: {
    readonly root: string
    readonly noun: string
    readonly busy: FaultCode
    readonly missing: FaultCode
    readonly keepFault: (folder: string, fault: FaultData | null) => Promise<void>
    /** Where it is listed among the jobs, and as what; a result that is not whole can be gone on with. */
    readonly jobs: Jobs
    readonly jobKind: JobKind
    readonly isWhole: (result: Result) => boolean
  },
): Background<Event, Result> {
  let active: Active<Event, Result> | null = null

  function folderOf(id: string): string {
    if (!/^[\w-][\w.-]*$/.test(id)) throw new Fault(kind.missing, `There is no ${kind.noun} ${id} here.`)
    return join(kind.root, id)
  }

  /** Runs work to its end, telling those who listen. */
  async function drive(
    id: string,
    running: AsyncGenerator<Event, Result, undefined>,
    listeners: Active<Event, Result>['listeners'],
    job: Job,
    progressOf: (event: Event) => Progress | null,
  ): Promise<Result> {
    try {
      for (;;) {
        const next = await running.next()
        if (next.done) {
          job.end(kind.isWhole(next.value) ? 'done' : 'stopped')
          return next.value
        }
        for (const listen of listeners) listen(next.value)
        const progress = progressOf(next.value)
        if (progress) job.tell(progress)
      }
    } catch (error) {
      const { code, message, remedy } = toFault(error)
      job.end('failed', { code, message, remedy })
      // A full disk may be what ended it: then there is no room for this either.
      await kind.keepFault(folderOf(id), { code, message, remedy }).catch(() => {})
      throw error
    }
  }

  async function stop(id: string): Promise<void> {
    if (active?.id !== id) return
    active.stop.abort()
    await active.ended.catch(() => {})
  }

  async function freeId(stem: string): Promise<string> {
    const now = `${stem}-${new Date().toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}`
    for (let more = 1; ; more++) {
      const id = more === 1 ? now : `${now}-${more}`
      if (!(await exists(folderOf(id)))) return id
    }
  }

  return {
    folderOf,
    freeId,
    running: (id) => (active?.id === id ? active : null),
    begin: async (id, prepare, { title, progressOf }) => {
      const release = machine.hold(kind.busy, id)
      const own = new AbortController()
      const job = kind.jobs.begin({ kind: kind.jobKind, title, work: id }, () => own.abort())
      try {
        const running = await prepare(own.signal)
        await kind.keepFault(folderOf(id), null)
        const listeners: Active<Event, Result>['listeners'] = new Set()
        const ended = drive(id, running, listeners, job, progressOf).finally(() => {
          active = null
          release()
        })
        // Its failure is kept with the work; nobody may be following it.
        ended.catch(() => {})
        active = { id, stop: own, listeners, ended }
      } catch (error) {
        const { code, message, remedy } = toFault(error)
        job.end('failed', { code, message, remedy })
        release()
        throw error
      }
    },
    stop,
    close: async () => {
      if (active) await stop(active.id)
    },
  }
}

/**
 * Tells a follower what was kept, then what comes, each once. Gives the result of work that ends; null where it rests or the
 * follower leaves.
 */
export async function hear<Event, Result>(
  now: Followed<Event, Result> | null,
  {
    kept,
    sameAs,
    tellKept,
    tell,
    stopped,
  }: {
    readonly kept: () => Promise<readonly Event[]>
    /** Two events of one name are one. */
    readonly sameAs: (event: Event) => string
    readonly tellKept: (event: Event) => void
    readonly tell: (event: Event) => void
    readonly stopped: AbortSignal
  },
): Promise<Result | null> {
  // Listening begins before the kept events are read, so that none is missed; none is told twice.
  const early: Event[] = []
  let listen = (event: Event): void => void early.push(event)
  const relay = (event: Event): void => listen(event)
  now?.listeners.add(relay)
  try {
    const found = await kept()
    found.forEach(tellKept)
    const seen = new Set(found.map(sameAs))
    for (const event of early) if (!seen.has(sameAs(event))) tell(event)
    listen = tell
    const left = new Promise<null>((resolve) => stopped.addEventListener('abort', () => resolve(null)))
    return now ? await Promise.race([now.ended, left]) : null
  } finally {
    now?.listeners.delete(relay)
  }
}
