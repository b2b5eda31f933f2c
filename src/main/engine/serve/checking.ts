/** A model's folder looked over: what it is, what it takes, and how far it agrees with the reference beside it. */
import type { JobEvent } from '../../../shared/job.ts'
import type { CheckModel, ModelCheck, ReferenceWay } from '../../../shared/models.ts'
import { meter } from '../../../shared/progress.ts'
import { compareEncoder, readEncoderReference } from '../bench/encoderReference.ts'
import { compareWithReference, readReference } from '../bench/reference.ts'
import { sizesOf } from '../models/architecture.ts'
import { openEncoder, openModel } from '../models/library.ts'
import type { MatchedModel } from '../models/match.ts'
import { modelNeeds } from '../models/needs.ts'
import { withTemporary } from '../models/temporary.ts'
import { tokenizerSize } from '../models/vocabulary.ts'
import { threads } from './health.ts'
import { streamOf } from './stream.ts'
import { importTeller, matched } from './importing.ts'

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
