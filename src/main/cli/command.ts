/** What a command is, and how it follows a job of the engine. */
import type { ContractRouterClient } from '@orpc/contract'
import type { Contract } from '../../shared/contract.ts'
import type { WeightName } from '../../shared/deviceNames.ts'
import type { JobEvent } from '../../shared/job.ts'
import type { Flags, Values } from './arguments.ts'
import type { Bar } from './progress.ts'

export type Client = ContractRouterClient<Contract>

/** What a running command has at hand. `print` writes a line for people and is silent under `--json`. */
export type Scene = {
  readonly client: Client
  readonly signal: AbortSignal
  readonly bar: Bar
  readonly json: boolean
  readonly print: (line: string) => void
  readonly stream: (text: string) => void
  readonly warn: (line: string) => void
  readonly home: string
  readonly models: string
  /** Over the settings, where the command line names them. */
  readonly device: string | undefined
  readonly weights: WeightName | undefined
}

export type Command = {
  /** The words that call it, as in `corpus make`. */
  readonly name: string
  readonly about: string
  /** What the help says beneath, where one line is not enough. */
  readonly note?: string
  /** Positionals for the help, as in `FILE…`. */
  readonly takes?: string
  readonly flags: Flags
  /** Runs without an engine of its own. */
  readonly standalone?: boolean
  /** Returns what `--json` prints. */
  readonly run: (scene: Scene, values: Values) => Promise<unknown>
}

/** Follows a job to its result: progress to the bar, partial results to `onPartial`. */
export async function follow<Partial, Result>(
  scene: Scene,
  job: Promise<AsyncIterable<JobEvent<Partial, Result>>>,
  onPartial: (partial: Partial) => void = () => {},
): Promise<Result> {
  try {
    for await (const event of await job) {
      scene.signal.throwIfAborted()
      if (event.type === 'progress') scene.bar.show(event)
      else if (event.type === 'partial') {
        scene.bar.clear()
        onPartial(event.partial)
      } else return event.result
    }
  } finally {
    scene.bar.clear()
  }
  scene.signal.throwIfAborted()
  throw new Error('internal: a job ended without its result')
}
