/** The judging commands: answers, log-perplexity and the choices of policies, each with intervals and paired comparisons. */
import { judgedNames, type QaCell } from '../../shared/evaluate.ts'
import { policyTables, pplTables, qaTables } from '../../shared/evaluateTables.ts'
import { policyOf } from './ask.ts'
import { given, UsageError, type Flags } from './arguments.ts'
import { follow, type Command } from './command.ts'
import { exporter, exportFlag, printTables } from './exporting.ts'
import { retrieval } from './retrieval.ts'

const seed = { type: 'string', value: 'N', about: 'seed of random choices', default: '7' } as const
const k = { type: 'string', value: 'K,…', about: 'tokens per chunk', default: '8' } as const

/** One of a flag's words. */
function wordOf<Word extends string>(flag: string, words: readonly Word[], given: string): Word {
  const word = words.find((known) => known === given)
  if (word === undefined) throw new UsageError(`--${flag} knows ${words.join(', ')}; not "${given}"`)
  return word
}

const qaFlags: Flags = {
  index: { type: 'string', value: 'IDX', about: 'folder of the index', required: true },
  questions: { type: 'string', value: 'F', about: 'jsonl file of questions', required: true },
  k,
  p: { type: 'string', value: 'P,…', about: 'fractions of chunks expanded', default: '0,0.25,1' },
  policy: { type: 'string', value: 'NAME,…', about: 'policies', default: 'learned' },
  retriever: {
    type: 'string',
    value: 'NAME,…',
    about: 'strong: the best K; weak: K drawn at random of the best --weak-of',
    default: 'strong',
  },
  'weak-of': { type: 'string', value: 'N', about: 'what the weak retriever draws from', default: '200' },
  passages: { type: 'string', value: 'K,…', about: 'passages retrieved; 0 is the closed-book control', default: '4' },
  equal: {
    type: 'string',
    value: 'WHAT',
    about: 'what full context has alike: passages; latency adds it with as many as fit into the positions of each cell',
    default: 'passages',
  },
  limit: { type: 'string', value: 'N', about: 'questions asked', default: '200' },
  seed,
  decoder: { type: 'string', value: 'NAME', about: 'a confirmed server that answers (the bundle’s own decoder)' },
  export: exportFlag,
}

const nameOf = (cell: QaCell): string =>
  `${cell.retriever}, ${cell.passages} passages, k ${cell.k}, p ${cell.p}, ${cell.policy}`

const qa: Command = {
  name: 'eval qa',
  about: 'exact match and F1 over a question set, a cell for each retriever, number of passages, k, p and policy',
  note: 'With --decoder answers and times are those of the server, the network in them; log-perplexity is not measured.',
  flags: qaFlags,
  run: async (scene, values) => {
    const save = exporter(scene, values)
    const input = {
      index: values.text('index'),
      questions: values.text('questions'),
      ks: values.numbers('k'),
      ps: values.numbers('p'),
      policies: values.list('policy').map(policyOf),
      retrievers: values.list('retriever').map((name) => wordOf('retriever', ['strong', 'weak'] as const, name)),
      weakOf: values.integer('weak-of'),
      passages: values.numbers('passages'),
      equal: wordOf('equal', ['passages', 'latency'] as const, values.text('equal')),
      limit: values.integer('limit'),
      seed: values.integer('seed'),
      ...given(values, 'decoder', 'decoder', values.text),
    }
    const found = await follow(scene, scene.client.evaluate.qa(input, { signal: scene.signal }), (cell) =>
      scene.warn(`${nameOf(cell)}: EM ${cell.em.toFixed(3)} (n ${cell.n})`),
    )
    const tables = qaTables(found)
    printTables(scene, tables)
    await save(tables)
    return found
  },
}

