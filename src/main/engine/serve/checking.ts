/** A model's folder looked over: what it is, what it takes, and how far it agrees with the reference beside it. */
import type { JobEvent } from '../../../shared/job.ts'
import type { CheckModel, ModelCheck, ReferenceWay } from '../../../shared/models.ts'
import { meter } from '../../../shared/progress.ts'
import { compareEncoder, readEncoderReference } from '../bench/encoderReference.ts'
import { compareWithReference, readReference } from '../bench/reference.ts'
import { sizesOf } from '../models/architecture.ts'
import type { DecoderConfig } from '../nets/config.ts'
import { openEncoder, openModel } from '../models/library.ts'
import type { MatchedModel } from '../models/match.ts'
import { modelNeeds } from '../models/needs.ts'
import { withTemporary } from '../models/temporary.ts'
import { tokenizerSize } from '../models/vocabulary.ts'
import { threads } from './health.ts'
import { streamOf } from './stream.ts'
import type { AdapterHub } from './adapting.ts'
import { importTeller, withMatched } from './importing.ts'

/** Looks a folder over, and compares it with its reference where it has one. */
export function checkModel(
  input: CheckModel,
  home: string,
  signal?: AbortSignal,
  hub?: AdapterHub,
): AsyncGenerator<JobEvent<never, ModelCheck>> {
  return streamOf<JobEvent<never, ModelCheck>, ModelCheck>(
    // What is looked over is imported next, maybe: its adapter stays downloaded.
    (emit, stop) =>
      withMatched(input, { hub, keep: true, tell: emit, signal: stop }, (model) => look(model, home, emit, stop)),
    (result) => ({ type: 'done', result }),
    signal,
  )
}

async function look(
  model: MatchedModel,
  home: string,
  emit: (event: JobEvent<never, never>) => void,
  stop: AbortSignal,
): Promise<ModelCheck> {
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
      const cast = castOf(model, ways)
      if (cast === null) return
      const rounded: ReferenceWay[] = []
      for await (const way of compare(place, { threads, signal: stop, cast })) rounded.push(way)
      const { maxAbsDiff, greedyIdentical } = summary(ways)
      if (maxAbsDiff === null || !wasCast(rounded, maxAbsDiff)) return
      asRun = { maxAbsDiff, greedyIdentical, cast }
      ways = rounded
    })
  }
  return { ...(await describe(model, home)), ...summary(ways), referenceNll: nll, ways, asRun }
}

/** Types of half size that a model may be cast to whole. */
type Cast = NonNullable<DecoderConfig['frequencies']>
const casts: ReadonlyMap<string | undefined, Cast> = new Map([
  ['BF16', 'bf16'],
  ['F16', 'f16'],
])

type Comparison = {
  /** Null where there is no reference beside the model. With `cast`, rotary frequencies are rounded to that type. */
  readonly compare:
    | ((
        place: readonly [home: string, name: string],
        options: { readonly threads: number; readonly signal: AbortSignal; readonly cast?: Cast },
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
      const config = options.cast ? { ...manifest.decoder, frequencies: options.cast } : manifest.decoder
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

/** The type that the reference's model may have been cast to and back, its rotary frequencies too; null where nothing points to it. */
function castOf({ taken, network }: MatchedModel, ways: readonly ReferenceWay[]): Cast | null {
  if (network.role !== 'decoder' || network.decoder.positions === 'learned') return null
  if (ways.every(({ maxAbsDiff }) => maxAbsDiff <= 1e-3)) return null
  const [dtype, ...others] = new Set(taken.flatMap(({ from }) => from.map((tensor) => tensor.dtype)))
  return others.length === 0 ? (casts.get(dtype) ?? null) : null
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
