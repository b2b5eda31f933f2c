/** Tables in every format: each is read back by a reader that is not ours, or compared with what its readers take. */
import fc from 'fast-check'
import { parquetMetadata, parquetReadObjects } from 'hyparquet'
import Papa from 'papaparse'
import { spawnSync } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { toCsv } from '../../src/main/engine/bench/export/csv.ts'
import { toLatex } from '../../src/main/engine/bench/export/latex.ts'
import { toMarkdown } from '../../src/main/engine/bench/export/markdown.ts'
import { toParquet } from '../../src/main/engine/bench/export/parquet.ts'
import { writeTables } from '../../src/main/engine/bench/export/write.ts'
import { columnsFor, formatOf, shown, tableOf, type Table } from '../../src/shared/table.ts'
import { faultOf } from '../helpers/faults.ts'
import { folderWith } from '../helpers/folder.ts'

type Row = {
  readonly name: string | null
  readonly count: number | null
  readonly value: number | null
  readonly flag: boolean | null
  readonly ci: readonly [number, number] | null
}
const { text, integer, number, flag, interval } = columnsFor<Row>()
const columns = [
  text('name', 'name & sign'),
  integer('count', 'n'),
  number('value', 'TTFT', { unit: 'ms', better: 'lower', digits: 1 }),
  flag('flag', 'cached'),
  interval('ci', '95 %'),
]
const tableWith = (rows: readonly Row[], name = 'tried'): Table =>
  tableOf(name, 'What was 100 % tried_out.', columns, rows)

const rows: readonly Row[] = [
  { name: 'a, "b"\r\nc', count: 3, value: 1 / 3, flag: true, ci: [-0.25, 0.5] },
  { name: '红楼梦 — Ωμέγα, שלום 🙂', count: -9007199254740991, value: -0, flag: false, ci: null },
  { name: '', count: 0, value: 1e-300, flag: null, ci: [0, 1e21] },
  { name: null, count: null, value: null, flag: null, ci: null },
]

test('a table keeps columns and rows, and shows values by kind', () => {
  const table = tableWith(rows)
  expect(table.rows[0]).toEqual(['a, "b"\r\nc', 3, 1 / 3, true, [-0.25, 0.5]])
  const show = (at: number) => table.columns.map((column, i) => shown(table.rows[at]?.[i] ?? null, column))
  expect(show(0)).toEqual(['a, "b"\r\nc', '3', '0.3', 'yes', '[-0.250, 0.500]'])
  expect(show(3)).toEqual(['', '', '', '', ''])
})

test('CSV is what RFC 4180 says, to the byte', () => {
  expect(toCsv(tableWith(rows.slice(0, 1)))).toBe(
    'name,count,value,flag,ci_low,ci_high\r\n"a, ""b""\r\nc",3,0.3333333333333333,true,-0.25,0.5\r\n',
  )
  const fields = ['a\nb', 'a\rb', 'a;b', "a'b"].map((name) => ({ ...(rows[3] as Row), name }))
  expect(toCsv(tableWith(fields)).slice(38)).toBe('"a\nb",,,,,\r\n"a\rb",,,,,\r\na;b,,,,,\r\na\'b,,,,,\r\n')
  // An empty text is told from no value.
  expect(
    toCsv(tableWith(rows.slice(2)))
      .split('\r\n')
      .slice(1, 3),
  ).toEqual(['"",0,1e-300,,0,1e+21', ',,,,,'])
})

const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom(',', '"', '\n', '\r', ';', ' ', 'a', 'é', '红', 'ש', '🙂', '\t', "'") }),
)

test('CSV of any text and number is read back by another reader, to the digit', () => {
  const finite = fc.double({ noNaN: true, noDefaultInfinity: true })
  const row = fc.record({
    name: anyText,
    count: fc.maxSafeInteger(),
    value: finite,
    flag: fc.boolean(),
    ci: fc.tuple(finite, finite),
  })
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 6 }), (drawn) => {
      const { data, errors } = Papa.parse<string[]>(toCsv(tableWith(drawn)), { delimiter: ',', newline: '\r\n' })
      expect(errors).toEqual([])
      expect(data.at(-1)).toEqual([''])
      const read = data.slice(1, -1).map(([name, ...values]) => [name, ...values.map(parse)])
      // Negative zero is printed as 0.
      const zero = (value: number) => (value === 0 ? 0 : value)
      expect(read).toEqual(
        drawn.map(({ name, count, value, flag: is, ci }) => [name, count, zero(value), is, ...ci.map(zero)]),
      )
    }),
    { seed: 7, numRuns: 300 },
  )
})

