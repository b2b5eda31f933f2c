/** JSON lines: a record a document; its text by field name, or the passages that a question set carries along. */
import { Fault } from '../../../../shared/fault.ts'
import {
  idFields,
  linesOf,
  textFields,
  textStart,
  titleFields,
  trimRange,
  type Section,
  type SourceFile,
} from '../section.ts'

type Found = { readonly title: string; readonly text: string; readonly whole: boolean; readonly id?: string }

/** Throws Fault bad-record, with file and line, at the first line that is not JSON or holds no text. */
export function* readJsonl(file: SourceFile): Generator<Section> {
  const { source } = file
  for (const line of linesOf(source, textStart(source))) {
    const { from, to } = trimRange(source, line.from, line.to)
    if (from === to) continue
    const where = `${file.file}, line ${line.line}`
    const found = textsOf(parse(source.slice(from, to), where))
    if (!found) {
      throw new Fault('bad-record', `${where}: no text in this record.`, {
        remedy: `Name the text field one of: ${textFields.join(', ')}; or give "passages".`,
      })
    }
    let document = true
    for (const { title, text, whole, id } of found) {
      if (text.trim() === '') continue
      const base = { title: title || file.name, whole, document, ...(id === undefined ? {} : { id }) }
      document = false
      yield { ...base, ...(exactRange(source, from, to, text) ?? { from, to, text: text.trim() }) }
    }
  }
}

function parse(line: string, where: string): unknown {
  try {
    return JSON.parse(line)
  } catch (error) {
    throw new Fault('bad-record', `${where}: not JSON (${error instanceof Error ? error.message : String(error)}).`, {
      cause: error,
    })
  }
}

/** The texts of a record, or undefined if it has none. */
function textsOf(record: unknown): readonly Found[] | undefined {
  if (typeof record === 'string') return [{ title: '', text: record, whole: false }]
  if (typeof record !== 'object' || record === null) return undefined
  const fields = new Map(Object.entries(record).map(([name, value]) => [name.toLowerCase(), value as unknown]))
  const passages = fields.get('passages')
  if (Array.isArray(passages)) {
    // A question set may name its passages by id alone: an id is no text.
    const told = passages.filter((passage) => typeof passage === 'object')
    const found = told.flatMap((passage) => textsOf(passage) ?? [])
    return found.length > 0 ? found.map((each) => ({ ...each, whole: true })) : undefined
  }
  const name = textFields.find((field) => typeof fields.get(field) === 'string')
  if (name === undefined) return undefined
  const title = titleFields.map((field) => fields.get(field)).find((value) => typeof value === 'string' && value !== '')
  const [id] = idFields.map((field) => fields.get(field)).filter(isId)
  return [
    {
      title: typeof title === 'string' ? title : '',
      text: String(fields.get(name)),
      whole: name === 'passage',
      ...(id === undefined ? {} : { id: String(id) }),
    },
  ]
}

function isId(value: unknown): value is string | number {
  return typeof value === 'number' || (typeof value === 'string' && value !== '')
}

/** The characters of the text in its line, if JSON spells it without escapes and it stands there only once. */
function exactRange(source: string, from: number, to: number, text: string) {
  const line = source.slice(from, to)
  const at = line.indexOf(`"${text}"`)
  if (at === -1 || text.includes('\\') || line.includes(`"${text}"`, at + 1)) return undefined
  return trimRange(source, from + at + 1, from + at + 1 + text.length)
}
