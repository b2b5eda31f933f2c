/** One question, answered from compressed context: retrieve -> compress -> sense -> expand -> decode -> measure. */
import type { RetrievedPassage } from '../../shared/corpus.ts'
import { Fault } from '../../shared/fault.ts'
import type { Plan } from '../../shared/plan.ts'
import { random } from '../../shared/random.ts'
import type {
  Counts,
  Decision,
  Quality,
  RunChunk,
  RunEvent,
  Sensed,
  StageName,
  Timings,
  Token,
} from '../../shared/run.ts'
import type { Compressed } from './compress/compressor.ts'
import { checkK, cutPassages, type CutChunk } from './compress/passages.ts'
import { coalesce } from './expand/flow.ts'
import { layInput } from './expand/input.ts'
import { prefixIds } from './expand/prefix.ts'
import { chunkPerplexities } from './expand/perplexity.ts'
import { decode, prefill, scoreTargets, toToken } from './expand/session.ts'
import { answerIds, marksOf, openStopLength, stopLength, templatePositions, withoutStop } from './nets/template.ts'
import { similarities } from './retrieve/similarity.ts'
import { decide } from './sense/decide.ts'
import { policies, type Sensing } from './sense/policies.ts'
import { budget } from './sense/select.ts'
import { exactMatch, f1 } from './measure/score.ts'
import type { Parts } from './parts.ts'

/** What one asking gives: a run without its id and manifest. */
export type Answer = {
  readonly answer: string
  readonly stopped: 'end' | 'length'
  readonly passages: readonly RetrievedPassage[]
  readonly chunks: readonly RunChunk[]
  readonly sensed: Sensed
  readonly tokens: readonly Token[]
  readonly timings: Timings
  readonly counts: Counts
  readonly quality: Quality
}

type Watch = {
  readonly emit?: (event: RunEvent) => void
  readonly signal?: AbortSignal | undefined
  /** When the question arrived, on performance's clock; now, when left out. */
  readonly arrived?: number
}

/**
 * Answers a plan's question. `retrieve` gives its passages, best first. TTFT runs from the question's
 * arrival to the first token in hand, and every phase in between is on its clock. Faults: p-out-of-range, k-unsupported, question-too-long,
 * context-too-long, bad-input for chunks that cannot be forced and for an answer that cannot begin as asked.
 */
export async function ask(
  parts: Parts,
  plan: Plan,
  retrieve: (question: string, count: number) => Promise<readonly RetrievedPassage[]>,
  watch: Watch = {},
): Promise<Answer> {
  const { tokenizer, ids, decoder } = parts
  const { emit = () => {}, signal, arrived: started = performance.now() } = watch
  const stages = {} as Record<Exclude<StageName, 'measure'> | 'tokenize' | 'layout' | 'prefill' | 'sample', number>
  async function timed<T>(name: keyof typeof stages, work: () => Promise<T> | T): Promise<T> {
    signal?.throwIfAborted()
    const from = performance.now()
    const result = await work()
    stages[name] = performance.now() - from
    return result
  }
  const stage = (name: StageName, state: 'start' | 'done', ms: number | null = null): void =>
    emit({ type: 'stage', stage: name, state, ms })

  const question = tokenizer.encode(plan.question)
  const target = plan.target ? answerIds(ids, tokenizer, plan.target) : null
  const given = prefixIds(plan, parts)
  checkPlan(plan, question.length, parts)

  stage('retrieve', 'start')
  const passages = await timed('retrieve', () => (plan.passages === 0 ? [] : retrieve(plan.question, plan.passages)))
  stage('retrieve', 'done', stages.retrieve)
  emit({ type: 'retrieved', passages: [...passages] })

  stage('compress', 'start')
  const cut = await timed('tokenize', () => cutPassages(passages, plan.k, tokenizer))
  const compressed = await timed('compress', () => compressNeeded(parts, plan, cut, signal))
  stage('compress', 'done', stages.tokenize + stages.compress)
  const chunks = cut.map((chunk, i) => describe(chunk, compressed[i] as Compressed))
  emit({ type: 'compressed', chunks })

  stage('sense', 'start')
  const { sensed, decisions } = await timed('sense', () =>
    decide(plan, sensing(parts, plan, cut, compressed, question, signal)),
  )
  stage('sense', 'done', stages.sense)
  emit({ type: 'sensed', sensed, decisions: [...decisions] })

  stage('expand', 'start')
  const laid = await timed('layout', () => {
    const expanded = decisions.map((decision) => decision.expanded)
    const embedding = (index: number): Float32Array => (compressed[index] as Compressed).embedding
    return layInput(decoder, ids, { k: plan.k, passages, chunks: cut, embedding, question }, expanded)
  })
  const filled = await timed('prefill', () =>
    // Room for the target too: growing the cache afterwards would lose what the target is measured against.
    prefill(decoder, parts.held, { ...laid, room: Math.max(plan.maxTokens, target?.length ?? 0) }, signal),
  )
  stage('expand', 'done', stages.layout + stages.prefill)

  stage('decode', 'start')
  const decoding = decode(
    decoder,
    filled.logits,
    { sampling: plan, random: random(plan.seed), stops: ids.stops, most: plan.maxTokens, given },
    signal,
  )
  const first = await timed('sample', async () => (await decoding.next()).value)
  const ttft = performance.now() - started
  const tokens: Token[] = []
  const flow = coalesce<Token>((made) => emit({ type: 'tokens', tokens: made }))
  const answered: number[] = []
  let told = 0
  const tell = (held: number): void => {
    for (; told < tokens.length - held; told++) flow.push(tokens[told] as Token)
  }
  for (let sample = first; sample; sample = (await decoding.next()).value) {
    const made = toToken(sample, tokenizer)
    tokens.push(tokens.length < given.length ? { ...made, given: true } : made)
    answered.push(sample.id)
    // What may be part of a stop is told when it is known whether it is.
    tell(Math.max(openStopLength(ids, answered), stopLength(ids, answered)))
  }
  const ending = stopLength(ids, answered)
  const stopped = ending > 0 ? 'end' : 'length'
  // The end has a probability worth seeing, but adds nothing to the text.
  for (const [i, token] of tokens.entries()) if (i >= tokens.length - ending) tokens[i] = { ...token, text: '' }
  tell(0)
  flow.flush()
  const total = performance.now() - started
  stages.decode = total - ttft
  stage('decode', 'done', stages.decode)

  stage('measure', 'start')
  const answer = tokenizer.decode(withoutStop(ids, answered)).trim()
  decoder.rewind(laid.slots.length)
  const logProbs = target && (await scoreTargets(decoder, filled.logits, target, signal))
  const quality = measure(plan, answer, logProbs)
  stage('measure', 'done', performance.now() - started - total)

  const named =
    stages.retrieve + stages.tokenize + stages.compress + stages.sense + stages.layout + stages.prefill + stages.sample
  const contextTokens = cut.reduce((sum, chunk) => sum + chunk.tokens.length, 0)
  const contextPositions = laid.slots.length - question.length - templatePositions(ids, passages.length)
  return {
    answer,
    stopped,
    passages,
    chunks: chunks.map((chunk, i) => ({ ...chunk, ...(decisions[i] as Decision) })),
    sensed,
    tokens,
    timings: {
      retrieveMs: stages.retrieve,
      tokenizeMs: stages.tokenize,
      compressMs: stages.compress,
      senseMs: stages.sense,
      layoutMs: stages.layout,
      prefillMs: stages.prefill,
      sampleMs: stages.sample,
      otherMs: ttft - named,
      ttftMs: ttft,
      ttitMs: tokens.length > 1 ? stages.decode / (tokens.length - 1) : null,
      decodeMs: stages.decode,
      totalMs: total,
      tokensPerSecond: (tokens.length / total) * 1000,
    },
    counts: {
      contextTokens,
      questionTokens: question.length,
      positions: laid.slots.length,
      reusedPositions: filled.reused,
      chunks: cut.length,
      expanded: decisions.filter((decision) => decision.expanded).length,
      cachedChunks: compressed.filter((chunk) => chunk.cached).length,
      rate: contextPositions > 0 ? contextTokens / contextPositions : 1,
      ...marksOf(ids),
    },
    quality,
  }
}

