/** The learned policies at work: one logit a chunk from the encoder's outputs, once for all picks. */
import { startGraph } from '../graph/build.ts'
import { live, numbers, openSession, type Session } from '../graph/run.ts'
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
  options: { readonly threads?: number },
): Pointer {
  const sessions = new Map<PolicyKind, Promise<Session>>()
  const width = encodedWidth(config.encoder)

  function sessionFor(kind: PolicyKind): Promise<Session> {
    const known = sessions.get(kind)
    if (known) return known
    const g = startGraph(kind)
    const chunks = g.input('chunks', 'float32', ['chunks', width])
    const question = kind === 'policyQuery' ? g.input('question', 'float32', ['asked', width]) : null
    g.output(
      'logits',
      policy(g, kind, config.policy, config.encoder, { chunks, question, mask: null, length: 'chunks' }),
    )
    const opened = openSession(g.finish(), weights, options)
    sessions.set(kind, opened)
    return opened
  }

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
      const session = await sessionFor(kind)
      const feeds = { chunks: live(floats([chunks.length, width], stack(chunks))) }
      const asked = kind === 'policyQuery' ? { question: live(floats([question.length, width], stack(question))) } : {}
      const all = numbers((await session.run({ ...feeds, ...asked })).logits)
      return all.subarray(all.length - chunks.length)
    },
    async close() {
      for (const session of sessions.values()) await (await session).close()
    },
  }
}
