/** What the claims are judged by: each measurement's settings at either scale, and the command that takes it alone. */
import { AblationInput, type AblationWhat } from '../../../../shared/ablation.ts'
import { TtftInput } from '../../../../shared/bench.ts'
import type { ClaimScale, ClaimsInput, MeasurementName } from '../../../../shared/claims.ts'
import { PplInput, QaInput } from '../../../../shared/evaluate.ts'

/** The numbers in which the two scales differ. */
const scales = {
  quick: {
    contexts: [256, 1024],
    repeats: 3,
    texts: 20,
    context: 256,
    output: 64,
    steps: 30,
    judged: 10,
    questions: 20,
  },
  standard: {
    contexts: [512, 2048, 8192],
    repeats: 9,
    texts: 300,
    context: 512,
    output: 128,
    steps: 400,
    judged: 60,
    questions: 160,
  },
} as const satisfies Record<ClaimScale, object>

/** Passages of the corpus that questions are asked of. */
export const corpusPassages = 500

/** Positions kept free beside a context: question and first tokens of the answer. */
const beside = 64

/** Chunks of the longest contexts that an ablation trains on, and how many of those a step: a curriculum needs a way to go. */
const ablations = {
  curriculum: { chunks: 32, batch: 4 },
  reconstruction: { chunks: 8, batch: 16 },
} as const satisfies Record<AblationWhat, object>

export type Inputs = {
  readonly ttft: TtftInput
  readonly ppl: PplInput
  readonly curriculum: AblationInput
  readonly reconstruction: AblationInput
  readonly qa: QaInput
}

/** What the settings depend on of a bundle; `window` is the decoder's, in positions. */
export type Measured = {
  readonly name: string
  readonly hash: string
  readonly ks: readonly number[]
  readonly window: number
}

/** Of the contexts those that fit into the window beside a question; half of it and a quarter where fewer than two do. */
function fitting(contexts: readonly number[], window: number): readonly number[] {
  const fit = contexts.filter((context) => context + beside <= window)
  return fit.length > 1 ? fit : [window >> 2, window >> 1]
}

/** Settings of every measurement for a bundle that takes `ks`; folders lie under `out`, of each scale, seed and bundle apart. */
export function inputsOf({ scale, seed, out }: ClaimsInput, { name, ks, hash, window }: Measured): Inputs {
  const folder = `${out}/${scale}-${seed}-${hash.slice(0, 8)}`
  const at = scales[scale]
  const finest = Math.min(...ks)
  const ablation = (what: AblationWhat): AblationInput =>
    AblationInput.parse({
      what,
      data: ['synthetic'],
      held: 'synthetic',
      out: `${folder}/${what}`,
      k: finest,
      steps: at.steps,
      longest: finest * ablations[what].chunks,
      output: finest * ablations[what].chunks,
      batch: ablations[what].batch,
      learningRate: 1e-3,
      limit: at.judged,
      seed,
    })
  return {
    ttft: TtftInput.parse({
      arch: name,
      contexts: fitting(at.contexts, window),
      ks,
      ps: [0],
      cached: 'cached',
      repeats: at.repeats,
      seed,
    }),
    ppl: PplInput.parse({
      data: ['synthetic'],
      context: at.context,
      output: at.output,
      ks,
      ps: [0, 0.25],
      policies: ['learned', 'perplexity-descending', 'random', 'perplexity-ascending'],
      limit: at.texts,
      seed,
    }),
    curriculum: ablation('curriculum'),
    reconstruction: ablation('reconstruction'),
    qa: QaInput.parse({
      index: `${folder}/index`,
      questions: `${folder}/corpus/questions.test.jsonl`,
      ks: ks.slice(0, 2),
      ps: [0, 0.25],
      policies: ['learned-query'],
      retrievers: ['strong', 'weak'],
      weakOf: 8,
      passages: [4],
      equal: 'latency',
      limit: at.questions,
      seed,
    }),
  }
}

type Flag = readonly [name: string, value: string | number | readonly (string | number)[] | undefined]

function line(words: string, ...flags: readonly Flag[]): string {
  const said = flags.flatMap(([name, value]) => (value === undefined ? [] : [`--${name} ${[value].flat().join(',')}`]))
  return `npm run refrag -- ${words} ${said.join(' ')} --json`
}

const ablationCommand = (input: AblationInput): string =>
  line(
    'bench ablation',
    ['what', input.what],
    ['data', input.data],
    ['held', input.held],
    ['k', input.k],
    ['steps', input.steps],
    ['batch', input.batch],
    ['longest', input.longest],
    ['output', input.output],
    ['lr', input.learningRate],
    ['limit', input.limit],
    ['seed', input.seed],
    ['out', 'DIR'],
  )

/** The command that takes a measurement alone. */
export const commandOf: { readonly [Name in MeasurementName]: (input: Inputs[Name]) => string } = {
  ttft: (input) =>
    line(
      'bench ttft --cached-only',
      ['arch', input.arch],
      ['contexts', input.contexts],
      ['k', input.ks],
      ['p', input.ps],
      ['repeats', input.repeats],
      ['seed', input.seed],
    ),
  ppl: (input) =>
    line(
      'eval ppl',
      ['data', input.data],
      ['context', input.context],
      ['output', input.output],
      ['k', input.ks],
      ['p', input.ps],
      ['policy', input.policies],
      ['limit', input.limit],
      ['seed', input.seed],
    ),
  curriculum: ablationCommand,
  reconstruction: ablationCommand,
  qa: (input) =>
    line(
      'eval qa',
      ['index', 'IDX'],
      ['questions', 'DIR/questions.test.jsonl'],
      ['k', input.ks],
      ['p', input.ps],
      ['policy', input.policies],
      ['retriever', input.retrievers],
      ['weak-of', input.weakOf],
      ['passages', input.passages],
      ['equal', input.equal],
      ['limit', input.limit],
      ['seed', input.seed],
    ),
}
