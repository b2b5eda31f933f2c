/** Tables as a value: what the terminal prints, what exports are written from and reports are made of. */
import * as z from 'zod'

/** A column: its name for programs, its heading for people, and what its values mean. */
export const Column = z.object({
  key: z.string().regex(/^\w+$/).describe('name in CSV, JSON and Parquet'),
  label: z.string(),
  kind: z.enum(['text', 'integer', 'number', 'flag', 'interval']),
  unit: z.string().nullable().describe('as in "ms"; null for words, counts and shares'),
  better: z.enum(['higher', 'lower']).nullable(),
  digits: z.number().int().min(0).max(12).describe('decimal places shown to people; files of values keep them all'),
})
export type Column = z.infer<typeof Column>

/** A cell: null where a value means nothing; an interval from low to high. */
export const Value = z.union([
  z.string(),
  z.number(),
  z.boolean(),
  z.tuple([z.number(), z.number()]).readonly(),
  z.null(),
])
export type Value = z.infer<typeof Value>

export const Table = z.object({
  name: z
    .string()
    .regex(/^[\w-]+$/)
    .describe('short, without spaces: the end of a file name, a label in LaTeX'),
  caption: z.string(),
  columns: z.array(Column).readonly(),
  rows: z.array(z.array(Value).readonly()).readonly().describe('a value for each column'),
  source: z.record(z.string(), z.string()).describe('what made it: command, versions, hardware'),
})
export type Table = z.infer<typeof Table>

/** A column and the value that it takes from a row. */
export type ColumnOf<Row> = Column & { readonly of: (row: Row) => Value }

type KeyOf<Row> = { [Key in keyof Row]: Row[Key] extends Value ? Key : never }[keyof Row] & string
type Meaning = Partial<Pick<Column, 'unit' | 'better' | 'digits'>>
type MakeColumn<Row> = {
  (key: KeyOf<Row>, label: string, meaning?: Meaning): ColumnOf<Row>
  (key: string, label: string, meaning: Meaning, of: (row: Row) => Value): ColumnOf<Row>
}

/** Makers of columns by kind: a column shows the row's field of its name, or what `of` makes of the row. */
export function columnsFor<Row>(): Readonly<Record<Column['kind'], MakeColumn<Row>>> {
  const maker =
    (kind: Column['kind']): MakeColumn<Row> =>
    (key: string, label: string, meaning: Meaning = {}, of?: (row: Row) => Value) => ({
      key,
      label,
      kind,
      unit: null,
      better: null,
      digits: 3,
      ...meaning,
      of: of ?? ((row) => row[key as keyof Row] as Value),
    })
  return {
    text: maker('text'),
    integer: maker('integer'),
    number: maker('number'),
    flag: maker('flag'),
    interval: maker('interval'),
  }
}

/** The formats that tables are written in, by the ends of their files. */
export const exportFormats = ['csv', 'json', 'md', 'tex', 'parquet', 'html', 'pdf'] as const
export type ExportFormat = (typeof exportFormats)[number]

/** The format that a file's name asks for; undefined where its end is none of them. */
export function formatOf(path: string): ExportFormat | undefined {
  return exportFormats.find((format) => path.toLowerCase().endsWith(`.${format}`))
}

/** The table of `rows`; where it came from is added by who knows (`source`). */
export function tableOf<Row>(
  name: string,
  caption: string,
  columns: readonly ColumnOf<Row>[],
  rows: readonly Row[],
): Table {
  return {
    name,
    caption,
    columns: columns.map(({ of: _of, ...column }) => column),
    rows: rows.map((row) => columns.map(({ of }) => of(row))),
    source: {},
  }
}

/** A value as people read it; nothing where it means nothing. */
export function shown(value: Value, { kind, digits }: Pick<Column, 'kind' | 'digits'>): string {
  if (value === null) return ''
  if (typeof value === 'string') return value
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (typeof value === 'number') return kind === 'integer' ? String(value) : value.toFixed(digits)
  return `[${value.map((end) => end.toFixed(digits)).join(', ')}]`
}

/** A column's heading with the unit and an arrow for the direction that is better. */
export function headingOf(
  { label, unit, better }: Pick<Column, 'label' | 'unit' | 'better'>,
  arrows: Readonly<Record<'higher' | 'lower', string>> = { higher: '↑', lower: '↓' },
): string {
  return [label, ...(unit === null ? [] : [`(${unit})`]), ...(better === null ? [] : [arrows[better]])].join(' ')
}

/** Whether a column's values stand under each other by their last digit. */
export function isNumeric({ kind }: Pick<Column, 'kind'>): boolean {
  return kind === 'integer' || kind === 'number'
}
