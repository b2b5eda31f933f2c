/** The nets that keep the law, each proven by breaking the law on purpose: a net that sees nothing would pass this nowhere. */
import { spawnSync } from 'node:child_process'
import { cpSync, globSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { engineLine, pageLine } from '../../oxlint.config.ts'
import { binOf, root } from '../../scripts/checks.ts'

/** One breach a row: the file, its text, and what the net must say of it. */
const breaches: readonly (readonly [file: string, text: string, rule: string])[] = [
  ['src/shared/a.ts', "import '../main/engine/engine.ts'", 'no-restricted-imports'],
  ['src/shared/b.ts', "import 'node:fs'", 'no-restricted-imports'],
  ['src/shared/c.ts', "import 'react'", 'no-restricted-imports'],
  ['src/main/engine/retrieve/a.ts', "import '../sense/score.ts'", 'no-restricted-imports'],
  ['src/main/engine/graph/a.ts', "import '../nets/decoder.ts'", 'no-restricted-imports'],
  ['src/main/engine/tokens/a.ts', "export const load = () => import('../corpus/read.ts')", 'no-restricted-imports'],
  ['src/main/engine/ask.ts', "import './bench/ttft.ts'", 'no-restricted-imports'],
  ['src/main/engine/train/a.ts', "import '../engine.ts'", 'no-restricted-imports'],
  ['src/main/engine/store/a.ts', "import '../../web.ts'", 'no-restricted-imports'],
  ['src/main/engine/store/c.ts', "import '../../desktop/jobs.ts'", 'no-restricted-imports'],
  ['src/main/engine/corpus/a.ts', "import '../../../renderer/link.ts'", 'no-restricted-imports'],
  ['src/main/engine/nets/a.ts', "import 'onnxruntime-node'", 'no-restricted-imports'],
  ['src/main/engine/retrieve/b.ts', "import 'hnswlib-node'", 'no-restricted-imports'],
  ['src/main/engine/store/b.ts', "import 'node:sqlite'", 'no-restricted-imports'],
  ['src/main/engine/bench/a.ts', "import 'electron'", 'no-restricted-imports'],
  ['src/main/engine/bench/export/a.ts', "import 'hyparquet-writer'", 'no-restricted-imports'],
  ['src/main/engine/corpus/read.ts', "import 'unpdf'", 'no-restricted-imports'],
  ['src/main/engine/corpus/formats/pdf.ts', "import 'mammoth'", 'no-restricted-imports'],
  ['src/main/engine/corpus/formats/docx.ts', "import '../../retrieve/build.ts'", 'no-restricted-imports'],
  ['src/main/host.ts', "import './engine/ask.ts'", 'no-restricted-imports'],
  ['src/main/host2.ts', "import './engine/graph/run.ts'", 'no-restricted-imports'],
  ['src/main/relay.ts', "import 'ws'", 'no-restricted-imports'],
  ['src/main/relay2.ts', "import '../renderer/link.ts'", 'no-restricted-imports'],
  ['src/main/cli/a.ts', "import 'electron'", 'no-restricted-imports'],
  ['src/main/index.ts', "import './engine/engine.ts'", 'no-restricted-imports'],
  ['src/main/desktop/a.ts', "import '../engine/engine.ts'", 'no-restricted-imports'],
  ['src/main/desktop/b.ts', "import '../../renderer/link.ts'", 'no-restricted-imports'],
  ['src/main/doorPrinter.ts', "import 'electron'", 'no-restricted-imports'],
  ['src/renderer/link.ts', "import './state/run.ts'", 'no-restricted-imports'],
  ['src/renderer/parts/Bar.tsx', "import '../views/bench.tsx'", 'no-restricted-imports'],
  ['src/renderer/parts/Table.tsx', "import 'recharts'", 'no-restricted-imports'],
  ['src/renderer/state/a.ts', "import '../../main/engine/engine.ts'", 'no-restricted-imports'],
  ['src/renderer/views/a.ts', "import 'node:fs'", 'no-restricted-imports'],
  ['src/renderer/views/b.ts', "import '../gallery/samples.ts'", 'no-restricted-imports'],
  ['src/main/engine/sense/a.ts', "import './b.ts'\nexport const a = 1", 'no-cycle'],
  ['src/main/engine/sense/b.ts', "import './a.ts'\nexport const b = 1", 'no-cycle'],
  ['src/main/engine/expand/a.ts', 'async function work() {}\nexport function go() { work() }', 'no-floating-promises'],
  ['src/main/engine/expand/b.ts', 'export default 1', 'no-default-export'],
  ['src/main/engine/expand/c.ts', 'export const x: any = 1', 'no-explicit-any'],
]

/** What the law allows; a net that shouts at these is as bad as one that sees nothing. */
const lawful: readonly (readonly [file: string, text: string])[] = [
  [
    'src/shared/ok.ts',
    "import * as z from 'zod'\nimport { oc } from '@orpc/contract'\nimport './ok2.ts'\nexport const ok = [z, oc]",
  ],
  ['src/shared/ok2.ts', 'export const two = 2'],
  ['src/shared/random.ts', "import 'pure-rand/generator/xoroshiro128plus'"],
  ['src/main/engine/graph/run.ts', "import 'onnxruntime-node'"],
  [
    'src/main/engine/retrieve/dense.ts',
    "import 'hnswlib-node'\nimport '../corpus/ok.ts'\nimport '../../../shared/ok.ts'",
  ],
  ['src/main/engine/corpus/ok.ts', "import '../tokens/ok.ts'"],
  ['src/main/engine/tokens/ok.ts', 'export const ok = 1'],
  ['src/main/engine/store/database.ts', "import 'node:sqlite'"],
  ['src/main/engine/bench/export/parquet.ts', "import 'hyparquet-writer'"],
  ['src/main/engine/corpus/formats/dom.ts', "import 'linkedom'\nimport '../../tokens/ok.ts'"],
  ['src/main/web.ts', "import 'ws'\nimport './engine/engine.ts'"],
  ['src/main/window.ts', "import 'electron'"],
  ['src/main/desktop/presence.ts', "import 'electron'\nimport '../guard2.ts'"],
  ['src/renderer/parts/Chart.tsx', "import 'recharts'"],
  ['src/renderer/views/ok.tsx', "import '../parts/Chart.tsx'\nimport '../link2.ts'\nimport '../../shared/ok.ts'"],
]

test('every room stands on its line: the law sees no room that it does not name', () => {
  const roomsIn = (folder: string): string[] =>
    [...new Set(readdirSync(join(root, folder)).map((name) => name.replace(/\.tsx?$/, '')))].filter(
      (name) => !/^(tsconfig\.json|index\.html|styles)$/.test(name),
    )
  expect(roomsIn('src/main/engine').filter((room) => !engineLine.includes(room))).toEqual([])
  expect(roomsIn('src/renderer').filter((room) => !pageLine.includes(room))).toEqual([])
})

let folder: string

function run(tool: string, command: string, args: readonly string[]): { code: number | null; output: string } {
  const done = spawnSync(process.execPath, [binOf(tool, command), ...args], { cwd: folder, encoding: 'utf8' })
  return { code: done.status, output: `${done.stdout}${done.stderr}` }
}

function write(file: string, text: string): void {
  mkdirSync(dirname(join(folder, file)), { recursive: true })
  writeFileSync(join(folder, file), `${text}\n`)
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'refrag-law-'))
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction')
  for (const file of globSync(['oxlint.config.ts', 'package.json', '{,src/**/,test/,scripts/}tsconfig*.json'], {
    cwd: root,
  })) {
    cpSync(join(root, file), join(folder, file), { recursive: true })
  }
})
afterAll(() => rmSync(folder, { recursive: true }))

