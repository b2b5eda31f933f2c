/** `report`: tables that measuring commands kept, as one document. */
import { exportFormats, formatOf } from '../../shared/table.ts'
import { UsageError } from './arguments.ts'
import type { Command } from './command.ts'

export const report: Command = {
  name: 'report',
  about: 'one document of tables that measuring commands wrote with --export FILE.json',
  takes: 'FILE.json…',
  flags: {
    out: { type: 'string', value: 'FILE', about: `FILE.{${exportFormats.join(',')}}`, required: true },
    title: { type: 'string', value: 'TEXT', about: 'title of the document' },
  },
  run: async (scene, values) => {
    const [paths, path] = [[...values.positionals], values.text('out')]
    if (paths.length === 0) throw new UsageError('report takes at least one file of tables')
    if (formatOf(path) === undefined)
      throw new UsageError(`--out takes FILE.{${exportFormats.join(',')}}, not "${path}"`)
    const { tables } = await scene.client.tables.read({ paths })
    const title = values.optional('title')
    const { files } = await scene.client.tables.write({ tables, path, ...(title === undefined ? {} : { title }) })
    scene.print(`written: ${files.join(', ')}`)
    return { files, tables: tables.length }
  },
}
