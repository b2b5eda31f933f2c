/** The training commands: one a trainer, and making a bundle of what was trained. */
import { Part, TrainInput, TrainerName, type DryRun, type TrainEvent } from '../../shared/train.ts'
import { given, readInput, UsageError, type Flags, type Values } from './arguments.ts'
import { follow, type Command, type Scene } from './command.ts'
import { sayData, sayDry } from './dry.ts'

const abouts: Readonly<Record<TrainerName, string>> = {
  reconstruct: 'train encoder and projector to have a frozen decoder tell texts again',
  continue: 'train all parts to go on after a compressed context',
  mixed: 'train all parts to go on after a context of which a fraction p stays tokens',
  lm: 'train the decoder alone on text: the baseline without compression',
  tune: 'train all parts to answer questions on compressed passages',
  policy: 'train a policy on rewards of the bundle itself, all else frozen',
  embedder: 'train the embedder of retrieval to find the passage of a question',
}

const inF32 =
  'Trains in f32 throughout (weights, gradients, moments, checkpoints); no loss is scaled, for nothing is held in f16 that could underflow.'

const flags: Flags = {
  data: {
    type: 'string',
    value: 'FILES',
    about: 'text or jsonl, comma-separated, plain or .gz; or synthetic',
    required: true,
  },
  out: { type: 'string', value: 'DIR', about: 'folder of the run; the same command goes on there' },
  dry: { type: 'boolean', about: 'time ten steps of this very run and look over its data; nothing is written' },
  load: { type: 'string', value: 'DIR', about: 'bundle to begin from: the same as --bundle' },
  corpus: {
    type: 'string',
    value: 'DIR',
    about: 'index or documents to retrieve from where questions have no passages',
  },
  passages: { type: 'string', value: 'K', about: 'passages retrieved for such a question', default: '4' },
  fresh: {
    type: 'string',
    value: 'PARTS',
    about: `begin these parts with weights drawn with the seed: ${Part.options.join(', ')}, comma-separated`,
  },
  steps: { type: 'string', value: 'N', about: 'steps in all', default: '200' },
  batch: { type: 'string', value: 'N', about: 'sequences a step', default: '16' },
  tokens: { type: 'string', value: 'N', about: 'context tokens a step, in place of --batch' },
  positions: { type: 'string', value: 'N', about: 'most positions of one micro-batch', default: '2048' },
  k: { type: 'string', value: 'K,…', about: 'tokens per chunk (those of the bundle)' },
  p: { type: 'string', value: 'P', about: 'fraction of chunks kept as tokens' },
  longest: { type: 'string', value: 'N', about: 'longest context in tokens', default: '256' },
  output: { type: 'string', value: 'N', about: 'tokens predicted after the context', default: '64' },
  stages: { type: 'string', value: 'N', about: 'stages of the curriculum', default: '9' },
  'no-curriculum': { type: 'boolean', about: 'draw the longest context alone, from the first step' },
  lr: { type: 'string', value: 'RATE', about: "peak learning rate (the trainer's own)" },
  schedule: { type: 'string', value: 'NAME', about: 'constant, linear or cosine', default: 'cosine' },
  freeze: { type: 'string', value: 'PARTS', about: `leave these parts as they are: ${Part.options.join(', ')}` },
  lora: { type: 'string', value: 'RANK', about: "train adapters of this rank in place of the decoder's layers" },
  algorithm: {
    type: 'string',
    value: 'NAME',
    about: 'of the policy: grpo, reinforce, imitate or locate',
    default: 'grpo',
  },
  query: { type: 'boolean', about: 'train the query-aware policy' },
  group: { type: 'string', value: 'N', about: 'selections a context of GRPO', default: '4' },
  recompute: { type: 'boolean', about: 'compute layers again in the backward pass: slower, fits longer contexts' },
  patience: { type: 'string', value: 'N', about: 'end after N validations without a better loss' },
  seed: { type: 'string', value: 'N', about: 'seed of random choices', default: '7' },
  'log-every': { type: 'string', value: 'N', about: 'steps between lines', default: '10' },
  'valid-every': { type: 'string', value: 'N', about: 'steps between validations', default: '50' },
  'save-every': { type: 'string', value: 'N', about: 'steps between checkpoints', default: '50' },
}

function inputOf(trainer: TrainerName, values: Values): TrainInput {
  return readInput(TrainInput, {
    trainer,
    data: values.list('data'),
    out: values.flag('dry') ? '' : values.text('out'),
    ...given(values, 'corpus', 'corpus', values.text),
    passages: values.integer('passages'),
    ...given(values, 'fresh', 'fresh', values.list),
    steps: values.integer('steps'),
    batch: values.integer('batch'),
    ...given(values, 'tokens', 'tokens', values.integer),
    positions: values.integer('positions'),
    ...given(values, 'k', 'ks', values.numbers),
    ...given(values, 'p', 'p', values.number),
    longest: values.integer('longest'),
    output: values.integer('output'),
    stages: values.integer('stages'),
    curriculum: !values.flag('no-curriculum'),
    ...given(values, 'lr', 'learningRate', values.number),
    schedule: values.text('schedule'),
    ...given(values, 'freeze', 'frozen', values.list),
    ...given(values, 'lora', 'lora', values.integer),
    algorithm: values.text('algorithm'),
    query: values.flag('query'),
    group: values.integer('group'),
    recompute: values.flag('recompute'),
    ...given(values, 'patience', 'patience', values.integer),
    seed: values.integer('seed'),
    every: {
      log: values.integer('log-every'),
      valid: values.integer('valid-every'),
      checkpoint: values.integer('save-every'),
    },
  })
}

