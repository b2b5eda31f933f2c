/** The ablation command. */
import { AblationInput, AblationWhat, type AblationTold } from '../../shared/ablation.ts'
import { ablationTables } from '../../shared/benchTables.ts'
import { given, readInput, type Values } from './arguments.ts'
import { follow, type Command } from './command.ts'
import { exporter, exportFlag, printTables } from './exporting.ts'

function inputOf(values: Values): AblationInput {
  return readInput(AblationInput, {
    what: values.text('what'),
    data: values.list('data'),
    ...given(values, 'held', 'held', values.text),
    out: values.text('out'),
    ...given(values, 'k', 'k', values.integer),
    steps: values.integer('steps'),
    ...given(values, 'before', 'before', values.integer),
    batch: values.integer('batch'),
    positions: values.integer('positions'),
    longest: values.integer('longest'),
    output: values.integer('output'),
    stages: values.integer('stages'),
    ...given(values, 'lr', 'learningRate', values.number),
    ...given(values, 'lr-before', 'rateBefore', values.number),
    schedule: values.text('schedule'),
    lengths: values.numbers('lengths'),
    limit: values.integer('limit'),
    seed: values.integer('seed'),
    every: {
      log: values.integer('log-every'),
      valid: values.integer('valid-every'),
      checkpoint: values.integer('save-every'),
    },
  })
}

function say({ run, event }: AblationTold): string {
  const at = `${run}, step ${event.step}`
  if (event.type === 'saved') return `${at}: kept`
  return `${at}${event.type === 'valid' ? ', held out' : ''}: loss ${event.loss.toFixed(4)}`
}

export const ablation: Command = {
  name: 'bench ablation',
  about: 'train with and without the curriculum or the reconstruction before, and judge both on the same texts',
  flags: {
    what: { type: 'string', value: 'WHAT', about: AblationWhat.options.join(' or '), required: true },
    data: {
      type: 'string',
      value: 'FILES',
      about: 'text, comma-separated, plain or .gz; or synthetic',
      required: true,
    },
    held: { type: 'string', value: 'FILE', about: 'text to judge on, or synthetic (what the data holds out)' },
    out: { type: 'string', value: 'DIR', about: 'folder of the runs; the same command goes on there', required: true },
    k: { type: 'string', value: 'K', about: "tokens per chunk (the bundle's smallest)" },
    steps: { type: 'string', value: 'N', about: 'steps of each arm', default: '200' },
    before: { type: 'string', value: 'N', about: 'steps of the reconstruction before (those of an arm)' },
    batch: {
      type: 'string',
      value: 'N',
      about: 'longest contexts a step; shorter ones come in greater number',
      default: '16',
    },
    positions: { type: 'string', value: 'N', about: 'most positions of one micro-batch', default: '2048' },
    longest: { type: 'string', value: 'N', about: 'longest context in tokens', default: '256' },
    output: { type: 'string', value: 'N', about: 'tokens predicted after the context', default: '64' },
    stages: { type: 'string', value: 'N', about: 'stages of the curriculum', default: '9' },
    lr: { type: 'string', value: 'RATE', about: "peak learning rate of the arms (the trainer's own)" },
    'lr-before': { type: 'string', value: 'RATE', about: 'of the reconstruction before' },
    schedule: { type: 'string', value: 'NAME', about: 'constant, linear or cosine', default: 'cosine' },
    lengths: {
      type: 'string',
      value: 'N,…',
      about: 'tokens judged, from the first; the whole too',
      default: '16,32,64',
    },
    limit: { type: 'string', value: 'N', about: 'texts judged', default: '50' },
    seed: { type: 'string', value: 'N', about: 'seed of random choices', default: '7' },
    'log-every': { type: 'string', value: 'N', about: 'steps between lines', default: '10' },
    'valid-every': { type: 'string', value: 'N', about: 'steps between validations', default: '50' },
    'save-every': { type: 'string', value: 'N', about: 'steps between checkpoints', default: '50' },
    export: exportFlag,
  },
  run: async (scene, values) => {
    const save = exporter(scene, values)
    const job = scene.client.bench.ablation(inputOf(values), { signal: scene.signal })
    const found = await follow(scene, job, (told) => scene.warn(say(told)))
    const tables = ablationTables(found)
    printTables(scene, tables)
    await save(tables)
    return found
  },
}
