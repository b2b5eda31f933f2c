/** What it takes to know an architecture: from its config to our sizes, and from its tensors to our weights. */
import type { ModelRole } from '../../../shared/models.ts'
import type { Value } from '../graph/value.ts'
import type { DecoderConfig } from '../nets/config.ts'
import type { Json } from './folder.ts'

/** A network's sizes, by what the network is for. */
export type Network = { readonly role: 'decoder'; readonly decoder: DecoderConfig }

/**
 * Where one of our weights comes from. `rows`: the tensors as they lie, one behind the other along the first axis. `columns`: matrices
 * [out, in] as PyTorch's linear layers keep them, turned to [in, out] and set side by side.
 */
export type Placement = {
  readonly weight: Value
  readonly tensors: readonly string[]
  readonly as: 'rows' | 'columns'
}

export type Architecture = {
  readonly role: ModelRole
  /** Sizes that its config names. Fault model-unsupported for a variant that our networks do not have. */
  readonly network: (config: Json) => Network
  /** A tensor that every checkpoint of it has: tells the prefix of the names. */
  readonly anchor: string
  /** What names may begin with, the usual one first. */
  readonly prefixes: readonly string[]
  /** Where each weight of the network comes from; names stand without the prefix, but for those of `outside`. */
  readonly placements: (network: Network) => readonly Placement[]
  /** Names that never bear the prefix. */
  readonly outside: readonly string[]
  /** Tensors that some versions store and that hold nothing of the model. */
  readonly idle: RegExp
  /** A tensor that may be stored a second time under another name, when the two are tied. */
  readonly twins: readonly (readonly [tensor: string, twin: string])[]
}
