/** The calls on models: check, import, verify and a decoder on its own, as jobs. */
import { basename, resolve } from 'node:path'
import { Fault } from '../../../shared/fault.ts'
import type { JobEvent } from '../../../shared/job.ts'
import {
  ModelName,
  type AskModel,
  type CheckModel,
  type ImportModel,
  type ModelAnswer,
  type ModelCheck,
  type ModelInfo,
  type ModelProof,
  type ModelRole,
  type ModelVerification,
  type ReferenceWay,
} from '../../../shared/models.ts'
import { meter } from '../../../shared/progress.ts'
import { goOn } from '../bench/goOn.ts'
import { compareEncoder, encodeBatch, readEncoderReference } from '../bench/encoderReference.ts'
import { compareWithReference, readReference } from '../bench/reference.ts'
import { openDecoder } from '../expand/decoder.ts'
import { adaptModel } from '../models/adapt.ts'
import { readAdapter } from '../models/adapter.ts'
import { folderOf, readModelFolder } from '../models/folder.ts'
import { importModel, type ImportStep } from '../models/import.ts'
import { sizesOf } from '../models/architecture.ts'
import { openEncoder, openModel, proveFiles } from '../models/library.ts'
import { keptFormat, modelFolder, modelInfo, readManifest } from '../models/manifest.ts'
import { matchModel, type MatchedModel } from '../models/match.ts'
import { modelNeeds } from '../models/needs.ts'
import { continuation, promptIds, tokenizerOf, tokenizerOrNone } from '../models/prompt.ts'
import { withTemporary } from '../models/temporary.ts'
import { tokenizerSize } from '../models/vocabulary.ts'
import type { Tokenizer } from '../tokens/tokenizer.ts'
import { onDevice } from '../parts.ts'
import type { KeptDevices } from './devices.ts'
import { threads } from './health.ts'
import { streamOf } from './stream.ts'

/** An input as the contract hands it over: its defaults filled in. */
type Parsed<Input> = { readonly [Key in keyof Input]-?: Exclude<Input[Key], undefined> }

/** Looks a folder over, and compares it with its reference where it has one. */
export function checkModel(
  input: CheckModel,
  home: string,
  signal?: AbortSignal,
): AsyncGenerator<JobEvent<never, ModelCheck>> {
  return streamOf<JobEvent<never, ModelCheck>, ModelCheck>(
    async (emit, stop) => {
      const model = await matched(input)
      const { compare, count, nll } = await comparison(model)
      let ways: ReferenceWay[] = []
      let asRun: ModelCheck['asRun'] = null
      if (compare !== null) {
        const options = { signal: stop, tell: importTeller('convert', emit) }
        await withTemporary(model, options, async (...place) => {
          const comparing = meter('compare', 'ways', count)
          for await (const way of compare(place, { threads, signal: stop })) {
            ways.push(way)
            emit(comparing.at(ways.length))
          }
          if (!mayBeCast(model, ways)) return
          const rounded: ReferenceWay[] = []
          for await (const way of compare(place, { threads, signal: stop, cast: true })) rounded.push(way)
          const { maxAbsDiff, greedyIdentical } = summary(ways)
          if (maxAbsDiff === null || !wasCast(rounded, maxAbsDiff)) return
          asRun = { maxAbsDiff, greedyIdentical }
          ways = rounded
        })
      }
      return { ...(await describe(model, home)), ...summary(ways), referenceNll: nll, ways, asRun }
    },
    (result) => ({ type: 'done', result }),
    signal,
  )
}

type Comparison = {
  /** Null where there is no reference beside the model. With `cast`, rotary frequencies are rounded to bf16. */
  readonly compare:
    | ((
        place: readonly [home: string, name: string],
        options: { readonly threads: number; readonly signal: AbortSignal; readonly cast?: true },
      ) => AsyncGenerator<ReferenceWay>)
    | null
  readonly count: number
  /** Of the reference. */
  readonly nll: number | null
}

/** How a model is compared with the reference beside it, by what it is for. */
async function comparison({ network, folder, adapter }: MatchedModel): Promise<Comparison> {
  const place = adapter?.folder ?? folder.path
  if (network.role === 'decoder') {
    const reference = await readReference(place)
    const compare: Comparison['compare'] = async function* (place, options) {
      const { manifest, weights } = await openModel(...place)
      const config = options.cast ? ({ ...manifest.decoder, frequencies: 'bf16' } as const) : manifest.decoder
      if (reference !== null) yield* compareWithReference(config, weights, reference, options)
    }
    return { compare: reference && compare, count: 3, nll: reference?.meanNll ?? null }
  }
  const reference = await readEncoderReference(place)
  const compare: Comparison['compare'] = async function* (place, options) {
    const { manifest, weights } = await openEncoder(...place)
    if (reference !== null) yield* compareEncoder(manifest.encoder, weights, reference, options)
  }
  return { compare: reference && compare, count: 2, nll: null }
}

