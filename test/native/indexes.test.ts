/** The open indexes: what is in use stays open while others are opened and the same one is rebuilt. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Parts } from '../../src/main/engine/parts.ts'
import type { Index } from '../../src/main/engine/retrieve/load.ts'
import { searchIndex } from '../../src/main/engine/retrieve/search.ts'
import { openIndexes, type Indexes } from '../../src/main/engine/serve/indexes.ts'
import { faultOf } from '../helpers/faults.ts'
import { tinyParts } from '../helpers/tinyBundle.ts'

let home: string
let parts: Parts
let indexes: Indexes
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'refrag-indexes-'))
  parts = await tinyParts()
  indexes = openIndexes(home, { get: async () => parts.embedder })
})
afterAll(async () => {
  await indexes.close()
  await parts.close()
  await rm(home, { recursive: true })
})

/** Builds the index `name` over one file of these lines; its path. */
async function build(name: string, ...lines: string[]): Promise<string> {
  const file = join(home, `${name}.txt`)
  await writeFile(file, lines.map((line) => `${line} This line is long enough to be a passage.\n`).join(''))
  for await (const event of indexes.build({ paths: [file], name })) if (event.type === 'done') return event.result.path
  throw new Error('the build ended without an index')
}

test('an index in use outlives its own rebuilding and is closed when the work is over', async () => {
  const path = await build('towns', 'Kardova lies on the Selm.', 'Selm has many mills.')
  let old: Index | undefined
  const found = await indexes.use(path, async (index) => {
    old = index
    await build('towns', 'Only one is left.')
    expect(await indexes.use(path, ({ info }) => info.passages)).toBe(1)
    return searchIndex(index, 'Kardova', 2)
  })
  expect(found).toHaveLength(2)
  expect(old?.database.isOpen).toBe(false)
  expect(await indexes.use(path, ({ info, database }) => [info.passages, database.isOpen])).toEqual([1, true])
})

test('an index in use outlives the opening of many others; of those unused a few stay open', async () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f']
  const paths = await Promise.all(names.map((name) => build(name, `${name} is a letter.`, `${name} again.`)))
  const seen: Index[] = []
  const found = await indexes.use(paths[0]!, async (first) => {
    for (const path of paths) await indexes.use(path, (index) => void seen.push(index))
    return searchIndex(first, 'letter', 1)
  })
  expect(found).toHaveLength(1)
  expect(seen.map((index) => index.database.isOpen)).toEqual([false, false, true, true, true, true])
})

test('an index that failed to open is tried again', async () => {
  const path = join(home, 'later')
  expect((await faultOf(indexes.use(path, () => 0))).code).toBe('index-missing')
  const file = join(home, 'later.txt')
  await writeFile(
    file,
    'Now it is there, long enough to be a passage.\nIt really is, long enough to be another passage.\n',
  )
  for await (const event of indexes.build({ paths: [file], out: path })) expect(event.type).not.toBe('partial')
  expect(await indexes.use(path, ({ info }) => info.passages)).toBe(2)
})

test('two files of one name are two indexes, and the same file built again takes its old place', async () => {
  const folders = ['east', 'west'].map((name) => join(home, name))
  const paths: string[] = []
  for (const folder of [...folders, folders[0] as string]) {
    await mkdir(folder, { recursive: true })
    const file = join(folder, 'notes.txt')
    await writeFile(file, `These notes are about the ${folder.endsWith('east') ? 'east' : 'west'}, at some length.\n`)
    for await (const event of indexes.build({ paths: [file] })) if (event.type === 'done') paths.push(event.result.path)
  }
  expect(paths[0]).not.toBe(paths[1])
  expect(paths[2]).toBe(paths[0])
})