const pplFlags: Flags = {
  data: {
    type: 'string',
    value: 'FILES',
    about: 'held-out text, comma-separated, each a set; or synthetic',
    default: 'synthetic',
  },
  matched: { type: 'string', value: 'DIR', about: 'bundle of the baseline continued without compression' },
  context: { type: 'string', value: 'S', about: 'context tokens', default: '256' },
  output: { type: 'string', value: 'O', about: 'tokens foretold after it', default: '64' },
  k: { ...k, default: '8,16' },
  p: { type: 'string', value: 'P,…', about: 'fractions of chunks expanded', default: '0,0.1,0.25' },
  policy: { type: 'string', value: 'NAME,…', about: 'policies', default: 'learned,random' },
  limit: { type: 'string', value: 'N', about: 'texts a set', default: '50' },
  weights: { type: 'string', value: 'NAME,…', about: 'what f16, int8, int4 weights of the decoder cost, beside f32' },
  seed,
  export: exportFlag,
}

const ppl: Command = {
  name: 'eval ppl',
  about: 'log-perplexity of what follows a context: none, full, truncated, chunks at every k and p',
  note: 'It reads the probabilities of given tokens, which needs the decoder here: no server is asked.',
  flags: pplFlags,
  run: async (scene, values) => {
    const save = exporter(scene, values)
    const matched = values.optional('matched')
    const smaller =
      values.optional('weights') === undefined
        ? {}
        : { weights: values.list('weights').map((name) => wordOf('weights', ['f16', 'int8', 'int4'] as const, name)) }
    const input = {
      data: values.list('data'),
      ...(matched === undefined ? {} : { matched }),
      ...smaller,
      context: values.integer('context'),
      output: values.integer('output'),
      ks: values.numbers('k'),
      ps: values.numbers('p'),
      policies: values.list('policy').map(policyOf),
      limit: values.integer('limit'),
      seed: values.integer('seed'),
    }
    const found = await follow(scene, scene.client.evaluate.ppl(input, { signal: scene.signal }))
    const tables = pplTables(found)
    printTables(scene, tables)
    await save(tables)
    return found
  },
}

const policyFlags: Flags = {
  k: { ...k, default: '8,16' },
  p: { type: 'string', value: 'P,…', about: 'fractions of chunks expanded, at least one chunk', default: '0.1,0.25' },
  policy: { type: 'string', value: 'NAME,…', about: 'policies; oracle is leave-one-out', default: judgedNames.join() },
  side: { type: 'string', value: 'NAME', about: 'entities: valid or test', default: 'test' },
  passages: { type: 'string', value: 'N', about: 'alike passages in a context', default: '4' },
  questions: { type: 'string', value: 'N', about: 'questions on a context, answered together', default: '1' },
  limit: { type: 'string', value: 'N', about: 'contexts', default: '100' },
  small: { type: 'string', value: 'N', about: 'small contexts, of which every subset is tried', default: '50' },
  seed,
  export: exportFlag,
}

const policy: Command = {
  name: 'eval policy',
  about: 'what policies choose on unseen contexts: share of the gold chunks, reward, regret against every subset',
  note: 'Rewards are probabilities of given answers, which needs the decoder here: no server is asked.',
  flags: policyFlags,
  run: async (scene, values) => {
    const save = exporter(scene, values)
    const input = {
      ks: values.numbers('k'),
      ps: values.numbers('p'),
      policies: values.list('policy').map((name) => wordOf('policy', judgedNames, name)),
      side: wordOf('side', ['valid', 'test'] as const, values.text('side')),
      passages: values.integer('passages'),
      questions: values.integer('questions'),
      limit: values.integer('limit'),
      small: values.integer('small'),
      seed: values.integer('seed'),
    }
    const found = await follow(scene, scene.client.evaluate.policy(input, { signal: scene.signal }))
    const tables = policyTables(found)
    printTables(scene, tables)
    await save(tables)
    return found
  },
}

export const evaluateCommands: readonly Command[] = [qa, ppl, policy, retrieval]