/** Differences that references show which were made with a model cast to bf16 and back: its rotary frequencies were cast too. */
function mayBeCast({ taken, network }: MatchedModel, ways: readonly ReferenceWay[]): boolean {
  if (network.role !== 'decoder' || network.decoder.positions === 'learned') return false
  const brain = taken.every(({ from }) => from.every(({ dtype }) => dtype === 'BF16'))
  return brain && ways.some(({ maxAbsDiff }) => maxAbsDiff > 1e-3)
}

/** Whether rounded frequencies are what the reference was made under: every way agrees with it then, far better than by `asRun`. */
function wasCast(rounded: readonly ReferenceWay[], asRun: number): boolean {
  return rounded.every(({ maxAbsDiff }) => maxAbsDiff <= Math.min(1e-3, asRun / 10))
}

async function describe(model: MatchedModel, home: string) {
  const { folder, network, taken } = model
  const size = tokenizerSize(folder.tokenizer)
  return {
    path: folder.path,
    architecture: model.architecture,
    role: network.role,
    parameters: model.parameters,
    dtypes: [...new Set(taken.flatMap(({ from }) => from.map(({ dtype }) => dtype as string)))].toSorted(),
    tensors: folder.tensors.size,
    shards: folder.shards,
    bytes: folder.bytes,
    sizes: Object.fromEntries(
      Object.entries(sizesOf(network)).flatMap(([name, value]) => {
        if (value === undefined) return []
        return [
          [name, typeof value === 'object' ? JSON.stringify(value) : (value as string | number | boolean)] as const,
        ]
      }),
    ),
    licence: folder.licence,
    tokenizer: size === null ? null : { tokens: size },
    chatTemplate: folder.chatTemplate !== null,
    ...(model.adapter === undefined ? {} : { adapter: model.adapter }),
    notes: [...model.notes],
    needs: await modelNeeds(model, home),
  }
}

function summary(ways: readonly ReferenceWay[]): Pick<ModelCheck, 'maxAbsDiff' | 'greedyIdentical' | 'nll'> {
  const told = ways.flatMap(({ greedyIdentical }) => greedyIdentical ?? [])
  return {
    maxAbsDiff: ways.length === 0 ? null : Math.max(...ways.map(({ maxAbsDiff }) => maxAbsDiff)),
    greedyIdentical: told.length === 0 ? null : told.every(Boolean),
    nll: ways[0]?.nll ?? null,
  }
}

/** A folder matched, with its adapter where it is to have one. */
async function matched({ path, adapter }: CheckModel): Promise<MatchedModel> {
  const model = matchModel(await readModelFolder(await folderOf(resolve(path))))
  return adapter === undefined ? model : adaptModel(model, await readAdapter(await folderOf(resolve(adapter))))
}

/** Imports a folder into the home. */
export function importFolder(
  input: Parsed<Pick<ImportModel, 'path' | 'dtype'>> & Pick<ImportModel, 'name' | 'source' | 'adapter'>,
  home: string,
  signal?: AbortSignal,
): AsyncGenerator<JobEvent<never, ModelInfo>> {
  return streamOf<JobEvent<never, ModelInfo>, ModelInfo>(
    async (emit, stop) => {
      const path = await folderOf(resolve(input.path))
      const folder = modelFolder(home, input.name ?? nameOf(path))
      const model = await matched(input)
      const manifest = await importModel(model, {
        folder,
        dtype: input.dtype ?? 'f32',
        source: input.source ?? { kind: 'folder', folder: path },
        signal: stop,
        tell: importTeller('import', emit),
      })
      return modelInfo(folder, manifest)
    },
    (result) => ({ type: 'done', result }),
    signal,
  )
}

/** The name that a folder gives its model. Fault bad-input where it gives none. */
function nameOf(path: string): string {
  const name = basename(path)
    .replaceAll(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 80)
  if (ModelName.safeParse(name).success) return name
  throw new Fault('bad-input', `${path} gives no name for the model.`, { remedy: 'Give it one with --name.' })
}

