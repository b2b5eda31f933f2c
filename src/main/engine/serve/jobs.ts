/** The list of jobs: every long work of the engine, whoever began it, with a way to stop it. */
import { Fault, isAbort, toFault, type FaultData } from '../../../shared/fault.ts'
import type { Progress } from '../../../shared/job.ts'
import type { EngineNow, Held, JobInfo, JobKind } from '../../../shared/jobList.ts'

type Work = {
  readonly kind: JobKind
  readonly title: string
  /** Id of the sweep or training that it is. */
  readonly work?: string
}

/** A job while it runs, as the one who does the work tells of it. */
export type Job = {
  readonly tell: (progress: Progress) => void
  /** Its end; only the first counts. */
  readonly end: (state: 'done' | 'stopped' | 'failed', fault?: FaultData) => void
}

export type Jobs = {
  /** Enters work that is about to begin; `stop` is called when someone stops it here. */
  readonly begin: (work: Work, stop: () => void) => Job
  /** Runs a stream as a job. Throws Fault stopped where it was stopped here and not by its reader. */
  readonly stream: <Event extends object>(
    work: Work,
    signal: AbortSignal | undefined,
    start: (signal: AbortSignal) => AsyncGenerator<Event>,
    progressOf?: (event: Event) => Progress | null,
  ) => AsyncGenerator<Event>
  /** Runs one call as a job. Throws as `stream`. */
  readonly call: <Result>(
    work: Work,
    signal: AbortSignal | undefined,
    start: (signal: AbortSignal) => Promise<Result>,
  ) => Promise<Result>
  /** All jobs at each change, at most four times a second, and every few seconds for the memory. */
  readonly follow: (signal?: AbortSignal) => AsyncGenerator<EngineNow>
  /** A job that runs, the brief ones too; null where there is none. */
  readonly running: () => JobInfo | null
  /** Stops a job that runs, forgets one that has ended. Fault job-missing. */
  readonly stop: (id: string) => void
}

/** How many that have ended are remembered. */
const mostEnded = 20
/** Of these, what is done sooner than this is no job to show. */
const briefKinds: ReadonlySet<JobKind> = new Set<JobKind>(['answer', 'what-if', 'check'])
const briefMs = 1000
const betweenMs = 250
const heartbeatMs = 5000

/** So far it is too short to show. */
function isBrief({ info, began }: Entry): boolean {
  return info.ended === null && briefKinds.has(info.kind) && Date.now() - began < briefMs
}

type Entry = { info: JobInfo; readonly stop: () => void; readonly began: number }

/** Opens the list; `log` hears how each job ended, `held` tells what is in memory. */
export function openJobs(log: (job: JobInfo) => void, held: () => Held): Jobs {
  const entries = new Map<string, Entry>()
  const waiting = new Set<() => void>()
  let count = 0

  const changed = (): void => {
    for (const wake of waiting) wake()
  }

  function begin({ kind, title, work }: Work, stop: () => void): Job {
    const id = `job-${(count += 1)}`
    const began = new Date()
    const entry: Entry = {
      info: {
        id,
        kind,
        title,
        began: began.toISOString(),
        ended: null,
        state: 'running',
        progress: null,
        fault: null,
        work: work ?? null,
      },
      stop,
      began: began.getTime(),
    }
    entries.set(id, entry)
    if (briefKinds.has(kind)) setTimeout(changed, briefMs).unref()
    else changed()
    return {
      tell: (progress) => {
        entry.info = { ...entry.info, progress }
        changed()
      },
      end: (state, fault) => {
        if (entry.info.ended !== null) return
        const brief = isBrief(entry)
        entry.info = { ...entry.info, state, fault: fault ?? null, ended: new Date().toISOString() }
        // What is asked at every move of a hand would fill the log.
        if (kind === 'answer' || !brief) log(entry.info)
        // An answer stands on the page that asked.
        if (kind === 'answer' || brief) entries.delete(id)
        const ended = [...entries.values()].filter(({ info }) => info.ended !== null)
        for (const old of ended.slice(0, -mostEnded)) entries.delete(old.info.id)
        changed()
      },
    }
  }

  /** What ended a job, told to its list, and to its caller as a fault where a hand on the list did it. */
  function close(job: Job, own: AbortController, error: unknown): unknown {
    if (own.signal.aborted) {
      job.end('stopped')
      return new Fault('stopped', 'The work was stopped from the list of jobs.')
    }
    if (isAbort(error)) job.end('stopped')
    else {
      const { code, message, remedy } = toFault(error)
      job.end('failed', { code, message, remedy })
    }
    return error
  }

  function now(): EngineNow {
    const jobs = [...entries.values()].flatMap((entry) => (isBrief(entry) ? [] : [entry.info]))
    return { jobs, residentBytes: process.memoryUsage.rss(), held: held() }
  }

  return {
    begin,
    stream: async function* (work, signal, start, progressOf = ownProgress) {
      const own = new AbortController()
      const job = begin(work, () => own.abort())
      let whole = false
      try {
        for await (const event of start(signal ? AbortSignal.any([signal, own.signal]) : own.signal)) {
          const progress = progressOf(event)
          if (progress !== null) job.tell(progress)
          // Who has the last event may ask for no other.
          if ('type' in event && event.type === 'done') {
            whole = true
            job.end('done')
          }
          yield event
        }
        if (!whole) own.signal.throwIfAborted()
      } catch (error) {
        throw close(job, own, error)
      } finally {
        job.end('stopped')
      }
    },
    call: async (work, signal, start) => {
      const own = new AbortController()
      const job = begin(work, () => own.abort())
      try {
        const result = await start(signal ? AbortSignal.any([signal, own.signal]) : own.signal)
        own.signal.throwIfAborted()
        job.end('done')
        return result
      } catch (error) {
        throw close(job, own, error)
      }
    },
    follow: async function* (signal) {
      let wake = Promise.withResolvers<void>()
      const onChange = (): void => wake.resolve()
      const isLeft = (): boolean => signal?.aborted === true
      waiting.add(onChange)
      signal?.addEventListener('abort', onChange)
      try {
        while (!isLeft()) {
          yield now()
          await Promise.race([wake.promise, pause(heartbeatMs)])
          if (!isLeft()) await pause(betweenMs)
          wake = Promise.withResolvers<void>()
        }
      } finally {
        waiting.delete(onChange)
        signal?.removeEventListener('abort', onChange)
      }
    },
    running: () => [...entries.values()].find(({ info }) => info.ended === null)?.info ?? null,
    stop: (id) => {
      const entry = entries.get(id)
      if (!entry) throw new Fault('job-missing', `There is no job ${id} here.`)
      if (entry.info.ended !== null) entries.delete(id)
      else if (entry.info.state === 'running') {
        entry.info = { ...entry.info, state: 'stopping' }
        entry.stop()
      }
      changed()
    },
  }
}

function ownProgress(event: object): Progress | null {
  return 'type' in event && event.type === 'progress' ? (event as Progress) : null
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref())
}
