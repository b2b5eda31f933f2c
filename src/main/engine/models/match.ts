/** A folder understood: which of its tensors make which of our weights, every shape checked, nothing read yet. */
import { Fault } from '../../../shared/fault.ts'
import type { Value } from '../graph/value.ts'
import type { ModelAdapter } from '../../../shared/models.ts'
import type { FileDtype, Located } from '../store/tensorFile.ts'
import { architectureOf } from './architectures.ts'
import { vocabularyOf, type Architecture, type Network, type Placement } from './architecture.ts'
import { more, type ModelFolder } from './folder.ts'
import type { LowRank } from './lowRank.ts'
import { checkTokenizer } from './vocabulary.ts'

/** A tensor that a weight is made of. */
export type Source = Located & {
  /** The name that its architecture gives it, without a prefix. */
  readonly place: string
  /** What an adapter adds to it. */
  readonly added?: LowRank
}

/** A weight and the tensors that it is made of. */
export type Taken = {
  readonly weight: Value
  readonly from: readonly Source[]
  readonly as: Placement['as']
}

export type MatchedModel = {
  readonly folder: ModelFolder
  readonly architecture: string
  readonly network: Network
  readonly taken: readonly Taken[]
  /** Tensors that must be equal, number for number: one stored twice. */
  readonly twins: readonly (readonly [Located, Located])[]
  readonly parameters: number
  /** The adapter that is merged in. */
  readonly adapter?: ModelAdapter
  /** What was passed over and why, a sentence each. */
  readonly notes: readonly string[]
}

const taken: ReadonlySet<FileDtype> = new Set<FileDtype>(['F32', 'F16', 'BF16'])

/**
 * Matches a folder with the network that its config names. Faults model-unsupported for an architecture or a type of numbers that is not
 * known, model-damaged for a tensor that is missing, too much or misshapen, and for a tokenizer that has more ids than there are rows.
 */
export function matchModel(folder: ModelFolder): MatchedModel {
  const { name, architecture } = architectureOf(folder.config)
  const network = architecture.network(folder.config, folder.sentence)
  const prefix = prefixOf(folder, architecture, name)
  const full = (tensor: string): string => (architecture.outside.includes(tensor) ? tensor : `${prefix}${tensor}`)
  const matched = architecture.placements(network).map((each): Taken => {
    const from = each.tensors.map((tensor): Source => ({
      ...find(folder, full(tensor), name, architecture.older),
      place: tensor,
    }))
    checkShapes(each, from)
    return { weight: each.weight, from, as: each.as }
  })
  const used = new Set(matched.flatMap(({ from }) => from.map((each) => each.name)))
  const left = [...folder.tensors.keys()].filter((tensor) => !used.has(tensor))
  const twins = architecture.twins.flatMap(([tensor, twin]) => {
    const pair = [folder.tensors.get(full(tensor)), folder.tensors.get(full(twin))] as const
    return pair[0] && pair[1] && left.includes(full(twin)) ? [[pair[0], pair[1]] as const] : []
  })
  const spare = new Set(twins.map(([, twin]) => twin.name))
  const extra = left.filter((tensor) => !spare.has(tensor) && !architecture.idle.test(tensor))
  if (extra.length > 0)
    throw new Fault(
      'model-damaged',
      `${name} with these sizes has no place for the tensor ${extra[0]}${more(extra.length - 1)}.`,
      { remedy: 'Check that config.json and the weights are of the same model and revision.' },
    )
  const passed = left.length - spare.size
  return {
    folder,
    architecture: name,
    network,
    taken: matched,
    twins,
    parameters: matched.reduce((sum, { weight }) => sum + sizeOf(weight), 0),
    notes: [
      ...(passed === 0
        ? []
        : [`${passed} stored tensors hold nothing that is used (buffers, heads of other tasks) and are passed over.`]),
      ...[...spare].map((twin) => `${twin} is stored beside the embeddings that it is tied to.`),
      ...checkTokenizer(folder, vocabularyOf(network)),
    ],
  }
}

/** Elements of a weight, whose shape is always known. */
export function sizeOf({ shape }: Value): number {
  return shape.reduce<number>((product, size) => product * (size as number), 1)
}

function prefixOf({ tensors }: ModelFolder, { prefixes, anchor }: Architecture, name: string): string {
  const prefix = prefixes.find((each) => tensors.has(`${each}${anchor}`))
  if (prefix === undefined) throw missing(`${prefixes[0]}${anchor}`, name)
  return prefix
}

function find({ tensors }: ModelFolder, tensor: string, name: string, older: Architecture['older']): Located {
  const found = tensors.get(tensor) ?? tensors.get(older?.(tensor) ?? tensor)
  if (found === undefined) throw missing(tensor, name)
  if (!taken.has(found.dtype))
    throw new Fault('model-unsupported', `${tensor} is kept as ${found.dtype}; F32, F16 and BF16 are read.`, {
      remedy: 'Use the checkpoint in f32, f16 or bf16 that it was made of.',
    })
  return found
}

function missing(tensor: string, name: string): Fault {
  const tied = tensor === 'lm_head.weight' ? ' If its embeddings are tied, say tie_word_embeddings: true there.' : ''
  return new Fault('model-damaged', `The tensor ${tensor} is missing, which ${name} with these sizes has.`, {
    remedy: `Check that config.json and the weights are of the same model, and that all shards are there.${tied}`,
  })
}

/** Each tensor has the shape that its weight needs; set side by side, their sizes add up to it. */
function checkShapes({ weight, as }: Placement, from: readonly Located[]): void {
  const needed = weight.shape as readonly number[]
  const [along, across] = as === 'columns' ? [needed[1], needed.slice(0, 1)] : [needed[0], needed.slice(1)]
  const wrong = from.find(({ shape }) => shape.slice(1).join() !== across.join() || shape.length !== needed.length)
  const sum = from.reduce((total, { shape }) => total + (shape[0] ?? 0), 0)
  const first = from[0]
  if (wrong === undefined && sum === along) return
  const named = wrong ?? first
  const whole = [along, ...across].join(', ')
  throw new Fault(
    'model-damaged',
    from.length === 1
      ? `The tensor ${named?.name} is [${named?.shape.join(', ')}], the config makes it [${whole}].`
      : `The tensors ${from.map((each) => `${each.name} [${each.shape.join(', ')}]`).join(', ')} do not make [${whole}].`,
    { remedy: 'Check that config.json and the weights are of the same model and revision.' },
  )
}