/** Progress of an import in tensors, bytes and their rate beside. */
function importTeller(stage: string, emit: (event: JobEvent<never, never>) => void): (step: ImportStep) => void {
  let progress: ReturnType<typeof meter> | null = null
  const began = performance.now()
  return ({ done, total, bytes, of }) => {
    progress ??= meter(stage, 'tensors', total)
    if (!progress.due() && done < total) return
    const seconds = (performance.now() - began) / 1000
    const perSecond = seconds > 0 ? bytes / seconds : 0
    const megabytes = (value: number): string => (value / 1e6).toFixed(0)
    const note = `${megabytes(bytes)} of ${megabytes(of)} MB, ${megabytes(perSecond)} MB/s`
    emit({ ...progress.at(done, note), secondsLeft: perSecond > 0 ? (of - bytes) / perSecond : null })
  }
}

/** Reads an imported model through, and runs its network once. */
export function verifyModel(
  { name }: { readonly name: string },
  home: string,
  signal?: AbortSignal,
): AsyncGenerator<JobEvent<never, ModelVerification>> {
  return streamOf<JobEvent<never, ModelVerification>, ModelVerification>(
    async (emit, stop) => {
      const folder = modelFolder(home, name)
      const manifest = await readManifest(folder)
      const bytes = Object.values(manifest.files).reduce((sum, file) => sum + file.bytes, 0)
      const reading = meter('read', 'bytes', bytes)
      const proofs = await proveFiles(folder, manifest, (read) => void (reading.due() && emit(reading.at(read))), stop)
      if (proofs.every(({ holds }) => holds)) proofs.push(...(await proveNetwork(home, { name, role: manifest.role })))
      return { name, proofs, holds: proofs.every(({ holds }) => holds) }
    },
    (result) => ({ type: 'done', result }),
    signal,
  )
}

async function proveNetwork(
  home: string,
  { name, role }: { readonly name: string; readonly role: ModelRole },
): Promise<ModelProof[]> {
  if (role !== 'decoder') return proveEncoder(home, name)
  const { manifest, weights } = await openModel(home, name)
  const { vocabulary, hidden } = manifest.decoder
  const shapes = { about: 'every weight has its shape', holds: true, found: `${weights.size} weights` }
  const decoder = await openDecoder(manifest.decoder, weights, { threads, format: keptFormat(manifest) })
  try {
    decoder.reserve(1)
    const logits = await decoder.feed(decoder.embedding.subarray(0, hidden), 'last')
    const finite = logits.every(Number.isFinite)
    const found = finite ? `${logits.length} numbers for ${vocabulary} tokens` : 'numbers that are not finite'
    return [
      shapes,
      { about: 'one position gives a logit a token', holds: finite && logits.length === vocabulary, found },
    ]
  } finally {
    await decoder.close()
  }
}

async function proveEncoder(home: string, name: string): Promise<ModelProof[]> {
  const { manifest, weights } = await openEncoder(home, name)
  const shapes = { about: 'every weight has its shape', holds: true, found: `${weights.size} weights` }
  const { encoder, text } = manifest
  const vector = await encodeBatch(
    encoder,
    weights,
    text.pooling,
    { inputIds: [[0]], attentionMask: [[1]] },
    { threads },
  )
  const finite = vector.every(Number.isFinite)
  const found = finite ? `${vector.length} numbers` : 'numbers that are not finite'
  return [shapes, { about: 'one token gives a vector', holds: finite && vector.length === encoder.hidden, found }]
}

/** A decoder goes on from a prompt. */
export function askModel(
  input: Parsed<AskModel>,
  home: string,
  devices: Pick<KeptDevices, 'running'>,
  signal?: AbortSignal,
): AsyncGenerator<JobEvent<string, ModelAnswer>> {
  return streamOf<JobEvent<string, ModelAnswer>, ModelAnswer>(
    async (emit, stop) => {
      const model = await openModel(home, input.name)
      const tokenizer =
        typeof input.prompt === 'string' ? tokenizerOf(model.tokenizer, input.name) : tokenizerOrNone(model.tokenizer)
      const prompt =
        typeof input.prompt === 'string' ? promptIds(tokenizer as Tokenizer, input.prompt, model) : [...input.prompt]
      const textOf = tokenizer === null ? () => '' : continuation(tokenizer, prompt, model.manifest.special)
      const ids: number[] = []
      let told = ''
      const { use, format: wanted, ...running } = await devices.running()
      const kept = keptFormat(model.manifest)
      const format = kept === 'f32' ? wanted : kept
      const made = await goOn(model, prompt, {
        ...input,
        on: { ...running, ...onDevice(use), format },
        signal: stop,
        tell: (id) => {
          ids.push(id)
          const text = textOf(ids)
          // What ends in half a character is told when it is whole.
          if (text.endsWith('\ufffd') || text.length <= told.length) return
          emit({ type: 'partial', partial: text.slice(told.length) })
          told = text
        },
      })
      return { ...made, prompt, text: told, device: use.label, weights: format }
    },
    (result) => ({ type: 'done', result }),
    signal,
  )
}
