/** The calls that time a model or a bundle, and tell what was kept of it. */
import { resolve } from 'node:path'
import { Fault } from '../../../shared/fault.ts'
import type { JobEvent } from '../../../shared/job.ts'
import { meter } from '../../../shared/progress.ts'
import type { KeptSpeed, Speed, SpeedInput, SpeedTarget } from '../../../shared/speed.ts'
import { openBundled } from '../bench/arch.ts'
import { disturbances, gauge } from '../bench/disturbance.ts'
import { openBatch } from '../bench/encoderReference.ts'
import { rowsOf, timeCompressor, timeDecoder, timeEncoder, type Pacing } from '../bench/speed.ts'
import { openDecoder } from '../expand/decoder.ts'
import { openEncoder, openModel } from '../models/library.ts'
import { keptFormat, modelFolder, readManifest } from '../models/manifest.ts'
import { bertWindow } from '../nets/config.ts'
import { onDevice } from '../parts.ts'
import { openBundle } from '../store/bundle.ts'
import { readBundleCard } from '../store/bundleCard.ts'
import { keepSpeed, readSpeeds, speedsOfBundle, speedsOfModel } from '../store/speeds.ts'
import type { Asking } from './asking.ts'
import { alone } from './benching.ts'
import type { KeptDevices, Running } from './devices.ts'

type Optional = 'device' | 'weights' | 'threads'
/** An input as the contract hands it over: its defaults filled in. */
type Input = { readonly [Key in Exclude<keyof SpeedInput, Optional>]-?: Exclude<SpeedInput[Key], undefined> } & Pick<
  SpeedInput,
  Optional
>
type Found = Pick<Speed, 'prefill' | 'decode' | 'encode' | 'positions' | 'tokens' | 'chunks' | 'weights'>

const nothing = { prefill: null, decode: null, encode: null, positions: null, tokens: null, chunks: null }

/** Tokens of a chunk that an encoder on its own reads; a shorter window has shorter ones. */
const usualChunk = 16

/** Times a target alone on the machine; what was found is kept when all of it is there. */
export function benchModel(input: Input, home: string, at: Asking, signal?: AbortSignal) {
  return alone<never, KeptSpeed>(
    at,
    async (emit, stop) => {
      const file = await fileOf(home, input.target)
      const running = await runningFor(input, at.devices)
      const before = await gauge()
      const found = await timed(input, running, home, emit, stop)
      const speed: Speed = {
        ...found,
        device: running.use.device,
        threads: running.threads,
        ...at.devices.basis,
        measured: new Date().toISOString(),
        disturbed: disturbances(before, await gauge()),
      }
      stop.throwIfAborted()
      await keepSpeed(file, speed)
      return { ...speed, stale: null }
    },
    signal,
  )
}

/** What was kept of a target, the latest first. */
export async function listSpeeds(target: SpeedTarget, home: string, { devices }: Pick<Asking, 'devices'>) {
  const kept = await readSpeeds(await fileOf(home, target))
  return kept.map((speed): KeptSpeed => ({ ...speed, stale: staleness(speed, devices.basis) }))
}

/** Why a speed need not hold any more. */
export function staleness(
  { machine, onnxruntime }: Pick<Speed, 'machine' | 'onnxruntime'>,
  now: KeptDevices['basis'],
): string | null {
  if (machine !== now.machine) return `measured on another machine: ${machine}`
  return onnxruntime === now.onnxruntime
    ? null
    : `measured with onnxruntime ${onnxruntime}; it is ${now.onnxruntime} now`
}

async function fileOf(home: string, target: SpeedTarget): Promise<string> {
  if (target.kind === 'bundle') return speedsOfBundle(home, (await readBundleCard(resolve(target.folder))).hash)
  const folder = modelFolder(home, target.name)
  await readManifest(folder)
  return speedsOfModel(folder)
}

function runningFor({ device, weights, threads }: Input, devices: KeptDevices): Promise<Running> {
  return devices.runningOn({
    ...(device === undefined ? {} : { device }),
    ...(weights === undefined ? {} : { format: weights }),
    ...(threads === undefined ? {} : { threads }),
  })
}

async function timed(
  input: Input,
  running: Running,
  home: string,
  emit: (event: JobEvent<never, KeptSpeed>) => void,
  signal: AbortSignal,
): Promise<Found> {
  const { target, repeats, seed } = input
  const { use, format, ...more } = running
  const on = { ...more, ...onDevice(use) }
  const progress = meter('time', 'runs', (target.kind === 'bundle' ? 2 : 1) * (repeats + 1))
  let done = 0
  const pacing: Pacing = { repeats, seed, signal, tell: (note) => emit(progress.at(++done, note)) }
  emit(progress.at(0, 'opening'))
  if (target.kind === 'bundle') {
    const bundle = await openBundle(resolve(target.folder))
    const opened = await openBundled(bundle, { ...on, format })
    try {
      const decoder = await timeDecoder(opened.decoder, input, pacing)
      const [k = 1] = bundle.config.ks
      const { vocabulary } = bundle.config.decoder
      const encoder = await timeCompressor(opened.compressor, { vocabulary, k, tokens: input.prompt }, pacing)
      return { ...decoder, ...encoder, weights: format }
    } finally {
      await opened.close()
    }
  }
  const manifest = await readManifest(modelFolder(home, target.name))
  if (manifest.role === 'decoder') return decoderAlone(target.name, input, { ...running, on }, home, pacing)
  const { weights } = await openEncoder(home, target.name)
  const { encoder, text } = manifest
  const k = Math.min(usualChunk, bertWindow(encoder))
  const inputIds = rowsOf({ vocabulary: encoder.vocabulary, k, tokens: input.prompt }, seed)
  const attentionMask = inputIds.map((row) => row.map(() => 1))
  const opened = await openBatch(encoder, weights, text.pooling, { inputIds, attentionMask }, on)
  try {
    return { ...nothing, ...(await timeEncoder(opened.run, { count: inputIds.length, k }, pacing)), weights: 'f32' }
  } finally {
    await opened.close()
  }
}

/** A decoder whose matrices are kept smaller is held so; another as it is wanted. */
async function decoderAlone(
  name: string,
  input: Input,
  { on, format: wanted }: Running & { readonly on: Parameters<typeof openDecoder>[2] },
  home: string,
  pacing: Pacing,
): Promise<Found> {
  const { manifest, weights } = await openModel(home, name)
  const kept = keptFormat(manifest)
  if (kept !== 'f32' && input.weights !== undefined && input.weights !== kept)
    throw new Fault('bad-input', `${name} keeps ${kept} weights: it cannot be held as ${input.weights}.`, {
      remedy: 'Leave the weights as they are kept, or time the model that it was made of.',
    })
  const format = kept === 'f32' ? wanted : kept
  const decoder = await openDecoder(manifest.decoder, weights, { ...on, format })
  try {
    return { ...nothing, ...(await timeDecoder(decoder, input, pacing)), weights: format }
  } finally {
    await decoder.close()
  }
}
