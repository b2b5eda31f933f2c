/** The table of commands. */
import { untrainedNote } from '../../shared/untrained.ts'
import { ablation } from './ablation.ts'
import { ask } from './ask.ts'
import { UsageError } from './arguments.ts'
import { benchTrain } from './benchTrain.ts'
import { benchTtft } from './benchTtft.ts'
import { claims } from './claims.ts'
import { follow, type Command } from './command.ts'
import { devices } from './devices.ts'
import { document, documents } from './documents.ts'
import { compareCommands } from './compare.ts'
import { evaluateCommands } from './evaluate.ts'
import { index, verify } from './indexing.ts'
import { houseCommands } from './house.ts'
import { modelCommands } from './models.ts'
import { remoteCommands } from './remote.ts'
import { report } from './report.ts'
import { review } from './review.ts'
import { sessionCommands } from './session.ts'
import { serve } from './serve.ts'
import { sweepCommands } from './sweep.ts'
import { table } from './table.ts'
import { trainCommands } from './train.ts'
import { whatIf } from './whatIf.ts'

const seed = { type: 'string', value: 'N', about: 'seed of random choices', default: '7' } as const
const inIndex = { type: 'string', value: 'IDX', about: 'folder of the index', required: true } as const

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
  review,
  index,
  verify,
  documents,
  document,
  {
    name: 'search',
    about: 'retrieve passages without decoding',
    takes: '"QUERY"',
    flags: { index: inIndex, passages: { type: 'string', value: 'K', about: 'how many', default: '10' } },
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
  ...compareCommands,
  whatIf,
  ...evaluateCommands,
  benchTtft,
  benchTrain,
  ablation,
  ...sweepCommands,
  claims,
  report,
  ...trainCommands,
  ...modelCommands,
  ...sessionCommands,
  ...remoteCommands,
  serve,
  devices,
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
        bundle: `${bundle.name} ${bundle.hash.slice(0, 12)}${untrainedNote(bundle.untrained)}`,
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
