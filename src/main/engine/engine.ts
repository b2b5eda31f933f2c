/** createEngine(): the only thing a door imports. Ties each call of the contract to the room that answers it. */
import { mkdir } from 'node:fs/promises'
import type { JobInfo } from '../../shared/jobList.ts'
import type { LogEntry } from '../../shared/log.ts'
import type { Asking } from './serve/asking.ts'
import { makeMachine } from './serve/background.ts'
import { askingCalls } from './serve/calls/asking.ts'
import { corporaCalls } from './serve/calls/corpora.ts'
import { measuringCalls } from './serve/calls/measuring.ts'
import { modelsCalls } from './serve/calls/models.ts'
import type { Rooms, Door } from './serve/calls/rooms.ts'
import { trainingCalls } from './serve/calls/training.ts'
import { workbenchCalls } from './serve/calls/workbench.ts'
import { openComparisons } from './serve/comparisons.ts'
import { openDevices } from './serve/devices.ts'
import { openEmbedders } from './serve/embedders.ts'
import { server } from './serve/faults.ts'
import { takeThreads, version } from './serve/health.ts'
import { openHolding } from './serve/holding.ts'
import { openHub } from './serve/hub.ts'
import { openIndexes } from './serve/indexes.ts'
import { openJobs } from './serve/jobs.ts'
import { openKeyring } from './serve/keyring.ts'
import { openLoader } from './serve/loaded.ts'
import { makeLock } from './serve/lock.ts'
import { openRemotes } from './serve/remote.ts'
import { openSessions } from './serve/sessions.ts'
import { openSweeps } from './serve/sweeps.ts'
import { openTrainings } from './serve/trainings.ts'
import { readChoice } from './store/choice.ts'
import { openLog, type Log } from './store/log.ts'
import { openRuns } from './store/runs.ts'
import { openSettings } from './store/settings.ts'

export type EngineOptions = Door & {
  /** Folder for indexes, caches and runs; made when missing. */
  readonly home: string
  /** Folder that holds the bundles. */
  readonly models: string
  /** Hears what goes wrong beside any call. */
  readonly log: (line: string) => void
}

export type { StartProbe } from './graph/probe.ts'
export type Engine = {
  readonly router: EngineRouter
  /** Enters into the log what a door has to say. */
  readonly note: (entry: LogEntry) => void
  readonly close: () => Promise<void>
}
export type EngineRouter = ReturnType<typeof makeRouter>

/** Starts an engine. Sessions open on first use, so that this is quick; `close` frees them. */
export async function createEngine(options: EngineOptions): Promise<Engine> {
  const { home, print, restart } = options
  await mkdir(home, { recursive: true })
  const kept = openLog(home, options.source ?? 'engine')
  const log = (line: string): void => {
    kept.write('warning', line)
    options.log(line)
  }
  const settings = openSettings(home, log)
  takeThreads(settings.read().threads)
  const jobs = openJobs(
    (job) => noteJob(kept, job),
    () => holding.now(),
  )
  const { device, weights, startProbe } = options
  const devices = openDevices(home, { settings, log, device, weights, startProbe })
  // A terminal names its bundle at each command; a door, which is started again, is told on its page.
  const chosen = restart === undefined ? null : await readChoice(home, options.models)
  const loader = openLoader(options.models, { home, devices, log }, chosen)
  const embedders = openEmbedders(home, loader)
  const indexes = openIndexes(home, embedders)
  const runs = openRuns(home, log)
  const machine = makeMachine()
  const trainings = openTrainings(home, loader, machine, jobs)
  const keyring = openKeyring(options.keeper)
  const remotes = openRemotes(home, keyring, log)
  const asking: Asking = { loader, indexes, runs, remotes, lock: makeLock(), devices, log }
  const holding = openHolding({ ...asking, embedders, jobs })
  const sweeps = openSweeps(home, asking, machine, jobs)
  const comparisons = openComparisons(home, asking, machine, print)
  const hub = openHub(home, { settings, jobs, keyring })
  const sessions = openSessions(home, { ...asking, comparisons })
  const door = { ...(print === undefined ? {} : { print }), ...(restart === undefined ? {} : { restart }) }
  kept.write('info', `started: version ${version}, Node ${process.versions.node}, process ${process.pid}`)
  return {
    router: makeRouter(options.log, {
      ...asking,
      ...door,
      home,
      modelsHome: options.models,
      trainings,
      sweeps,
      comparisons,
      sessions,
      hub,
      settings,
      holding,
      jobs,
      kept,
    }),
    note: kept.add,
    close: async () => {
      // An engine is often started again for the sake of a setting that was changed a moment before.
      await settings.close()
      await trainings.close()
      await sweeps.close()
      await hub.close()
      sessions.close()
      comparisons.close()
      runs.close()
      await indexes.close()
      await embedders.close()
      await loader.close()
    },
  }
}

function makeRouter(log: (line: string) => void, at: Rooms) {
  const os = server(at.kept, log)
  return os.router({
    ...workbenchCalls(os, at),
    ...modelsCalls(os, at),
    ...corporaCalls(os, at),
    ...askingCalls(os, at),
    ...measuringCalls(os, at),
    ...trainingCalls(os, at),
  })
}

/** A job's end as a line: what it was called may quote a question, so it stands apart. */
function noteJob(log: Log, { kind, title, state, began, ended, work, fault }: JobInfo): void {
  const seconds = (Date.parse(ended ?? began) - Date.parse(began)) / 1000
  const named = work === null ? kind : `${kind} ${work}`
  // The fault itself is told where the call ends; that of work which belongs to the engine ends no call.
  if (state === 'failed' && work !== null) log.write('warning', `${named}: ${fault?.code}`, fault?.message)
  else log.write('info', `${named} ${state} after ${seconds.toFixed(1)} s`, title)
}