function checkPlan(plan: Plan, questionTokens: number, { config, ids }: Pick<Parts, 'config' | 'ids'>): void {
  budget(plan.p, 0)
  if (plan.question.trim() === '')
    throw new Fault('bad-input', 'The question is empty.', { remedy: 'Type a question.' })
  const room = config.decoder.window - plan.maxTokens - templatePositions(ids, 0)
  if (questionTokens > room)
    throw new Fault('question-too-long', `The question has ${questionTokens} tokens; the decoder has room for ${room}.`)
  checkK(plan.k, config.ks)
}

function describe(chunk: CutChunk, { cached }: Compressed): RunEventChunk {
  return {
    index: chunk.index,
    passage: chunk.passage,
    tokens: chunk.tokens.length,
    text: chunk.text,
    span: chunk.span,
    cached,
  }
}
type RunEventChunk = Extract<RunEvent, { type: 'compressed' }>['chunks'][number]

/** The full-context baseline pays for no embedding but those of chunks forced to stay compressed. */
async function compressNeeded(
  parts: Parts,
  plan: Plan,
  cut: readonly CutChunk[],
  signal?: AbortSignal,
): Promise<readonly Compressed[]> {
  const whole = policies[plan.policy].fixed === 1
  const needed = whole ? cut.filter((chunk) => plan.forced.compress.includes(chunk.index)) : cut
  const made = await parts.compressor.compress(
    needed.map((chunk) => chunk.tokens),
    plan.k,
    signal,
  )
  const byIndex = new Map(needed.map((chunk, i) => [chunk.index, made[i] as Compressed]))
  return cut.map((chunk) => byIndex.get(chunk.index) ?? notCompressed)
}

const notCompressed: Compressed = { encoded: new Float32Array(0), embedding: new Float32Array(0), cached: false }

/** What the policies may look at; costly things are asked for by the policy that needs them. */
function sensing(
  parts: Parts,
  plan: Plan,
  cut: readonly CutChunk[],
  compressed: readonly Compressed[],
  question: Int32Array,
  signal?: AbortSignal,
): Sensing {
  return {
    chunks: cut.length,
    seed: plan.seed,
    pointer: parts.pointer,
    encoded: compressed.map((chunk) => chunk.encoded),
    encodeQuestion: async () =>
      (await parts.compressor.compress(cutTokens(question, plan.k), plan.k, signal)).map((chunk) => chunk.encoded),
    similarities: () =>
      similarities(
        parts.embedder,
        plan.question,
        cut.map((chunk) => chunk.text),
        signal,
      ),
    perplexities: () => chunkPerplexities(parts, cut, signal),
  }
}

function cutTokens(tokens: Int32Array, k: number): readonly Int32Array[] {
  return Array.from({ length: Math.ceil(tokens.length / k) }, (_, i) => tokens.subarray(i * k, (i + 1) * k))
}

function measure({ target }: Plan, answer: string, logProbs: readonly number[] | null): Quality {
  if (!target || !logProbs) return { logPerplexity: null, exactMatch: null, f1: null }
  return {
    logPerplexity: -logProbs.reduce((a, b) => a + b, 0) / logProbs.length,
    exactMatch: exactMatch(answer, [target]),
    f1: f1(answer, [target]),
  }
}
