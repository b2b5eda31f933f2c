/** JSON lines: a record a document. */
import type { ColumnMapping } from '../../../../shared/corpus.ts'
import { Fault } from '../../../../shared/fault.ts'
import { checkColumns, usualNames } from '../columns.ts'
import {
  linesOf,
  textStart,
  trimRange,
  type Reading,
  type ReaderInput,
  type Section,
  type SourceFile,
} from '../section.ts'
import { isRecord, sectionsOf } from './record.ts'

/** The sections throw Fault bad-record, with file and line, at the first line that is not JSON or holds no text. */
export async function readJsonl({ file, name, text, columns }: ReaderInput): Promise<Reading> {
  const source = await text()
  return { source, whole: false, sections: readLines({ file, name, source }, columns) }
}

function* readLines({ file, name, source }: SourceFile, columns: ColumnMapping): Generator<Section> {
  for (const line of linesOf(source, textStart(source))) {
    const { from, to } = trimRange(source, line.from, line.to)
    if (from === to) continue
    const where = `${file}, line ${line.line}`
    const record = parseRecord(source.slice(from, to), where)
    const sections = sectionsOf(record, { source, from, to, name }, columns)
    if (!sections) throw noText(where, record, columns)
    yield* sections
  }
}

/** One value of JSON. Throws Fault bad-record that says where. */
export function parseRecord(text: string, where: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new Fault('bad-record', `${where}: not JSON (${error instanceof Error ? error.message : String(error)}).`, {
      cause: error,
    })
  }
}

/** Why a record gives no text: a mapped column that it lacks, or no column by any of the usual names. */
export function noText(where: string, record: unknown, columns: ColumnMapping): Fault {
  const names = isRecord(record) ? Object.keys(record) : []
  try {
    checkColumns(where, names, { text: columns.text })
  } catch (error) {
    if (error instanceof Fault) return error
  }
  return new Fault('bad-record', `${where}: no text in this record.`, {
    remedy: `Say which column holds the text, as in --columns text=NAME, or name it one of: ${usualNames('text')}; or give "passages".`,
  })
}