describe('the linter', () => {
  let said: readonly { readonly filename: string; readonly code: string }[]

  beforeAll(() => {
    for (const [file, text] of [...breaches, ...lawful]) write(file, text)
    said = JSON.parse(run('oxlint', 'oxlint', ['-f', 'json', 'src']).output).diagnostics
  })

  test.each(breaches)('refuses %s: %s', (file, _text, rule) => {
    const rules = said.filter(({ filename }) => filename === file).map(({ code }) => code)
    expect(rules).toContainEqual(expect.stringContaining(rule))
  })

  test('lets pass what the law allows', () => {
    const files = new Set(lawful.map(([file]) => file))
    expect(said.filter(({ filename, code }) => files.has(filename) && code.includes('restricted'))).toEqual([])
  })
})

describe('the compiler, room by room', () => {
  test.each([
    ['a page global in shared', 'src/shared', 'export const title = document.title'],
    ['a Node global in shared', 'src/shared', 'export const id = process.pid'],
    ['a page global in the engine', 'src/main/engine', 'export const title = document.title'],
    ['a page global in a door', 'src/main', 'export const title = document.title'],
    ['a Node global in the page', 'src/renderer', 'export const id = process.pid'],
    ['an unchecked index', 'src/shared', 'export const first: number = [1][0]'],
    ['an enum', 'src/shared', 'export enum Colour { Red }'],
  ])('refuses %s', (_what, room, text) => {
    rmSync(join(folder, 'src'), { recursive: true })
    cpSync(join(root, room, 'tsconfig.json'), join(folder, room, 'tsconfig.json'))
    write(`${room}/breach.ts`, 'export const fine = 1')
    expect(run('typescript', 'tsc', ['-b', '--force', room])).toEqual({ code: 0, output: '' })
    write(`${room}/breach.ts`, text)
    const { code, output } = run('typescript', 'tsc', ['-b', '--force', room])
    expect(output).toMatch(/breach\.ts\(1,\d+\): error TS/)
    expect(code).not.toBe(0)
  })
})
