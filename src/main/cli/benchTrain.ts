/** `bench train`: how fast training is, phase by phase and beside PyTorch, or what memory it takes. */
import type { TrainMemory, TrainSpeed } from '../../shared/bench.ts'
import { memoryTables, trainSpeedTables } from '../../shared/benchTables.ts'
import { UsageError, type Values } from './arguments.ts'
import { follow, type Command, type Scene } from './command.ts'
import { exporter, exportFlag, printTables } from './exporting.ts'

function sayWeighed({ length, recompute, peakMiB, stepSeconds, note }: TrainMemory): string {
  const held =
    peakMiB === null || stepSeconds === null ? note : `${peakMiB.toFixed(0)} MiB, ${stepSeconds.toFixed(2)} s a step`
  return `length ${length}${recompute ? ', computed again' : ''}: ${held}`
}

async function weigh(scene: Scene, values: Values) {
  const save = exporter(scene, values)
  const more = values.optional('steps') === undefined ? {} : { steps: values.integer('steps') }
  const lengths = values.optional('length') === undefined ? {} : { lengths: values.numbers('length') }
  const input = { ...more, ...lengths, seed: values.integer('seed') }
  const found = await follow(scene, scene.client.bench.memory(input, { signal: scene.signal }), (row) =>
    scene.warn(sayWeighed(row)),
  )
  const tables = memoryTables(found.rows)
  printTables(scene, tables)
  await save(tables)
  return found
}

const rate = (value: number): string => value.toFixed(0)
const ends = (of: readonly number[], digits = 0): string => of.map((value) => value.toFixed(digits)).join(' to ')

function sayTimed({ batch, length, tokensPerSecond, quartiles, torch, torchNote, again, ratio }: TrainSpeed): string {
  const ours = `${batch} x ${length}: ${rate(tokensPerSecond)} tokens/s (quartiles ${ends(quartiles)})`
  if (!torch || again === null || ratio === null) return `${ours}; ${torchNote}`
  const theirs = `PyTorch ${torch.version} ${rate(torch.tokensPerSecond)} (${ends(torch.quartiles)})`
  return `${ours}, then ${theirs}, then ${rate(again)}: ${ratio.toFixed(2)} of PyTorch`
}

async function time(scene: Scene, values: Values) {
  const save = exporter(scene, values)
  const steps = values.optional('steps') === undefined ? {} : { steps: values.integer('steps') }
  const lengths = values.optional('length') === undefined ? {} : { lengths: values.numbers('length') }
  const input = { ...steps, ...lengths, recompute: values.flag('recompute'), seed: values.integer('seed') }
  const found = await follow(scene, scene.client.bench.train(input, { signal: scene.signal }))
  const tables = trainSpeedTables(found.rows)
  for (const row of found.rows) scene.print(sayTimed(row))
  printTables(scene, tables)
  await save(tables)
  const [{ parameters, firstLoss, lastLoss }] = [found]
  scene.print(`${parameters} parameters, loss ${firstLoss.toFixed(3)} to ${lastLoss.toFixed(3)}`)
  return found
}

export const benchTrain: Command = {
  name: 'bench train',
  about: 'training of a 4-layer decoder of width 256: speed by phase, beside PyTorch where it is; or memory',
  flags: {
    steps: { type: 'string', value: 'N', about: 'timed steps (20; with --memory 2)' },
    length: {
      type: 'string',
      value: 'N,…',
      about:
        'tokens of a sequence (256; with --memory 512,1024,2048,4096); about 2,048 positions a step, with --memory one sequence',
    },
    recompute: { type: 'boolean', about: 'compute layers again in the backward pass' },
    memory: {
      type: 'boolean',
      about: 'peak memory of a step, with and without --recompute, each in a process of its own',
    },
    seed: { type: 'string', value: 'N', about: 'seed of random choices', default: '7' },
    export: exportFlag,
  },
  run: (scene, values) => {
    if (!values.flag('memory')) return time(scene, values)
    if (values.flag('recompute')) throw new UsageError('--memory measures with and without --recompute')
    return weigh(scene, values)
  },
}
