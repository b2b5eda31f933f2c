/** The claims call: the measurements that the paper's statements are judged by, one after another, each kept as it ends. */
import { cpus, totalmem } from 'node:os'
import { join } from 'node:path'
import { MeasurementName, type Claim, type ClaimsInput, type ClaimsResult, type Taken } from '../../../shared/claims.ts'
import type { JobEvent } from '../../../shared/job.ts'
import { judgeClaims } from '../bench/claims/statements.ts'
import { keep, keyOf, readKept, type Found, type Kept } from '../bench/claims/kept.ts'
import { commandOf, corpusPassages, inputsOf, type Inputs } from '../bench/claims/measurements.ts'
import { writeCorpus } from '../corpus/synthetic/make.ts'
import { runtimeInfo } from '../graph/run.ts'
import { ablate } from './ablating.ts'
import type { Asking } from './asking.ts'
import { measureTtft } from './benching.ts'
import { measurePpl, measureQa } from './evaluating.ts'
import { threads, version } from './health.ts'

type Jobs = {
  readonly [Name in MeasurementName]: (
    input: Inputs[Name],
    at: Asking,
    signal?: AbortSignal,
  ) => AsyncGenerator<JobEvent<unknown, Found[Name]>>
}

const jobs: Jobs = {
  ttft: measureTtft,
  ppl: measurePpl,
  curriculum: (input, at, signal) => ablate(input, at.loader, signal),
  reconstruction: (input, at, signal) => ablate(input, at.loader, signal),
  qa: async function* (input, at, signal) {
    const folder = join(input.questions, '..')
    const { corpus } = await writeCorpus(folder, { passages: corpusPassages, seed: input.seed })
    for await (const event of at.indexes.build({ paths: [corpus], out: input.index, name: 'Claims' }, signal))
      if (event.type === 'progress') yield event
    yield* measureQa(input, at, signal)
  },
}

/**
 * Measures what `input` asks for and judges the statements by it; each claim comes as soon as its measurement is done.
 * The same call on the same folder takes up what was measured there. Faults of the measurements.
 */
export async function* checkClaims(
  input: ClaimsInput,
  at: Asking,
  signal?: AbortSignal,
): AsyncGenerator<JobEvent<Claim, ClaimsResult>> {
  const { bundle, config, use, format } = await at.loader.light()
  // What was measured on another device, or with smaller weights, is not taken up.
  const on = use.device === 'cpu' && format === 'f32' ? '' : ` ${use.device} ${format}`
  const own = { name: config.name, ks: config.ks, hash: bundle.hash, window: config.decoder.window }
  const inputs = inputsOf(input, own)
  // A folder that was moved holds the same measurements.
  const settings = inputsOf({ ...input, out: '' }, own)
  const names = input.only ?? MeasurementName.options
  const [claims, measurements]: [Claim[], Taken[]] = [[], []]

  async function* measure<Name extends MeasurementName>(
    name: Name,
    title: string,
  ): AsyncGenerator<JobEvent<Claim, ClaimsResult>, Kept<Name>> {
    const key = keyOf(name, settings[name], `${bundle.hash}${on}`)
    const before = await readKept(input.out, name, key)
    if (before) return before
    const began = performance.now()
    for await (const event of jobs[name](inputs[name], at, signal)) {
      if (event.type === 'progress') yield { ...event, note: [title, event.note].filter(Boolean).join(', ') }
      if (event.type !== 'done') continue
      const seconds = (performance.now() - began) / 1000
      const taken = { name, seconds, time: new Date().toISOString(), command: commandOf[name](settings[name]) }
      await keep(input.out, key, { taken, found: event.result })
      return { taken, found: event.result }
    }
    signal?.throwIfAborted()
    throw new Error(`internal: the measurement ${name} ended without a result`)
  }

  for (const [i, name] of names.entries()) {
    signal?.throwIfAborted()
    const { taken, found } = yield* measure(name, `${name}, ${i + 1} of ${names.length}`)
    measurements.push(taken)
    for (const claim of judgeClaims({ [name]: found }, input.seed)) {
      claims.push(claim)
      yield { type: 'partial', partial: claim }
    }
  }
  const manifest = {
    scale: input.scale,
    seed: input.seed,
    bundle: { name: config.name, hash: bundle.hash },
    version,
    onnxruntime: runtimeInfo().version,
    device: `${use.label}${format === 'f32' ? '' : `, ${format}`}`,
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    threads,
    memoryBytes: totalmem(),
  }
  yield { type: 'done', result: { claims, measurements, manifest } }
}
