/** `what-if`: what flipping chunks of a run would change, each alone or the best of them together. */
import type { Table } from '../../shared/table.ts'
import type { Run } from '../../shared/run.ts'
import { Target, type FlipsInput, type WhatIfBase } from '../../shared/whatif.ts'
import { bestTable, contributionTable, flipTable, shapleyTable, type TextOf } from '../../shared/whatifTables.ts'
import { answer, planFlags, planOf } from './ask.ts'
import { given, UsageError, type Flags, type Values } from './arguments.ts'
import { follow, type Command, type Scene } from './command.ts'
import { exporter, exportFlag, printTables } from './exporting.ts'

const { index: _index, decoder: _decoder, ...plan } = planFlags
const flags: Flags = {
  index: { type: 'string', value: 'IDX', about: 'folder of the index' },
  ...plan,
  run: { type: 'string', value: 'ID', about: 'a kept run, in place of a question' },
  chunk: { type: 'string', value: 'I,J', about: 'these chunks, by index (all)' },
  all: { type: 'boolean', about: 'flip every chunk; so it is where nothing else is asked for' },
  against: { type: 'string', value: 'WHAT', about: 'gold or answer (gold where --target is given)' },
  best: { type: 'string', value: 'N', about: 'search greedily for the N flips that help most together' },
  shapley: { type: 'string', value: 'N', about: 'Shapley values of the flips from N permutations, drawn from --seed' },
  contribution: { type: 'boolean', about: 'what each chunk gives to each answer token: left out, and by attention' },
  layers: { type: 'string', value: 'I,J', about: 'layers whose attention counts (all)' },
  heads: { type: 'string', value: 'I,J', about: 'heads whose attention counts (all)' },
  repeats: { type: 'string', value: 'N', about: 'pairs timed for each flip; 0 estimates TTFT', default: '0' },
  export: exportFlag,
}

/** What every part of the command asks of: one kept run, its target and its chunks. */
type OfRun = Pick<FlipsInput, 'run' | 'target' | 'chunks'>

/** A part of what is told: its JSON, its table, and what it was measured against where it says so. */
type Part = { readonly json: object; readonly table: Table }

/** The parts by the flag that asks for each. */
const parts: Readonly<Record<string, (scene: Scene, values: Values, of: OfRun, textOf: TextOf) => Promise<Part>>> = {
  all: async (scene, values, of, textOf) => {
    const input = { ...of, repeats: values.integer('repeats') }
    const found = await follow(scene, scene.client.whatIf.flips(input, { signal: scene.signal }))
    sayBase(scene, found.base)
    for (const { index, reason } of found.left) scene.warn(`chunk ${index} was not flipped: ${reason}`)
    return { json: { base: found.base, flips: found.flips, left: found.left }, table: flipTable(found.flips, textOf) }
  },
  best: async (scene, values, of, textOf) => {
    const input = { ...of, most: values.integer('best') }
    const best = await follow(scene, scene.client.whatIf.best(input, { signal: scene.signal }))
    return { json: { best }, table: bestTable(best, textOf) }
  },
  shapley: async (scene, values, of, textOf) => {
    const input = { ...of, permutations: values.integer('shapley'), seed: values.integer('seed') }
    const shapley = await follow(scene, scene.client.whatIf.shapley(input, { signal: scene.signal }))
    return { json: { shapley }, table: shapleyTable(shapley, textOf) }
  },
  contribution: async (scene, values, of, textOf) => {
    const input = {
      ...of,
      ...given(values, 'layers', 'layers', values.numbers),
      ...given(values, 'heads', 'heads', values.numbers),
    }
    const contribution = await follow(scene, scene.client.whatIf.contribution(input, { signal: scene.signal }))
    return { json: { contribution }, table: contributionTable(contribution, textOf) }
  },
}

/** The parts asked for, in the order of the table; flips where no other is. */
function askedFor(values: Values): readonly string[] {
  const asked = Object.keys(parts).filter((name) => values.flag(name) || values.optional(name) !== undefined)
  return asked.length === 0 ? ['all'] : asked
}

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
    const of: OfRun = {
      run: run.id,
      ...given(values, 'against', 'target', () => targetOf(values)),
      ...given(values, 'chunk', 'chunks', values.numbers),
    }
    const textOf = (index: number): string => (run.chunks[index]?.text ?? '').replaceAll(/\s+/g, ' ').trim()
    const told: Part[] = []
    for (const name of askedFor(values)) {
      const part = await parts[name]?.(scene, values, of, textOf)
      if (part !== undefined) told.push(part)
    }
    const tables = told.map(({ table }) => table)
    // Printed tables stand under their captions, all but the first.
    scene.print(`${tables[0]?.caption ?? ''}\n`)
    printTables(scene, tables)
    await save(tables)
    return Object.assign({ run: run.id }, ...told.map(({ json }) => json))
  },
}

/** The kept run that is named, else that of the question. */
async function runOf(scene: Scene, values: Values): Promise<Run> {
  const id = values.optional('run')
  if (id === undefined) return answer(scene, planOf(values, 'what-if'))
  if (values.positionals.length > 0) throw new UsageError('what-if takes a question or --run, not both')
  return scene.client.runs.open({ id })
}

function targetOf(values: Values): Target {
  const asked = Target.safeParse(values.text('against'))
  if (asked.success) return asked.data
  throw new UsageError(`--against knows ${Target.options.join(', ')}; not "${values.text('against')}"`)
}

function sayBase({ print }: Scene, base: WhatIfBase): void {
  const target = base.target === 'gold' ? `gold answer “${base.text}”` : `run's answer “${base.text}”`
  print(
    `${target}: NLL ${base.nll.toFixed(4)} nats/token over ${base.tokens} tokens in ${base.positions} positions; ` +
      `greedy answer “${base.answer}”. A position costs ${base.prefill.msPerPosition.toFixed(3)} ms (n ${base.prefill.n}).\n`,
  )
}
