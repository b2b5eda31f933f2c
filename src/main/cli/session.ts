/** The session commands: what is kept, and sessions as files. */
import { writeFile } from 'node:fs/promises'
import { sessionEnding } from '../../shared/handed.ts'
import { UsageError, type Values } from './arguments.ts'
import type { Command } from './command.ts'
import { table } from './table.ts'

function only(values: Values, what: string): string {
  const [one, ...more] = values.positionals
  if (one === undefined || more.length > 0) throw new UsageError(`it takes ${what}`)
  return one
}

const list: Command = {
  name: 'session list',
  about: 'list the sessions, the pinned ones first, then the latest changed',
  flags: {},
  run: async (scene) => {
    const found = await scene.client.session.list()
    scene.print(
      table(
        ['session', 'name', 'changed', 'runs', 'snapshots', 'question'],
        found.map(({ id, name, changed, runs, snapshots, question }) => [id, name, changed, runs, snapshots, question]),
      ),
    )
    return found
  },
}

const show: Command = {
  name: 'session show',
  about: 'show a session: its plan, the steps of undo, snapshots, runs, comparisons and notes on chunks',
  takes: 'ID',
  flags: {},
  run: async (scene, values) => {
    const id = only(values, 'the id of a session')
    const session = await scene.client.session.open({ id })
    const missing = await scene.client.session.missing({ id })
    const { history, snapshots, runs, comparisons, notes } = session
    const { question, index, k, p, policy } = history.present
    scene.print(`${session.name}, changed ${session.changed}`)
    scene.print(`  question: ${question || 'none'}`)
    scene.print(`  index: ${index || 'none'}`)
    scene.print(`  plan: k ${k}, p ${p}, ${policy}`)
    scene.print(`  undo: ${history.past.length} steps back, ${history.future.length} on`)
    for (const { name, made } of snapshots) scene.print(`  snapshot: ${name}, ${made}`)
    scene.print(`  runs: ${runs.join(', ') || 'none'}`)
    scene.print(`  comparisons: ${comparisons.join(', ') || 'none'}`)
    for (const { run, place, note } of notes)
      scene.print(`  note: run ${run}, passage ${place.passage}, tokens ${place.from} to ${place.to - 1}: ${note}`)
    for (const { name, path } of missing)
      scene.warn(`the index ${name} (${path}) is not here: locate it or build it again`)
    return { ...session, missing }
  },
}

const save: Command = {
  name: 'session export',
  about: 'write a session as one .refrag file: its runs and comparisons whole, corpora by name and hash',
  note: 'Runs hold the passages that they retrieved. The documents themselves are left out without --corpus.',
  takes: 'ID',
  flags: {
    out: { type: 'string', value: 'FILE', about: `the file: a name that ends in ${sessionEnding}`, required: true },
    corpus: { type: 'boolean', about: 'also the text of its corpora' },
  },
  run: async (scene, values) => {
    const id = only(values, 'the id of a session')
    const out = values.text('out')
    if (!out.toLowerCase().endsWith(sessionEnding)) throw new UsageError(`--out ends in ${sessionEnding}`)
    const file = await scene.client.session.export({ id, corpus: values.flag('corpus') })
    const bytes = Buffer.from(file.content, file.encoding)
    await writeFile(out, bytes)
    scene.print(`${out}, ${bytes.length} bytes`)
    return { out, bytes: bytes.length }
  },
}

const open: Command = {
  name: 'session import',
  about: 'take a .refrag file in: its session, runs and comparisons',
  takes: 'FILE',
  flags: {},
  run: async (scene, values) => {
    const made = await scene.client.session.import({ path: only(values, `a ${sessionEnding} file`) })
    const { session, runs, comparisons, missing } = made
    scene.print(`${session.name} (${session.id}): ${runs} runs and ${comparisons} comparisons that were not here`)
    for (const { name, path, rebuild } of missing)
      scene.warn(
        `the index ${name} (${path}) is not here: locate it or build it again${rebuild === null ? '' : `: refrag index ${rebuild}`}`,
      )
    return made
  },
}

export const sessionCommands: readonly Command[] = [list, show, save, open]
