/** Jupyter notebooks: a cell a part: its text or code, and what it printed. */
import * as z from 'zod'
import { Fault } from '../../../../shared/fault.ts'
import { compose } from '../compose.ts'
import type { Reading, ReaderInput } from '../section.ts'

const Lines = z
  .union([z.string(), z.array(z.string())])
  .transform((text) => (typeof text === 'string' ? text : text.join('')))
const Output = z.object({ text: Lines.optional(), data: z.record(z.string(), z.unknown()).optional() })
const Cell = z.object({ cell_type: z.string(), source: Lines, outputs: z.array(Output).default([]) })
const Notebook = z.object({
  cells: z.array(Cell),
  metadata: z.object({ title: z.string().optional() }).optional(),
})

/** Throws Fault bad-record for what is no notebook. */
export async function readNotebook({ file, name, text }: ReaderInput): Promise<Reading> {
  const { cells, metadata } = parse(await text(), file)
  const composer = compose()
  for (const [at, cell] of cells.entries()) {
    composer.part({ unit: 'cell', number: at + 1 })
    if (cell.cell_type === 'markdown') writeMarkdown(cell.source)
    else composer.block(cell.source)
    for (const output of cell.outputs) composer.block(printed(output))
  }
  return composer.finish(name, metadata?.title)

  function writeMarkdown(source: string): void {
    let block = ''
    let fenced = false
    for (const line of source.split(/\r?\n/)) {
      if (/^ {0,3}(?:```|~~~)/.test(line)) fenced = !fenced
      const heading = fenced ? null : /^ {0,3}(#{1,6})\s+(.+?)\s*#*\s*$/.exec(line)
      if (heading === null) {
        block += `${line}\n`
        continue
      }
      composer.block(block)
      block = ''
      composer.heading(heading[1]?.length ?? 1, heading[2] ?? '', line.trim())
    }
    composer.block(block)
  }
}

function parse(text: string, file: string): z.infer<typeof Notebook> {
  try {
    return Notebook.parse(JSON.parse(text))
  } catch (error) {
    const reason =
      error instanceof z.ZodError ? z.prettifyError(error) : error instanceof Error ? error.message : String(error)
    throw new Fault('bad-record', `${file} is no notebook of format 4 (${reason}).`, {
      remedy: 'Save it anew with Jupyter, or leave it out.',
      cause: error,
    })
  }
}

/** What a cell printed, or its result as text; pictures are left out. */
function printed({ text, data }: z.infer<typeof Output>): string {
  return text ?? Lines.safeParse(data?.['text/plain']).data ?? ''
}
