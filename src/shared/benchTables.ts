/** The tables of training benches, ablations and claims. */
import type { AblationPair, AblationRow } from './ablation.ts'
import type { TrainMemory, TrainPhases, TrainSpeed } from './bench.ts'
import type { Claim, ClaimTrial } from './claims.ts'
import { columnsFor, tableOf, type Table } from './table.ts'

const ms = { unit: 'ms', better: 'lower', digits: 1 } as const
const higher = { better: 'higher' } as const

type Weighed = TrainMemory & { readonly ofPlain: number | null }
const memory = columnsFor<Weighed>()
const memoryColumns = [
  memory.integer('length', 'length'),
  memory.flag('recompute', 'recompute'),
  memory.number('peak_mib', 'peak', { unit: 'MiB', better: 'lower', digits: 1 }, ({ peakMiB }) => peakMiB),
  memory.number('base_mib', 'base', { unit: 'MiB', digits: 1 }, ({ baseMiB }) => baseMiB),
  memory.number('step_seconds', 'step', { unit: 's', better: 'lower' }, ({ stepSeconds }) => stepSeconds),
  memory.number('of_plain', 'of plain', {}, ({ ofPlain }) => ofPlain),
  memory.text('note', 'note'),
]

/** Peak memory of a training step, and the time of each as a share of the step that keeps everything. */
export function memoryTables(rows: readonly TrainMemory[]): readonly Table[] {
  const told = rows.map((row): Weighed => {
    const plain = rows.find(({ length, recompute }) => length === row.length && !recompute)
    return {
      ...row,
      ofPlain: row.stepSeconds === null || !plain?.stepSeconds ? null : row.stepSeconds / plain.stepSeconds,
    }
  })
  return [tableOf('memory', 'Peak memory of a training step.', memoryColumns, told)]
}

const speed = columnsFor<TrainSpeed>()
const speedColumns = [
  speed.integer('batch', 'batch'),
  speed.integer('length', 'length'),
  speed.integer('threads', 'threads'),
  speed.integer('steps', 'steps'),
  speed.number('tokens_per_second', 'tokens/s', { better: 'higher', digits: 0 }, (row) => row.tokensPerSecond),
  speed.interval('quartiles', 'quartiles', { digits: 0 }),
  speed.number('again', 'again', { better: 'higher', digits: 0 }),
  speed.number('torch', 'PyTorch', { digits: 0 }, ({ torch }) => torch?.tokensPerSecond ?? null),
  speed.interval('torch_quartiles', 'quartiles', { digits: 0 }, ({ torch }) => torch?.quartiles ?? null),
  speed.number('ratio', 'of PyTorch', { better: 'higher', digits: 2 }),
]

const phaseNames = [
  'forward',
  'backward',
  'optimizer',
  'step',
  'host',
] as const satisfies readonly (keyof TrainPhases)[]
type Phase = {
  readonly length: number
  readonly phase: string
  readonly rounds: number
  readonly median: number
  readonly quartiles: readonly [number, number]
}
const phase = columnsFor<Phase>()
const phaseColumns = [
  phase.integer('length', 'length'),
  phase.text('phase', 'phase'),
  phase.integer('rounds', 'n'),
  phase.number('median', 'median', ms),
  phase.interval('quartiles', 'quartiles', { digits: 1 }),
]

/** Training speed by length, and the phases of a step. */
export function trainSpeedTables(rows: readonly TrainSpeed[]): readonly Table[] {
  const phases = rows.flatMap(({ length, phases: told }) =>
    phaseNames.map((name): Phase => ({
      length,
      phase: name === 'host' ? 'host (of step)' : name,
      rounds: told.rounds,
      ...told[name],
    })),
  )
  return [
    tableOf('train', 'Training speed.', speedColumns, rows),
    tableOf('train-phases', 'A training step by phase.', phaseColumns, phases),
  ]
}

const arm = columnsFor<AblationRow>()
const armColumns = [
  arm.text('arm', 'arm'),
  arm.integer('length', 'tokens'),
  arm.integer('n', 'n'),
  arm.number('log_ppl', 'nats/token', { better: 'lower' }, ({ logPpl }) => logPpl),
  arm.interval('ci', '95 %'),
]
const armPair = columnsFor<AblationPair>()
const armPairColumns = [
  armPair.text('difference_of', 'difference', {}, ({ arms: [a, b] }) => `${a} - ${b}`),
  armPair.integer('length', 'tokens'),
  armPair.integer('n', 'n'),
  armPair.number('difference', 'nats/token', {}),
  armPair.interval('ci', '95 %'),
]

/** A row for each arm and length judged, and the arms compared text by text. */
export function ablationTables({
  rows,
  pairs,
}: {
  readonly rows: readonly AblationRow[]
  readonly pairs: readonly AblationPair[]
}): readonly Table[] {
  return [
    tableOf('ablation', 'Log-perplexity with and without.', armColumns, rows),
    tableOf('ablation-pairs', 'Arms compared text by text.', armPairColumns, pairs),
  ]
}

const claim = columnsFor<Claim>()
const claimColumns = [
  claim.text('name', 'claim'),
  claim.text('verdict', 'verdict'),
  claim.text('statement', 'statement'),
  claim.text('paper', 'paper'),
  claim.text('measure', 'ours'),
]
type Trial = ClaimTrial & Pick<Claim, 'name' | 'neutral'>
const trial = columnsFor<Trial>()
const trialColumns = [
  trial.text('claim', 'claim', {}, ({ name }) => name),
  trial.text('at', 'where'),
  trial.integer('n', 'n'),
  trial.number('value', 'value', higher),
  trial.interval('ci', '95 %'),
  trial.number('neutral', 'neutral', { digits: 0 }),
  trial.text('verdict', 'verdict'),
]

/** A row for each claim, and what each rests on. */
export function claimTables(claims: readonly Claim[]): readonly Table[] {
  const trials = claims.flatMap(({ name, neutral, trials: own }) =>
    own.map((each): Trial => ({ ...each, name, neutral })),
  )
  return [
    tableOf('claims', "The paper's statements at the scale of this machine.", claimColumns, claims),
    tableOf('claims-trials', 'What each verdict rests on.', trialColumns, trials),
  ]
}