const parse = (field: string): number | boolean => (/^[tf]/.test(field) ? field === 'true' : Number(field))

test('Parquet is read back by another reader, types, nothing and all digits kept', async () => {
  const file = toParquet({ ...tableWith(rows), source: { command: 'eval' } })
  const buffer = file.slice().buffer
  const read = await parquetReadObjects({ file: buffer })
  expect(read).toEqual(
    rows.map(({ name, count, value, flag: is, ci }) => ({
      name,
      count: count === null ? null : BigInt(count),
      value,
      flag: is,
      ci_low: ci?.[0] ?? null,
      ci_high: ci?.[1] ?? null,
    })),
  )
  const { key_value_metadata: told } = parquetMetadata(buffer)
  const meaning = JSON.parse(told?.find(({ key }) => key === 'refrag.table')?.value ?? '')
  expect(meaning).toMatchObject({ name: 'tried', source: { command: 'eval' } })
  expect(meaning.columns[2]).toMatchObject({ key: 'value', unit: 'ms', better: 'lower' })
})

test('Parquet holds a table without a row, and refuses a count that is no whole number', async () => {
  expect(await parquetReadObjects({ file: toParquet(tableWith([])).slice().buffer })).toEqual([])
  expect(() => toParquet(tableWith([{ ...(rows[0] as Row), count: 0.5 }]))).toThrow('no column of integers')
})

const texOf = (name: string): string => {
  const line = toLatex([tableWith([{ name, count: 1, value: 2, flag: null, ci: [-1, 0] }])])
    .split('\n')
    .find((each) => each.endsWith(' & 1 & 2.0 &  & [$-$1.000, 0.000] \\\\'))
  if (line === undefined) throw new Error('no row of one line')
  return line.trim().slice(0, -' & 1 & 2.0 &  & [$-$1.000, 0.000] \\\\'.length)
}

test.each([
  ['50 % of $3 & #1', '50 \\% of \\$3 \\& \\#1'],
  ['log_ppl{k}', 'log\\_ppl\\{k\\}'],
  ['a\\b~c^d', 'a\\textbackslash{}b\\textasciitilde{}c\\textasciicircum{}d'],
  ['x < y > z | w', 'x \\textless{} y \\textgreater{} z \\textbar{} w'],
  ['-0.5', '$-$0.5'],
  ['top-5', 'top-5'],
  ['a--b', 'a-{}-b'],
  ['two\nlines', 'two lines'],
  ['[0, 1]', '{}[0, 1]'],
  ['*', '{}*'],
  ['\\input{x}', '\\textbackslash{}input\\{x\\}'],
  ['Río 红楼梦', 'Río 红楼梦'],
])('LaTeX prints %j as it stands: %j', (given, expected) => {
  expect(texOf(given)).toBe(expected)
})

