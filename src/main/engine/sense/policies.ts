/** Which chunks to expand: every policy in one table, each a score a chunk and the direction that is expanded first. */
import type { PolicyName } from '../../../shared/plan.ts'
import { random } from '../../../shared/random.ts'
import type { Pointer } from './pointer.ts'
import { firstPickProbabilities } from './select.ts'

/** What a policy may look at; costly things are functions, so that only the policy that needs them pays. */
export type Sensing = {
  readonly chunks: number
  readonly seed: number
  readonly pointer: Pointer
  readonly encoded: readonly Float32Array[]
  readonly encodeQuestion: () => Promise<readonly Float32Array[]>
  /** Cosine of the question's vector with each chunk's, from the text embedder. */
  readonly similarities: () => Promise<Float32Array>
  /** Mean NLL per token of each chunk under the decoder, the passages read in full. */
  readonly perplexities: () => Promise<Float32Array>
}

type Policy = {
  readonly label: string
  readonly metric: string
  readonly better: 'higher' | 'lower'
  readonly about: string
  /** Raw scores [chunks], or null where the policy has none. */
  readonly score: (sensing: Sensing) => Promise<Float32Array> | Float32Array | null
  /** Whether the scores are logits of a first pick. */
  readonly learned?: true
  /** Whether the decoder reads the chunks here, wherever the answer is decoded. */
  readonly decodes?: true
  /** Expands this share whatever p says. */
  readonly fixed?: 0 | 1
}

export const policies: { readonly [Name in PolicyName]: Policy } = {
  learned: {
    label: 'Learned',
    metric: 'policy logit',
    better: 'higher',
    about: 'The pointer policy of the paper: reads the chunk embeddings alone, trained by reinforcement.',
    score: ({ pointer, encoded }) => pointer.logits('policy', encoded, []),
    learned: true,
  },
  'learned-query': {
    label: 'Learned, query-aware',
    metric: 'policy logit',
    better: 'higher',
    about: 'The same with the question before the chunks.',
    score: async ({ pointer, encoded, encodeQuestion }) =>
      pointer.logits('policyQuery', encoded, await encodeQuestion()),
    learned: true,
  },
  similarity: {
    label: 'Similarity',
    metric: 'cosine to question',
    better: 'higher',
    about: 'Expands the chunks whose text lies nearest the question in the embedder.',
    score: ({ similarities }) => similarities(),
  },
  'perplexity-descending': {
    label: 'Perplexity, descending',
    metric: 'NLL per token',
    better: 'higher',
    about: 'Expands the chunks that the decoder finds hardest to foretell. Reads the whole context once in full.',
    score: ({ perplexities }) => perplexities(),
    decodes: true,
  },
  'perplexity-ascending': {
    label: 'Perplexity, ascending',
    metric: 'NLL per token',
    better: 'lower',
    about: 'Expands the easiest chunks: the reverse, as a control.',
    score: ({ perplexities }) => perplexities(),
    decodes: true,
  },
  random: {
    label: 'Random',
    metric: 'seeded draw',
    better: 'higher',
    about: 'A draw from the plan’s seed: the baseline that a policy has to beat.',
    score: ({ chunks, seed }) => {
      const draws = random(seed)
      return Float32Array.from({ length: chunks }, () => draws.float())
    },
  },
  all: {
    label: 'All (full context)',
    metric: 'none',
    better: 'higher',
    about: 'Expands every chunk, whatever p: the decoder reads the full context.',
    score: () => null,
    fixed: 1,
  },
  none: {
    label: 'None (all compressed)',
    metric: 'none',
    better: 'higher',
    about: 'Expands nothing, whatever p.',
    score: () => null,
    fixed: 0,
  },
}

/** Scores and, for learned policies, first-pick probabilities of all chunks. */
export async function senseChunks(
  name: PolicyName,
  sensing: Sensing,
): Promise<{ readonly scores: Float32Array | null; readonly probabilities: readonly number[] | null }> {
  const policy = policies[name]
  const scores = await policy.score(sensing)
  return { scores, probabilities: policy.learned && scores ? firstPickProbabilities(scores) : null }
}