function say(event: TrainEvent): string {
  if (event.type === 'saved') return `step ${event.step}: checkpoint kept`
  if (event.type === 'valid')
    return `step ${event.step}, held out: ${event.scores.map(({ metric, value }) => `${metric} ${value.toFixed(4)}`).join('; ')}`
  const { step, stage, loss, learningRate, gradientNorm, tokensPerSecond } = event
  return (
    `step ${step}, ${stage}: loss ${loss.toFixed(4)}, learning rate ${learningRate.toExponential(2)}, ` +
    `gradient ${gradientNorm.toFixed(3)}, ${tokensPerSecond.toFixed(0)} tokens/s${event.scores.map(({ metric, value }) => `, ${metric} ${value.toFixed(4)}`).join('')}`
  )
}

/** A dry run, told as it becomes known. */
async function timeSteps(scene: Scene, { out: _out, ...input }: TrainInput): Promise<DryRun> {
  const job = scene.client.train.dry(input, { signal: scene.signal })
  const found = await follow(scene, job, (data) => sayData(data).forEach(scene.print))
  sayDry(found).forEach(scene.print)
  return found
}

const runs = TrainerName.options.map((trainer): Command => ({
  name: `train ${trainer}`,
  about: abouts[trainer],
  note: inF32,
  flags,
  run: async (scene, values) => {
    const input = inputOf(trainer, values)
    if (values.flag('dry')) return timeSteps(scene, input)
    const job = scene.client.train.run(input, { signal: scene.signal })
    const done = await follow(scene, job, (event) => scene.warn(say(event)))
    const { out, steps, finished, scores } = done
    scene.print(`${steps} steps in ${out}${finished ? '' : '; the same command goes on'}`)
    for (const { metric, value } of scores) scene.print(`  ${metric} ${value.toFixed(4)}`)
    return done
  },
}))

const register: Command = {
  name: 'train register',
  about: 'make a bundle of a training run; --bundle names the one it began from',
  takes: 'RUN',
  flags: {
    out: { type: 'string', value: 'DIR', about: 'folder of the bundle', required: true },
    name: { type: 'string', value: 'NAME', about: 'its name' },
  },
  run: async (scene, values) => {
    const [run, ...more] = values.positionals
    if (run === undefined || more.length > 0) throw new UsageError('train register takes the folder of a run')
    const name = values.optional('name')
    const made = await scene.client.train.register({
      run,
      out: values.text('out'),
      ...(name === undefined ? {} : { name }),
    })
    scene.print(`bundle in ${made.out}`)
    scene.print(`  ${made.name} (${made.hash}), of step ${made.step}`)
    for (const { from, trainer, steps, data, seed } of made.lineage)
      scene.print(`  from ${from}: ${trainer}, ${steps} steps, seed ${seed}, ${data}`)
    return made
  },
}

const mini: Command = {
  name: 'train mini',
  note: inF32,
  about: 'train the refrag-mini bundle from its recipe; goes on from the checkpoints in --out',
  flags: {
    recipe: { type: 'string', value: 'FILE', about: 'recipe', default: 'models/refrag-mini/recipe.json' },
    out: {
      type: 'string',
      value: 'DIR',
      about: 'folder for checkpoints and the bundle',
      default: '.work/refrag-mini',
    },
    text: { type: 'string', value: 'FILES', about: 'real text beside the synthetic, comma-separated, plain or .gz' },
    pairs: { type: 'string', value: 'FILES', about: 'jsonl of {question, passages} for the embedder' },
    load: { type: 'string', value: 'DIR', about: 'begin with this bundle in place of the stages up to --after' },
    after: { type: 'string', value: 'STAGE', about: 'last stage that the bundle of --load has behind it' },
    minutes: { type: 'string', value: 'N', about: 'stop after this long' },
  },
  run: async (scene, values) => {
    const minutes = values.optional('minutes') === undefined ? {} : { minutes: values.number('minutes') }
    const files = (name: 'text' | 'pairs') => {
      const given = values.optional(name)
      return given === undefined ? {} : { [name]: given.split(',') }
    }
    const [load, after] = [values.optional('load'), values.optional('after')]
    if ((load === undefined) !== (after === undefined)) throw new UsageError('--load and --after go together')
    const input = {
      ...(load === undefined || after === undefined ? {} : { carried: { load, after } }),
      recipe: values.text('recipe'),
      out: values.text('out'),
      ...files('text'),
      ...files('pairs'),
      ...minutes,
    }
    const done = await follow(scene, scene.client.train.bundle(input, { signal: scene.signal }), (at) =>
      scene.warn(
        'note' in at
          ? `${at.stage}: ${at.note}`
          : `${at.stage} step ${at.step}: loss ${at.loss.toFixed(4)}${at.scores.map((score) => `, ${score.metric} ${score.value.toFixed(3)}`).join('')}`,
      ),
    )
    scene.print(
      done.bundle === null
        ? `${done.steps} steps; run again to go on`
        : `${done.steps} steps; bundle in ${done.bundle}`,
    )
    return done
  },
}

export const trainCommands: readonly Command[] = [...runs, register, mini]
