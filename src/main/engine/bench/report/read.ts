/** What a report is made from beside kept runs: JSON files of runs, of tables, or of what a measuring command prints. */
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import * as z from 'zod'
import { Fault } from '../../../../shared/fault.ts'
import { Run } from '../../../../shared/run.ts'
import { Column, Value, type Table } from '../../../../shared/table.ts'
import { tablesOfResult } from './measured.ts'

/** Tables as the JSON export writes them: rows are records by the keys of the columns. */
const Tables = z.object({
  tables: z.array(
    z.object({
      name: z.string(),
      caption: z.string(),
      source: z.record(z.string(), z.string()).default({}),
      columns: z.array(Column),
      rows: z.array(z.record(z.string(), Value)),
    }),
  ),
})
const Source = z.union([Run.transform((run) => [run]), z.array(Run).min(1), Tables])

/** Reads one file. Throws Fault file-missing, or bad-record where it holds neither runs nor tables. */
export async function readSource(
  path: string,
): Promise<{ readonly runs: readonly Run[]; readonly tables: readonly Table[] }> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new Fault('file-missing', `${path} cannot be read.`, { cause: error })
  })
  const value = parse(text)
  const measured = tablesOfResult(value)
  if (measured) return { runs: [], tables: measured.map((table) => ({ ...table, source: { file: basename(path) } })) }
  const read = Source.safeParse(value)
  if (!read.success) {
    throw new Fault('bad-record', `${path} holds neither runs nor tables.`, {
      remedy:
        'Give what `refrag ask`, `eval` or `bench` print with --json, or what they write with --export FILE.json.',
    })
  }
  if (Array.isArray(read.data)) return { runs: read.data, tables: [] }
  const tables = read.data.tables.map(({ rows, columns, ...rest }) => ({
    ...rest,
    columns,
    rows: rows.map((row) => columns.map(({ key }) => row[key] ?? null)),
  }))
  return { runs: [], tables }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
