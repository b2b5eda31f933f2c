/** How files are read, as flags of `review` and `index` alike. */
import { columnRoles, formatNames, type ColumnMapping, type FileReading } from '../../shared/corpus.ts'
import { given, UsageError, type Flags, type Values } from './arguments.ts'

export const readingFlags: Flags = {
  columns: {
    type: 'string',
    value: 'ROLE=NAME,…',
    about: `columns of records: ${columnRoles.join(', ')}, as in text=abstract,title=name`,
  },
  encoding: { type: 'string', value: 'NAME', about: 'encoding of files that are not UTF-8, as in windows-1252' },
  format: { type: 'string', value: 'NAME', about: `read every file as ${formatNames.join(' | ')}` },
}

/** What the flags say of reading. */
export function reading(values: Values): FileReading {
  return {
    ...given(values, 'columns', 'columns', () => columns(values)),
    ...given(values, 'encoding', 'encoding', values.text),
    ...given(values, 'format', 'format', () => {
      const format = formatNames.find((name) => name === values.text('format'))
      if (format === undefined) throw new UsageError(`--format knows ${formatNames.join(', ')}`)
      return format
    }),
  }
}

/** `text=abstract,title=name` as a mapping. */
function columns(values: Values): ColumnMapping {
  const pairs = values.list('columns').map((pair) => {
    const at = pair.indexOf('=')
    const role = columnRoles.find((name) => name === pair.slice(0, at))
    if (role === undefined || at === pair.length - 1) {
      throw new UsageError(`--columns takes ROLE=NAME with a role of ${columnRoles.join(', ')}; not "${pair}"`)
    }
    return [role, pair.slice(at + 1)] as const
  })
  return Object.fromEntries(pairs)
}

/** The files and folders that a command was given. */
export function paths(values: Values, command: string): string[] {
  if (values.positionals.length === 0) throw new UsageError(`${command} takes at least one file or folder`)
  return [...values.positionals]
}
