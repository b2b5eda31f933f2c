/** `ask`: one question, its answer as it comes, then chunks and times. */
import { policyNames, type PlanInput, type PolicyName } from '../../shared/plan.ts'
import type { Run, Timings } from '../../shared/run.ts'
import { untrainedText } from '../../shared/untrained.ts'
import { UsageError, type Flags, type Values } from './arguments.ts'
import type { Command, Scene } from './command.ts'
import { table } from './table.ts'

/** The policy that a flag names. */
export function policyOf(name: string): PolicyName {
  const policy = policyNames.find((known) => known === name)
  if (policy === undefined) throw new UsageError(`--policy knows ${policyNames.join(', ')}; not "${name}"`)
  return policy
}

/** What decides a run; `planOf` reads them. */
export const planFlags: Flags = {
  index: { type: 'string', value: 'IDX', about: 'folder of the index', required: true },
  k: { type: 'string', value: 'N', about: 'tokens per chunk', default: '8' },
  p: { type: 'string', value: 'P', about: 'fraction of chunks expanded, 0 to 1', default: '0.25' },
  policy: { type: 'string', value: 'NAME', about: policyNames.join(' | '), default: 'learned' },
  passages: { type: 'string', value: 'K', about: 'passages retrieved', default: '4' },
  expand: { type: 'string', value: 'I,J', about: 'chunks expanded by hand, by index' },
  compress: { type: 'string', value: 'I,J', about: 'chunks kept compressed by hand, by index' },
  'max-tokens': { type: 'string', value: 'N', about: 'longest answer', default: '32' },
  temperature: { type: 'string', value: 'T', about: '0 is greedy', default: '0' },
  seed: { type: 'string', value: 'N', about: 'seed of random choices', default: '7' },
  target: { type: 'string', value: 'TEXT', about: 'gold answer: its log-perplexity is measured' },
  prefix: { type: 'string', value: 'TEXT', about: 'the answer is forced to begin so, and goes on from there' },
  'prefix-ids': { type: 'string', value: 'I,J', about: 'the same by token ids, as the page gives them' },
}

export const ask: Command = {
  name: 'ask',
  about: 'answer a question from an index: retrieve, compress, sense, expand, decode',
  takes: '"QUESTION"',
  flags: planFlags,
  run: async (scene, values) => {
    const run = await answer(scene, planOf(values, 'ask'))
    scene.print('')
    showRun(scene, run)
    return run
  },
}

/** The plan that a command's flags ask for. */
export function planOf(values: Values, command: string): PlanInput {
  const question = values.positionals.join(' ').trim()
  if (question === '') throw new UsageError(`${command} takes a question`)
  const target = values.optional('target')
  return {
    question,
    index: values.text('index'),
    passages: values.integer('passages'),
    k: values.integer('k'),
    p: values.number('p'),
    policy: policyOf(values.text('policy')),
    forced: { expand: indexes(values, 'expand'), compress: indexes(values, 'compress') },
    seed: values.integer('seed'),
    maxTokens: values.integer('max-tokens'),
    temperature: values.number('temperature'),
    ...(target === undefined ? {} : { target }),
    ...prefixOf(values),
  }
}

function prefixOf(values: Values): Pick<PlanInput, 'prefix'> {
  const [text, ids] = [values.optional('prefix'), values.optional('prefix-ids')]
  if (text !== undefined && ids !== undefined) throw new UsageError('give --prefix or --prefix-ids, not both')
  if (ids !== undefined) return { prefix: indexes(values, 'prefix-ids') }
  return text === undefined ? {} : { prefix: text }
}

/** Asks, streaming the answer to people; the run is kept. */
export async function answer(scene: Scene, plan: PlanInput): Promise<Run> {
  for await (const event of await scene.client.ask(plan, { signal: scene.signal })) {
    scene.signal.throwIfAborted()
    if (event.type === 'tokens') scene.stream(event.tokens.map((token) => token.text).join(''))
    if (event.type === 'done') return event.run
  }
  scene.signal.throwIfAborted()
  throw new Error('internal: a run ended without its result')
}

function indexes(values: Values, name: string): number[] {
  return values.optional(name) === undefined ? [] : values.numbers(name)
}

const timeNames: readonly (keyof Timings)[] = [
  'retrieveMs',
  'compressMs',
  'senseMs',
  'layoutMs',
  'prefillMs',
  'sampleMs',
  'ttftMs',
  'ttitMs',
  'totalMs',
]

function showRun(scene: Scene, run: Run): void {
  scene.print('')
  scene.print(
    table(
      ['passage', 'score', 'text'],
      run.passages.map((passage) => [passage.id, passage.score, excerpt(passage.text)]),
    ),
  )
  scene.print('')
  scene.print(
    table(
      ['chunk', 'passage', 'tokens', run.sensed.metric, 'decoded as', 'text'],
      run.chunks.map((chunk) => [
        chunk.index,
        chunk.passage,
        chunk.tokens,
        chunk.score,
        `${chunk.expanded ? 'tokens' : 'embedding'}${chunk.forced === null ? '' : ' (forced)'}`,
        excerpt(chunk.text),
      ]),
    ),
  )
  const untrained = untrainedText(run.manifest.bundle.untrained)
  if (untrained !== '') {
    scene.print('')
    scene.print(`untrained, with random weights: ${untrained}`)
    if (run.manifest.bundle.untrained?.includes('embedder') === true)
      scene.print('passages were found by their words alone')
  }
  const { counts, timings } = run
  const given = run.tokens.filter((token) => token.given).length
  if (given > 0) {
    scene.print('')
    scene.print(`a branch: the first ${given} tokens of the answer were given; EM and F1 are of it as a whole`)
  }
  scene.print('')
  scene.print(
    `${counts.contextTokens} context tokens in ${counts.positions} positions; ${counts.expanded} of ${counts.chunks} chunks expanded; ` +
      timeNames.map((name) => `${name.replace(/Ms$/, '')} ${timings[name]?.toFixed(1) ?? '-'} ms`).join(', '),
  )
}

function excerpt(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim()
  return line.length > 60 ? `${line.slice(0, 59)}…` : line
}