test('LaTeX leaves no character to TeX that is not escaped, whatever the text', () => {
  fc.assert(
    fc.property(anyText, fc.string({ unit: fc.constantFrom(...'\\{}$&#%_^~<>|-[]* a1') }), (any, marks) => {
      const cell = texOf(`${any}${marks}`)
      const printed = /\\(?:text[a-z]+\{\}|[&%$#_{}])|\$-\$|\$\\(?:up|down)arrow\$|(?<=-)\{\}(?=-)|^\{\}(?=[[*])/g
      const left = cell.replaceAll(printed, ' ')
      expect(left).not.toMatch(/[\\{}$&#%_^~<>|]|--|\p{Cc}/u)
    }),
    { seed: 7, numRuns: 500 },
  )
})

test('a LaTeX table has caption, label, headings with units and direction, and its source in comments', () => {
  const source = { command: 'eval\nqa' }
  expect(toLatex([{ ...tableWith(rows.slice(3)), source }])).toBe(
    [
      '% Needs \\usepackage{booktabs}.',
      '% command: eval qa',
      '\\begin{table}',
      '  \\centering',
      '  \\caption{What was 100 \\% tried\\_out.}',
      '  \\label{tab:tried}',
      '  \\begin{tabular}{lrrll}',
      '    \\toprule',
      '    name \\& sign & n & TTFT (ms) $\\downarrow$ & cached & 95 \\% \\\\',
      '    \\midrule',
      '     &  &  &  &  \\\\',
      '    \\bottomrule',
      '  \\end{tabular}',
      '\\end{table}',
      '',
    ].join('\n'),
  )
})

test('a row of a Markdown table stays a row of as many cells', () => {
  const [caption, , heading, rule, row] = toMarkdown([tableWith(rows.slice(0, 1))]).split('\n')
  expect(caption).toBe('What was 100 % tried\\_out.')
  expect(heading).toBe('| name &amp; sign | n | TTFT (ms) ↓ | cached | 95 % |')
  expect(rule).toBe('| --- | ---: | ---: | --- | --- |')
  expect(row).toBe('| a, "b"<br>c | 3 | 0.3 | yes | \\[-0.250, 0.500\\] |')
  const piped = toMarkdown([tableWith([{ ...(rows[0] as Row), name: 'a|b\\|<i>' }])]).split('\n')[4]
  expect(piped).toContain('| a\\|b\\\\\\|&lt;i&gt; |')
})

test('tables are written by the end of the name: all into one file, or a file each', async () => {
  const folder = await folderWith()
  const tables = [tableWith(rows), tableWith(rows.slice(0, 1), 'more')]
  const names = async (end: string) =>
    (await writeTables(tables, join(folder, `out.${end}`))).map((path) => path.slice(folder.length + 1))
  expect(await names('csv')).toEqual(['out.csv', 'out-more.csv'])
  expect(await names('parquet')).toEqual(['out.parquet', 'out-more.parquet'])
  expect(await names('json')).toEqual(['out.json'])
  expect(await names('md')).toEqual(['out.md'])
  expect(await names('TEX')).toEqual(['out.TEX'])
  expect(await readFile(join(folder, 'out-more.csv'), 'utf8')).toBe(toCsv(tableWith(rows.slice(0, 1))))
  expect(
    (await parquetReadObjects({ file: (await readFile(join(folder, 'out.parquet'))).buffer.slice(0) as ArrayBuffer }))
      .length,
  ).toBe(4)
  const { tables: told } = JSON.parse(await readFile(join(folder, 'out.json'), 'utf8'))
  expect(told.map(({ name }: Table) => name)).toEqual(['tried', 'more'])
  expect(told[0].rows[0]).toEqual({ name: 'a, "b"\r\nc', count: 3, value: 1 / 3, flag: true, ci: [-0.25, 0.5] })
  expect((await readdir(folder)).length).toBe(7)
})

test('a name that ends in no format is refused with the formats named', async () => {
  expect(formatOf('figures.tsv')).toBeUndefined()
  expect(await faultOf(writeTables([tableWith(rows)], 'figures.tsv'))).toMatchObject({
    code: 'bad-input',
    remedy: expect.stringContaining('.csv, .json, .md, .tex, .parquet'),
  })
})

const tex = spawnSync('pdflatex', ['--version']).status === 0

test.skipIf(!tex)(
  'pdflatex compiles the tables',
  async () => {
    const marks = '\\ { } $ & # % _ ^ ~ < > | -- [1] *'
    const latin = [{ ...(rows[0] as Row), name: marks }, { ...(rows[0] as Row), name: `[${marks}` }, ...rows.slice(3)]
    const document = String.raw`\documentclass{article}\usepackage{booktabs}\begin{document}\input{tables}\end{document}`
    const folder = await folderWith({ 'tables.tex': toLatex([tableWith(latin)]), 'all.tex': document })
    const { status, stdout } = spawnSync('pdflatex', ['-halt-on-error', '-interaction=nonstopmode', 'all.tex'], {
      cwd: folder,
      encoding: 'utf8',
    })
    expect({ status, stdout }).toMatchObject({ status: 0 })
    expect(await readdir(folder)).toContain('all.pdf')
  },
  120_000,
)
