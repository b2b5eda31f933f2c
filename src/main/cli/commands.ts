/** The table of commands. */
import { ablation } from './ablation.ts'
import { ask } from './ask.ts'
import { UsageError, type Values } from './arguments.ts'
import { benchTrain } from './benchTrain.ts'
import { benchTtft } from './benchTtft.ts'
import { claims } from './claims.ts'
import { follow, type Command } from './command.ts'
import { evaluateCommands } from './evaluate.ts'
import { houseCommands } from './house.ts'
import { report } from './report.ts'
import { serve } from './serve.ts'
import { sweepCommands } from './sweep.ts'
import { table } from './table.ts'
import { trainCommands } from './train.ts'

const seed = { type: 'string', value: 'N', about: 'seed of random choices', default: '7' } as const
const index = { type: 'string', value: 'IDX', about: 'folder of the index', required: true } as const

export const commands: readonly Command[] = [
  {
    name: 'corpus make',
    about: 'write a synthetic corpus and its question sets',
    flags: {
      passages: { type: 'string', value: 'N', about: 'how many passages', default: '500' },
      seed,
      out: { type: 'string', value: 'DIR', about: 'folder for corpus.txt and questions.*.jsonl', required: true },
    },
    run: async (scene, values) => {
      const input = { passages: values.integer('passages'), seed: values.integer('seed'), out: values.text('out') }
      const made = await follow(scene, scene.client.corpus.make(input, { signal: scene.signal }))
      const questions = Object.entries(made.questions).map(([split, count]) => `${count} ${split}`)
      scene.print(`${made.passages} passages in ${made.corpus}; questions: ${questions.join(', ')}`)
      return made
    },
  },
  {
    name: 'index',
    about: 'build an index from files or folders',
    takes: 'FILE…',
    flags: {
      out: { type: 'string', value: 'IDX', about: 'folder of the index; replaced whole when it is done' },
      name: { type: 'string', value: 'NAME', about: 'name shown in lists' },
    },
    run: async (scene, values) => {
      if (values.positionals.length === 0) throw new UsageError('index takes at least one file or folder')
      const [out, name] = [values.optional('out'), values.optional('name')]
      const input = {
        paths: [...values.positionals],
        ...(out === undefined ? {} : { out }),
        ...(name === undefined ? {} : { name }),
      }
      const info = await follow(scene, scene.client.index.build(input, { signal: scene.signal }), (left) =>
        scene.warn(`left out ${left.reason} ${left.remedy}`),
      )
      scene.print(`${info.passages} passages of ${info.documents} documents in ${info.path}`)
      return info
    },
  },
  {
    name: 'verify',
    about: 'compare an index with exact search',
    takes: 'IDX',
    flags: { sample: { type: 'string', value: 'N', about: 'queries tried', default: '100' } },
    run: async (scene, values) => {
      const found = await scene.client.index.verify({
        path: only(values, 'verify takes the folder of an index'),
        sample: values.integer('sample'),
      })
      scene.print(
        `recall@10 ${found.recallAt10.toFixed(3)} on ${found.sample} queries; ${found.passages} passages, ${found.vectors} vectors, ` +
          `${found.lexical} lexical entries: ${found.agree ? 'they agree' : 'THEY DISAGREE'}`,
      )
      return found
    },
  },
  {
    name: 'search',
    about: 'retrieve passages without decoding',
    takes: '"QUERY"',
    flags: { index, passages: { type: 'string', value: 'K', about: 'how many', default: '10' } },
    run: async (scene, values) => {
      const query = values.positionals.join(' ').trim()
      if (query === '') throw new UsageError('search takes a query')
      const found = await scene.client.index.search({
        path: values.text('index'),
        query,
        passages: values.integer('passages'),
      })
      scene.print(
        table(
          ['rank', 'passage', 'score', 'text'],
          found.map(({ rank, id, score, text }) => [rank, id, score, text.slice(0, 70)]),
        ),
      )
      return found
    },
  },
  ask,
  ...evaluateCommands,
  benchTtft,
  benchTrain,
  ablation,
  ...sweepCommands,
  claims,
  report,
  ...trainCommands,
  serve,
  ...houseCommands,
  {
    name: 'health',
    about: 'versions, device, memory, disk and the loaded bundle',
    flags: {},
    run: async (scene) => {
      const health = await scene.client.health()
      const { bundle, ...rest } = health
      const rows = Object.entries({
        ...rest,
        bundle: `${bundle.name} ${bundle.hash.slice(0, 12)}`,
        ks: bundle.ks.join(', '),
      })
      scene.print(
        table(
          ['what', 'value'],
          rows.map(([name, value]) => [name, String(value)]),
        ),
      )
      return health
    },
  },
]

function only(values: Values, problem: string): string {
  const [first, ...more] = values.positionals
  if (first === undefined || more.length > 0) throw new UsageError(problem)
  return first
}
