/** What the calls of the contract are answered with. */
import type { WeightName } from '../../../../shared/deviceNames.ts'
import type { LogSource } from '../../../../shared/log.ts'
import type { StartProbe } from '../../graph/probe.ts'
import type { Log } from '../../store/log.ts'
import type { KeptSettings } from '../../store/settings.ts'
import type { Asking } from '../asking.ts'
import type { Comparisons } from '../comparisons.ts'
import type { server } from '../faults.ts'
import type { Holding } from '../holding.ts'
import type { HubRoom } from '../hub.ts'
import type { Jobs } from '../jobs.ts'
import type { Keeper } from '../keyring.ts'
import type { Sessions } from '../sessions.ts'
import type { Sweeps } from '../sweeps.ts'
import type { Trainings } from '../trainings.ts'

/** The contract, ready for handlers. */
export type Calls = ReturnType<typeof server>

/** What a door says of itself and of its machine. */
export type Door = {
  /** Who writes the lines of the log; the engine itself when left out. */
  readonly source?: LogSource
  /** The door's own way to print a finished page as a PDF; without one, an installed browser prints. */
  readonly print?: (html: string) => Promise<Uint8Array>
  /** The door's own way to keep secrets, encrypted by the system; without one they are held until the engine ends. */
  readonly keeper?: Keeper
  /** The device that the door names, over the settings: an unknown or failing one is a fault. */
  readonly device?: string | undefined
  /** How the decoder holds its matrices, over the settings. */
  readonly weights?: WeightName | undefined
  /** The door's own way to start the process that probes a device; without one, a Node is forked. */
  readonly startProbe?: StartProbe
  /** Ends this process so that another is started in its place; left out where nothing would. */
  readonly restart?: () => void
}

/** The rooms of an engine at work. */
export type Rooms = Asking &
  Pick<Door, 'print' | 'restart'> & {
    readonly home: string
    /** Folder that holds the bundles. */
    readonly modelsHome: string
    readonly trainings: Trainings
    readonly sweeps: Sweeps
    readonly comparisons: Comparisons
    readonly sessions: Sessions
    readonly holding: Holding
    readonly hub: HubRoom
    readonly settings: KeptSettings
    readonly jobs: Jobs
    readonly kept: Log
  }
