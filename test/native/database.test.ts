/** Databases: brought up to date once, all or nothing, and a full one says so. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import {
  makeDatabase,
  openDatabase,
  openOrSetAside,
  readDatabase,
  transact,
} from '../../src/main/engine/store/database.ts'
import { toFault } from '../../src/shared/fault.ts'
import { folderWith } from '../helpers/folder.ts'

const first = 'CREATE TABLE runs (id TEXT PRIMARY KEY) STRICT'
const second = "ALTER TABLE runs ADD COLUMN note TEXT NOT NULL DEFAULT 'none'"

test('each migration is taken once, and a database from the future is refused', async () => {
  const path = join(await folderWith(), 'a.sqlite')
  const old = openDatabase(path, [first])
  old.exec("INSERT INTO runs VALUES ('one')")
  old.close()
  openDatabase(path, [first, second]).close()
  const database = openDatabase(path, [first, second])
  expect(
    database
      .prepare('SELECT * FROM runs')
      .all()
      .map((row) => ({ ...row })),
  ).toEqual([{ id: 'one', note: 'none' }])
  database.close()
  expect(() => openDatabase(path, [first])).toThrow('newer version')
})

test('a damaged database is set aside, whole, and a new one begun', async () => {
  const folder = await folderWith({ 'a.sqlite': 'this is no database, but somebody may want it back. '.repeat(40) })
  const told: string[] = []
  const database = openOrSetAside(join(folder, 'a.sqlite'), [first], (line) => told.push(line))
  database.exec("INSERT INTO runs VALUES ('one')")
  database.close()
  const [aside] = (await readdir(folder)).filter((name) => name.includes('.damaged-'))
  expect(await readFile(join(folder, aside!), 'utf8')).toMatch(/^this is no database/)
  expect(told).toEqual([expect.stringContaining(aside!)])
})

test('a transaction that throws leaves nothing', async () => {
  const database = openDatabase(join(await folderWith(), 'a.sqlite'), [first])
  const insert = database.prepare('INSERT INTO runs VALUES (?)')
  transact(database, () => insert.run('kept'))
  expect(() => transact(database, () => [insert.run('lost'), insert.run('kept')])).toThrow('UNIQUE')
  expect(
    database
      .prepare('SELECT id FROM runs')
      .all()
      .map((row) => row['id']),
  ).toEqual(['kept'])
  database.close()
})

test('a database without room is the fault disk-full, and one opened for reading is not written', async () => {
  const path = join(await folderWith(), 'a.sqlite')
  const database = makeDatabase(path, [first])
  database.exec('PRAGMA max_page_count = 4')
  const insert = database.prepare('INSERT INTO runs VALUES (?)')
  const fill = () =>
    transact(database, () => Array.from({ length: 2000 }, (_, at) => insert.run(`run ${at} ${'x'.repeat(40)}`)))
  let code = ''
  try {
    fill()
  } catch (error) {
    code = toFault(error).code
  }
  expect(code).toBe('disk-full')
  database.close()
  const reader = readDatabase(path)
  expect(() => reader.exec("INSERT INTO runs VALUES ('x')")).toThrow('readonly')
  reader.close()
})
