/** `compare`: kept runs side by side, scored on each other's answers and timed in turn; the comparison is kept. */
import { letterOf, settingOf, type ComparisonView } from '../../shared/comparison.ts'
import { comparisonTables } from '../../shared/comparisonTables.ts'
import { UsageError, type Values } from './arguments.ts'
import { follow, type Command, type Scene } from './command.ts'
import { exporter, exportFlag, printTables } from './exporting.ts'
import { table } from './table.ts'

const compare: Command = {
  name: 'compare',
  about: 'compare two to four kept runs: settings, answers, decisions, log-probabilities, interleaved times',
  takes: 'RUN RUN [RUN RUN]',
  note: 'Runs go by the id that ask --json prints. The same runs again add rounds to the comparison that is kept.',
  flags: {
    repeats: {
      type: 'string',
      value: 'N',
      about: 'rounds timed, every plan once a round; 0 times nothing',
      default: '5',
    },
    warmups: { type: 'string', value: 'N', about: 'rounds before, dropped', default: '1' },
    baseline: { type: 'string', value: 'LETTER', about: 'run that differences are taken from (A, or the one kept)' },
    export: exportFlag,
  },
  run: async (scene, values) => {
    const save = exporter(scene, values)
    const runs = [...values.positionals]
    if (runs.length < 2 || runs.length > 4) throw new UsageError('compare takes two to four runs')
    const [repeats, warmups] = [values.integer('repeats'), values.integer('warmups')]
    const at = baselineOf(values, runs.length)
    const { comparison } = await scene.client.compare.make({ runs })
    const { id } = comparison
    if (at !== null) await scene.client.compare.change({ id, baseline: comparison.runs[at] ?? '' })
    if (comparison.scores === null) await follow(scene, scene.client.compare.score({ id }, { signal: scene.signal }))
    if (repeats > 0) await follow(scene, scene.client.compare.time({ id, repeats, warmups }, { signal: scene.signal }))
    return show(scene, await scene.client.compare.open({ id }), save)
  },
}

const showCommand: Command = {
  name: 'compare show',
  about: 'show a comparison that is kept',
  takes: 'ID',
  flags: { export: exportFlag },
  run: async (scene, values) => {
    const save = exporter(scene, values)
    const [id, ...more] = values.positionals
    if (id === undefined || more.length > 0) throw new UsageError('compare show takes the id of a comparison')
    return show(scene, await scene.client.compare.open({ id }), save)
  },
}

const list: Command = {
  name: 'compare list',
  about: 'list the comparisons that are kept, the latest first',
  flags: {},
  run: async (scene) => {
    const found = await scene.client.compare.list()
    scene.print(
      table(
        ['comparison', 'made', 'rounds', 'votes', 'runs', 'question'],
        found.map(({ id, made, rounds, votes, runs, settings, question }) => [
          id,
          made.slice(0, 16),
          rounds,
          votes,
          runs.map((run, at) => `${letterOf(at)}: ${settings[run] ?? run}`).join('; '),
          question,
        ]),
      ),
    )
    return found
  },
}

function baselineOf(values: Values, runs: number): number | null {
  const letter = values.optional('baseline')
  if (letter === undefined) return null
  const at = 'ABCD'.indexOf(letter.toUpperCase())
  if (letter.length !== 1 || at === -1 || at >= runs)
    throw new UsageError(`--baseline takes the letter of a run, A to ${letterOf(runs - 1)}; not "${letter}"`)
  return at
}

/** Prints a comparison; `--json` gives it without the runs, which are kept under their ids. */
async function show(scene: Scene, view: ComparisonView, save: ReturnType<typeof exporter>) {
  const { comparison, runs, missing, figures } = view
  scene.print(`comparison ${comparison.id}: ${comparison.question}`)
  for (const run of runs) scene.print(`  ${letterOf(comparison.runs.indexOf(run.id))}  ${settingOf(run)}  ${run.id}`)
  for (const id of missing) scene.print(`  ${letterOf(comparison.runs.indexOf(id))}  deleted  ${id}`)
  for (const { run, reason } of comparison.scores?.left ?? [])
    scene.warn(`${letterOf(comparison.runs.indexOf(run))} was not scored. ${reason}`)
  for (const { disturbed } of comparison.sittings) for (const each of disturbed) scene.warn(`disturbed: ${each}`)
  const tables = comparisonTables(view)
  scene.print('')
  printTables(
    scene,
    tables.filter(({ name }) => name !== 'scores' && name !== 'rounds'),
  )
  await save(tables)
  return { comparison, missing, figures, tables }
}

/** The longer names first: the first that fits is taken. */
export const compareCommands: readonly Command[] = [list, showCommand, compare]
