/** The report command. */
import { writeFile } from 'node:fs/promises'
import { formatOf } from '../../shared/table.ts'
import { ReportInput, reportSections } from '../../shared/report.ts'
import { given, readInput, UsageError } from './arguments.ts'
import type { Command } from './command.ts'

export const report: Command = {
  name: 'report',
  about: 'write kept runs, sweeps and measurements in JSON files as one HTML, Markdown or PDF file',
  flags: {
    runs: { type: 'string', value: 'ID,…', about: 'kept runs, by id' },
    from: {
      type: 'string',
      value: 'FILE,…',
      about: 'what ask, eval or bench printed with --json, or tables exported as JSON',
    },
    sweeps: { type: 'string', value: 'DIR,…', about: 'folders of sweeps' },
    sections: { type: 'string', value: 'NAME,…', about: `of ${reportSections.join(', ')} (all)` },
    out: { type: 'string', value: 'FILE', about: 'the report: a name that ends in .html, .md or .pdf', required: true },
    title: { type: 'string', value: 'TEXT', about: 'its title', default: 'REFRAG runs' },
    'no-text': { type: 'boolean', about: 'leave out the text of documents' },
  },
  run: async (scene, values) => {
    const out = values.text('out')
    const format = formatOf(out)
    if (format !== 'html' && format !== 'md' && format !== 'pdf')
      throw new UsageError('--out ends in .html, .md or .pdf')
    const input = readInput(ReportInput, {
      ...given(values, 'runs', 'runs', values.list),
      ...given(values, 'from', 'from', values.list),
      ...given(values, 'sweeps', 'sweeps', values.list),
      ...given(values, 'sections', 'sections', values.list),
      title: values.text('title'),
      text: !values.flag('no-text'),
      format,
    })
    const file = await scene.client.report(input, { signal: scene.signal })
    const bytes = Buffer.from(file.content, file.encoding)
    await writeFile(out, bytes)
    scene.print(`${out}, ${bytes.length} bytes`)
    return { out }
  },
}
