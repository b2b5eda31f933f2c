/** The sweep commands: measure a grid, show what was measured. */
import { sweepPresets, type SweepPresetName } from '../../shared/grid.ts'
import { SweepInput, type SweepCell } from '../../shared/sweep.ts'
import { placeOf, sweepRows, sweepTable } from '../../shared/sweepTables.ts'
import { policyOf } from './ask.ts'
import { given, readInput, UsageError, type Flags, type Values } from './arguments.ts'
import { follow, type Command, type Scene } from './command.ts'
import { exporter, exportFlag, printTables } from './exporting.ts'

const flags: Flags = {
  index: { type: 'string', value: 'IDX', about: 'folder of the index', required: true },
  questions: { type: 'string', value: 'F,…', about: 'jsonl files of questions, each a set', required: true },
  out: { type: 'string', value: 'DIR', about: 'folder of the sweep; the same command goes on there', required: true },
  preset: { type: 'string', value: 'NAME', about: 'quick (3 k, 4 p) or paper (k 8, 16, 32, p in tenths)' },
  k: { type: 'string', value: 'K,…', about: 'tokens per chunk (all of the bundle)' },
  p: { type: 'string', value: 'P,…', about: 'fractions of chunks expanded (0,0.25,1)' },
  policy: { type: 'string', value: 'NAME,…', about: 'policies', default: 'learned' },
  passages: { type: 'string', value: 'K,…', about: 'passages read', default: '4' },
  retriever: { type: 'string', value: 'NAME,…', about: 'strong, weak', default: 'strong' },
  'weak-of': { type: 'string', value: 'N', about: 'what the weak retriever draws from', default: '200' },
  bundles: { type: 'string', value: 'DIR,…', about: 'bundles compared (the loaded one, which retrieves for all)' },
  device: { type: 'string', value: 'NAME', about: 'cpu', default: 'cpu' },
  limit: { type: 'string', value: 'N', about: 'cases of each set (50)' },
  repeats: { type: 'string', value: 'N', about: 'asks of a case that are timed (1)' },
  warmups: { type: 'string', value: 'N', about: 'asks before the clock of a cell counts', default: '1' },
  seed: { type: 'string', value: 'N', about: 'seed of random choices', default: '7' },
  minutes: { type: 'string', value: 'N', about: 'begin no cell after this long' },
  decoder: { type: 'string', value: 'NAME', about: 'a confirmed server that answers (the bundles’ own decoders)' },
  errors: { type: 'string', value: 'N', about: 'stop when so many cells have failed', default: '5' },
  export: exportFlag,
}

async function inputOf(scene: Scene, values: Values): Promise<SweepInput> {
  const { ks: known } = (await scene.client.health()).bundle
  const name = values.optional('preset')
  const preset = name === undefined ? null : sweepPresets[presetOf(name)](known)
  const orElse = <Value>(flag: string, read: (flag: string) => Value, other: Value): Value =>
    values.optional(flag) === undefined ? other : read(flag)
  return readInput(SweepInput, {
    index: values.text('index'),
    questions: values.list('questions'),
    out: values.text('out'),
    ks: orElse('k', values.numbers, [...(preset?.ks ?? known)]),
    ps: orElse('p', values.numbers, [...(preset?.ps ?? [0, 0.25, 1])]),
    policies: values.list('policy').map(policyOf),
    passages: values.numbers('passages'),
    retrievers: values.list('retriever'),
    weakOf: values.integer('weak-of'),
    ...given(values, 'bundles', 'bundles', values.list),
    devices: values.list('device'),
    limit: orElse<number | undefined>('limit', values.integer, preset?.limit),
    repeats: orElse<number | undefined>('repeats', values.integer, preset?.repeats),
    warmups: values.integer('warmups'),
    seed: values.integer('seed'),
    ...given(values, 'minutes', 'minutes', values.number),
    ...given(values, 'decoder', 'decoder', values.text),
    errors: values.integer('errors'),
  })
}

function presetOf(name: string): SweepPresetName {
  if (name === 'quick' || name === 'paper') return name
  throw new UsageError(`--preset knows quick, paper; not "${name}"`)
}

const run: Command = {
  name: 'sweep run',
  about: 'measure TTFT and quality over a grid, full context in turn with every cell; goes on where it was stopped',
  flags,
  run: async (scene, values) => {
    // Looked at before hours are spent.
    exporter(scene, values)
    const input = await inputOf(scene, values)
    const job = scene.client.sweep.run(input, { signal: scene.signal })
    const result = await follow(scene, job, (told) => {
      if (told.type === 'cell') scene.warn(say(told.cell))
    })
    const shown = await showSweep(scene, values, input.out)
    if (result.ended === 'errors')
      scene.warn(`stopped: ${result.failed} cells failed; the same command tries them again`)
    if (result.ended === 'minutes') scene.warn(`${result.pending} cells left; the same command goes on`)
    return { ...result, ...shown }
  },
}

const showCommand: Command = {
  name: 'sweep show',
  about: 'show what a sweep has measured so far',
  takes: 'DIR',
  flags: { export: exportFlag },
  run: async (scene, values) => {
    const [folder, ...more] = values.positionals
    if (folder === undefined || more.length > 0) throw new UsageError('sweep show takes the folder of a sweep')
    return showSweep(scene, values, folder)
  },
}

function say({ k, p, policy, quality, timing, fault }: SweepCell): string {
  const plan = k === null ? 'full context' : `k ${k}, p ${p}, ${policy}`
  if (quality === null || timing === null) return `${plan}: failed. ${fault?.message ?? ''}`
  return `${plan}: TTFT ${timing.ttft.median.toFixed(1)} ms, EM ${quality.em.toFixed(3)}${fault === null ? '' : `. ${fault.message}`}`
}

/** The table of a sweep; what `--json` prints leaves out the single cases. */
async function showSweep(scene: Scene, values: Values, out: string) {
  const save = exporter(scene, values)
  const { info, cells } = await scene.client.sweep.open({ out })
  const rows = sweepRows(info, cells)
  const tables = [sweepTable(rows)]
  printTables(scene, tables)
  await save(tables)
  scene.print(`\n${info.done} of ${info.cells} cells done, ${info.failed} failed; ${placeOf(info, rows[0])}`)
  for (const { key, fault } of cells) if (fault !== null) scene.print(`  ${key}: ${fault.message} ${fault.remedy}`)
  const told = rows.map(({ cases: _cases, on: _on, ...cell }) => cell)
  return { info, cells: told }
}

export const sweepCommands: readonly Command[] = [run, showCommand]
