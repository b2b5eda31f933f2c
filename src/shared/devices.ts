/** Devices: what the runtime of this machine can run on, how that was found out, and what is in use. */
import * as z from 'zod'
import { deviceLabels, deviceNames, weightNames } from './deviceNames.ts'

export const DeviceName = z.enum(deviceNames)
export const WeightName = z.enum(weightNames)

/** Times of the probe's graph, a small decoder; medians over `rounds`, in milliseconds. */
export const DeviceTimes = z.object({
  prefillMs: z.number().describe('of 128 positions'),
  stepMs: z.number().describe('of one position, its cache where the device keeps it'),
  rounds: z.number().int(),
  copiedBytes: z.number().int().describe('that cross between host and device in a step'),
  cacheStays: z.boolean().describe('the KV cache lies where the device reads it, and is written in place'),
})
export type DeviceTimes = z.infer<typeof DeviceTimes>

/** What probing one device found. It is probed in a process of its own, which it may take down. */
export const DeviceProbe = z.object({
  device: DeviceName,
  listed: z.boolean().describe('this build of the runtime knows it'),
  works: z.boolean(),
  reason: z.string().nullable().describe('why it cannot be used; null where it works'),
  maxAbsDiff: z
    .number()
    .nullable()
    .describe("largest difference of its logits from the CPU's; they are of the order of 1"),
  block: z
    .number()
    .int()
    .nullable()
    .describe('positions that may be fed at a time, where it is wrong for more; null where any number is right'),
  half: z.boolean().describe('it computes in half precision, as f16 needs'),
  times: DeviceTimes.nullable(),
})
export type DeviceProbe = z.infer<typeof DeviceProbe>

/** What a session runs on, and what was given up for it. */
export const DeviceUse = z.object({
  device: DeviceName,
  label: z.string(),
  block: z.number().int().nullable().describe('positions fed at a time; null is as many as elsewhere'),
  wanted: z.union([DeviceName, z.literal('automatic')]),
  fellBack: z
    .object({ from: DeviceName, reason: z.string() })
    .nullable()
    .describe('the device that was asked for, and why it is not the one in use'),
})
export type DeviceUse = z.infer<typeof DeviceUse>

/** The devices of this machine. Probes are kept in the home until the machine, the runtime or the driver's settings change. */
export const Devices = z.object({
  use: DeviceUse.describe('of the sessions that are open, or will be'),
  weights: WeightName,
  next: DeviceName.describe('what the engine will use when it starts again'),
  probes: z.array(DeviceProbe),
  probed: z.string().nullable().describe('ISO time of the probes; null where only the CPU is known'),
  onnxruntime: z.string(),
  machine: z.string(),
})
export type Devices = z.infer<typeof Devices>

/** The CPU, where nothing else was asked for. */
export const cpuUse: DeviceUse = { device: 'cpu', label: deviceLabels.cpu, block: null, wanted: 'cpu', fellBack: null }
