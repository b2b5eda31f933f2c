/** The folder of a training run: its settings, its events, its checkpoint. A run goes on only as it began. */
import { existsSync } from 'node:fs'
import { appendFile, mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { Fault, type FaultData } from '../../../shared/fault.ts'
import { DataReport, MadeBundle, TrainEvent, TrainFault, TrainInput } from '../../../shared/train.ts'
import { writeAtomic } from '../store/files.ts'

/** What a run began with: its settings, and the bundle that it started from. */
export const RunConfig = z.object({
  format: z.literal(1),
  input: TrainInput,
  bundle: z.object({
    name: z.string(),
    hash: z.string().describe('of the whole bundle'),
    basis: z.string().optional().describe('of the parts that the run passes through; runs of before have none'),
  }),
  began: z.string().describe('ISO time'),
  data: z.string(),
  report: DataReport.nullable().default(null),
  machine: z.object({ onnxruntime: z.string(), device: z.string(), threads: z.number().int(), node: z.string() }),
})
export type RunConfig = z.infer<typeof RunConfig>

const files = { config: 'config.json', events: 'events.jsonl', fault: 'fault.json', bundles: 'bundles.jsonl' } as const

/** All but what may differ between the sittings of one run: where it lies, and how often it tells of itself. */
function essential(input: TrainInput): string {
  // Read through the schema, which puts the settings in one order whoever wrote them.
  const { out: _out, every: _every, ...rest } = TrainInput.parse(input)
  return JSON.stringify(rest)
}

/** Whether a run begun from one bundle goes on from another as it would have from its own. */
export function sameBasis(begun: RunConfig['bundle'], now: RunConfig['bundle']): boolean {
  return begun.hash === now.hash || (begun.basis !== undefined && begun.basis === now.basis)
}

/** Opens a run's folder, new or begun before. Fault run-other-settings when it was begun otherwise. */
export async function openRunFolder(folder: string, config: RunConfig): Promise<void> {
  await mkdir(folder, { recursive: true })
  const begun = await readRunConfig(folder)
  if (!begun) return writeAtomic(join(folder, files.config), `${JSON.stringify(config, null, 2)}\n`)
  if (!sameBasis(begun.bundle, config.bundle))
    throw new Fault(
      'run-other-settings',
      `${folder} was begun from the bundle ${begun.bundle.name} (${begun.bundle.hash}), not ${config.bundle.name} (${config.bundle.hash}).`,
    )
  if (essential(begun.input) === essential(config.input)) return
  const [before, now] = [begun.input, config.input] as const
  const differing = (Object.keys({ ...before, ...now }) as (keyof TrainInput)[]).filter(
    (key) => key !== 'out' && key !== 'every' && JSON.stringify(before[key]) !== JSON.stringify(now[key]),
  )
  const said = differing.map((key) => `${key} ${JSON.stringify(before[key])}, now ${JSON.stringify(now[key])}`)
  throw new Fault('run-other-settings', `${folder} was begun with other settings: ${said.join('; ')}.`)
}

/** The settings of a run; null where none was begun, Fault bad-record where they cannot be read. */
export async function readRunConfig(folder: string): Promise<RunConfig | null> {
  const path = join(folder, files.config)
  if (!existsSync(path)) return null
  try {
    return RunConfig.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch (cause) {
    throw new Fault('bad-record', `${path} is not the config of a training run.`, { cause })
  }
}

/** Writes down one event. */
export function keepEvent(folder: string, event: TrainEvent): Promise<void> {
  return appendFile(join(folder, files.events), `${JSON.stringify(event)}\n`)
}

/** The events of a run so far; a line cut off by a kill is left out. */
export async function readEvents(folder: string): Promise<TrainEvent[]> {
  return readLines(join(folder, files.events), TrainEvent)
}

async function readLines<T>(path: string, schema: z.ZodType<T>): Promise<T[]> {
  const text = await readFile(path, 'utf8').catch(() => '')
  return text.split('\n').flatMap((line) => {
    try {
      return line.trim() === '' ? [] : [schema.parse(JSON.parse(line))]
    } catch {
      return []
    }
  })
}

/** Drops the events after `step`: they are of steps that a kill took back and that will be run again. */
export async function rewindEvents(folder: string, step: number): Promise<void> {
  const events = (await readEvents(folder)).filter((event) => event.step <= step)
  await writeAtomic(join(folder, files.events), events.map((event) => `${JSON.stringify(event)}\n`).join(''))
}

/** Keeps what ended a run beside it, or with null forgets it. */
export async function keepFault(folder: string, fault: FaultData | null): Promise<void> {
  const path = join(folder, files.fault)
  if (fault === null) await rm(path, { force: true })
  else await writeAtomic(path, `${JSON.stringify(fault)}\n`)
}

/** What ended a run; null where nothing did, or where it cannot be read. */
export async function readFault(folder: string): Promise<FaultData | null> {
  try {
    return TrainFault.parse(JSON.parse(await readFile(join(folder, files.fault), 'utf8')))
  } catch {
    return null
  }
}

/** Writes down a bundle made of a run. */
export function keepBundle(folder: string, made: MadeBundle): Promise<void> {
  return appendFile(join(folder, files.bundles), `${JSON.stringify(made)}\n`)
}

/** The bundles made of a run that are still there, the latest last. */
export async function readBundles(folder: string): Promise<MadeBundle[]> {
  const made = await readLines(join(folder, files.bundles), MadeBundle)
  const last = new Map(made.map((each) => [each.out, each]))
  return [...last.values()].filter(({ out }) => existsSync(join(out, 'bundle.json')))
}

/** Deletes a run, not the bundles made of it. Its settings go first: without them the folder is no run, wherever a crash ends this. */
export async function removeRun(folder: string): Promise<void> {
  await rm(join(folder, files.config), { force: true })
  await rm(folder, { recursive: true, force: true })
}
