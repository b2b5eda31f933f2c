/** The learned policies at work: one logit a chunk from the encoder's outputs, once for all picks. */
import { startGraph } from '../graph/build.ts'
import { live, numbers, openSession, type RunOn } from '../graph/run.ts'
import { keepSessions } from '../graph/sessions.ts'
import { floats, type Weights } from '../graph/value.ts'
import { encodedWidth } from '../nets/config.ts'
import { policy, type PolicyKind } from '../nets/policy.ts'
import { Fault } from '../../../shared/fault.ts'
import type { BundleConfig } from '../store/bundle.ts'

export type Pointer = {
  /** Logits [chunks]; the query-aware kind also reads the question's own encoder outputs. */
  readonly logits: (
    kind: PolicyKind,
    chunks: readonly Float32Array[],
    question: readonly Float32Array[],
  ) => Promise<Float32Array>
  readonly close: () => Promise<void>
}

/** Opens the two policies over a bundle's weights. */
export function openPointer(
  config: Pick<BundleConfig, 'policy' | 'encoder'>,
  weights: Weights,
  options: RunOn,
): Pointer {
  const width = encodedWidth(config.encoder)

  const sessions = keepSessions((kind: PolicyKind) => {
    const g = startGraph(kind)
    const rows = g.input('rows', 'float32', ['rows', width])
    const asking = kind === 'policyQuery' ? g.input('asking', 'float32', ['rows', 1]) : null
    g.output(
      'logits',
      policy(g, kind, config.policy, config.encoder, { rows, asking, mask: null, batch: 1, length: 'rows' }),
    )
    return openSession(g.finish(), weights, options)
  })

  const stack = (rows: readonly Float32Array[]): Float32Array => {
    const all = new Float32Array(rows.length * width)
    rows.forEach((row, i) => all.set(row, i * width))
    return all
  }

  return {
    async logits(kind, chunks, question) {
      if (chunks.length === 0) return new Float32Array(0)
      if (chunks.length > config.policy.maxChunks)
        throw new Fault(
          'context-too-long',
          `${chunks.length} chunks are more than the policy's ${config.policy.maxChunks}.`,
        )
      const session = await sessions.get(kind)
      const read = kind === 'policyQuery' ? [...question, ...chunks] : chunks
      const feeds = { rows: live(floats([read.length, width], stack(read))) }
      const asking = {
        asking: live(floats([read.length, 1], new Float32Array(read.length).fill(1, 0, question.length))),
      }
      const all = numbers((await session.run(kind === 'policyQuery' ? { ...feeds, ...asking } : feeds)).logits)
      return all.subarray(all.length - chunks.length)
    },
    close: () => sessions.close(),
  }
}
