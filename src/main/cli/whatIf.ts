/** `what-if`: what flipping chunks of a run would change, each alone or the best of them together. */
import { flipTable } from '../../shared/whatifTables.ts'
import type { Run } from '../../shared/run.ts'
import { Target, type FlipsInput, type FlipsResult } from '../../shared/whatif.ts'
import { answer, planFlags, planOf } from './ask.ts'
import { given, UsageError, type Flags, type Values } from './arguments.ts'
import { follow, type Command, type Scene } from './command.ts'
import { exporter, exportFlag, printTables } from './exporting.ts'

const { index: _index, ...plan } = planFlags
const flags: Flags = {
  index: { type: 'string', value: 'IDX', about: 'folder of the index' },
  ...plan,
  run: { type: 'string', value: 'ID', about: 'a kept run, in place of a question' },
  chunk: { type: 'string', value: 'I,J', about: 'these chunks, by index (all)' },
  all: { type: 'boolean', about: 'flip every chunk; so it is where nothing else is asked for' },
  against: { type: 'string', value: 'WHAT', about: 'gold or answer (gold where --target is given)' },
  repeats: { type: 'string', value: 'N', about: 'pairs timed for each flip; 0 estimates TTFT', default: '0' },
  export: exportFlag,
}

/** What every part of the command asks of: one kept run, its target and its chunks. */
type OfRun = Pick<FlipsInput, 'run' | 'target' | 'chunks'>

export const whatIf: Command = {
  name: 'what-if',
  about: 'what flipping chunks would change: NLL of the target, greedy answer, positions, TTFT',
  note: 'The question is asked first and its run kept; all else stays as in that run. Flips are not additive.',
  takes: '"QUESTION"',
  flags,
  run: async (scene, values) => {
    const save = exporter(scene, values)
    const run = await runOf(scene, values)
    scene.print('')
    const ofRun: OfRun = {
      run: run.id,
      ...given(values, 'against', 'target', targetOf(values)),
      ...given(values, 'chunk', 'chunks', values.numbers),
    }
    const flips = await flipChunks(scene, values, ofRun)
    const tables = [flipTable(flips.flips.map((flip) => ({ ...flip, chunkText: textOf(run, flip.index) })))]
    printTables(scene, tables)
    sayBase(scene, flips)
    await save(tables)
    return { run: run.id, ...flips }
  },
}

/** The kept run that is named, else that of the question. */
async function runOf(scene: Scene, values: Values): Promise<Run> {
  const id = values.optional('run')
  if (id === undefined) return answer(scene, planOf(values, 'what-if'))
  if (values.positionals.length > 0) throw new UsageError('what-if takes a question or --run, not both')
  return scene.client.runs.open({ id })
}

function targetOf(values: Values): () => Target {
  return () => {
    const given = Target.safeParse(values.text('against'))
    if (given.success) return given.data
    throw new UsageError(`--against knows ${Target.options.join(', ')}; not "${values.text('against')}"`)
  }
}

async function flipChunks(scene: Scene, values: Values, ofRun: OfRun): Promise<FlipsResult> {
  const input = { ...ofRun, repeats: values.integer('repeats') }
  return follow(scene, scene.client.whatIf.flips(input, { signal: scene.signal }))
}

function sayBase({ print, warn }: Scene, { base, left }: FlipsResult): void {
  const target = base.target === 'gold' ? `gold answer “${base.text}”` : `run's answer “${base.text}”`
  print(
    `\n${target}: NLL ${base.nll.toFixed(4)} nats/token over ${base.tokens} tokens in ${base.positions} positions; ` +
      `greedy answer “${base.answer}”. A position costs ${base.prefill.msPerPosition.toFixed(3)} ms (n ${base.prefill.n}).`,
  )
  for (const { index: at, reason } of left) warn(`chunk ${at} was not flipped: ${reason}`)
}

function textOf({ chunks }: Run, at: number): string {
  return (chunks[at]?.text ?? '').replaceAll(/\s+/g, ' ').trim()
}
