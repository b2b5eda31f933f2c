/** Calls on the workbench itself: its health, settings, devices, jobs and log. */
import { eventIterator } from '@orpc/contract'
import * as z from 'zod'
import { base } from './calls.ts'
import { DeviceProbe, Devices, WeightName } from './devices.ts'
import { jobEvent } from './job.ts'
import { EngineNow } from './jobList.ts'
import { LogEntry, mostLogged } from './log.ts'
import { Place } from './places.ts'
import { PolicyName } from './plan.ts'
import { Marks } from './run.ts'
import { Settings, SettingsChange } from './settingsSchema.ts'
import { UntrainedPart } from './untrained.ts'

export const Health = z.object({
  contract: z.number().int(),
  version: z.string(),
  home: z.string().describe('folder for indexes, caches and runs'),
  onnxruntime: z.string(),
  device: z.string(),
  fellBack: z.string().nullable().describe('why the device that was asked for is not the one in use'),
  weights: WeightName.describe("how the decoder's matrices are held"),
  threads: z.number().int().describe('of every session'),
  cores: z.number().int().describe('threads where no setting names another number'),
  memoryBytes: z.number(),
  residentBytes: z.number(),
  freeDiskBytes: z.number(),
  node: z.string(),
  bounded: z
    .boolean()
    .optional()
    .describe('its process takes no single block of memory near 2 GiB, as Electron’s do not; false when left out'),
  bundle: z.object({
    name: z.string(),
    hash: z.string(),
    parameters: z.number().int(),
    ks: z.array(z.number().int()),
    window: z.number().int().describe('longest input in positions'),
    toy: z.boolean(),
    untrained: z.array(UntrainedPart).optional().describe('parts with random weights; none when left out'),
    folder: z.string().optional().describe('where it is not the one that the door was opened with'),
    marks: Marks.optional().describe('positions of the template, as in a run'),
  }),
})
export type Health = z.infer<typeof Health>

export const PolicyInfo = z.object({
  name: PolicyName,
  label: z.string(),
  metric: z.string(),
  better: z.enum(['higher', 'lower']),
  about: z.string(),
})
export type PolicyInfo = z.infer<typeof PolicyInfo>

export const workbenchContract = {
  health: base.output(Health),

  policies: base.output(z.array(PolicyInfo)),

  settings: {
    read: base.output(Settings),
    /** Writes what is given, and gives all; what is left out stays. */
    write: base.input(SettingsChange).output(Settings),
  },

  devices: {
    /** What this machine can run on, and what is in use. Fault device-failed where the door named a device that fails. */
    read: base.output(Devices),
    /** Probes all devices anew, one by one; a partial result is what was found of one. Takes effect when the engine starts again. */
    probe: base.output(eventIterator(jobEvent(DeviceProbe, Devices))),
  },

  jobs: {
    /** Every job of the engine, whoever began it, at each change. */
    follow: base.output(eventIterator(EngineNow)),
    /** Stops a job that runs; of one that has ended, forgets how. Fault job-missing. */
    stop: base.input(z.object({ id: z.string() })).output(z.void()),
  },

  log: {
    /** The latest lines, then each as it comes. */
    follow: base
      .input(z.object({ limit: z.number().int().min(0).max(mostLogged).default(mostLogged) }))
      .output(eventIterator(z.array(LogEntry))),
    read: base
      .input(z.object({ limit: z.number().int().min(0).max(mostLogged).default(mostLogged) }))
      .output(z.array(LogEntry)),
  },

  /** What the workbench keeps, and what it takes on disk. */
  places: base.output(z.array(Place)),

  cache: {
    /** Forgets every chunk embedding; questions make them anew. Gives the bytes freed. */
    clear: base.output(z.object({ bytes: z.number() })),
  },

  /** Ends the engine's process, which its door starts again. Fault bad-input where nothing would. */
  restart: base.output(z.void()),
}
