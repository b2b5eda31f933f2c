/** Files and folders on disk: whole or not at all. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { recoverFolder, stageFolder, writeAtomic } from '../../src/main/engine/store/files.ts'
import { folderWith } from '../helpers/folder.ts'

test('a file is replaced whole, and a write that fails leaves the old one and no litter', async () => {
  const folder = await folderWith({ 'a.txt': 'old' })
  const path = join(folder, 'a.txt')
  await writeAtomic(path, 'new')
  await expect(writeAtomic(join(path, 'inside'), 'x')).rejects.toThrow()
  await expect(writeAtomic(path, { not: 'data' } as unknown as string)).rejects.toThrow()
  expect(await readdir(folder)).toEqual(['a.txt'])
  expect(await readFile(path, 'utf8')).toBe('new')
})

test('a staged folder takes its place at commit, and leaves no trace when discarded', async () => {
  const folder = await folderWith({ 'index/a.txt': 'old', 'index/b.txt': 'old' })
  const target = join(folder, 'index')
  const discarded = await stageFolder(target)
  await writeFile(join(discarded.temporary, 'a.txt'), 'half')
  await discarded.discard()
  expect(await readFile(join(target, 'a.txt'), 'utf8')).toBe('old')
  const staged = await stageFolder(target)
  await writeFile(join(staged.temporary, 'a.txt'), 'new')
  await staged.commit()
  expect([await readdir(folder), await readdir(target)]).toEqual([['index'], ['a.txt']])
  expect(await readFile(join(target, 'a.txt'), 'utf8')).toBe('new')
})

test('after a kill between two renames the old folder is put back, and half-written ones go', async () => {
  const folder = await folderWith()
  const gone = 2 ** 22 + 1
  await mkdir(join(folder, `.index.${gone}-00000000.old`))
  await writeFile(join(folder, `.index.${gone}-00000000.old`, 'a.txt'), 'old')
  await mkdir(join(folder, `.index.${gone}-11111111.partial`))
  await mkdir(join(folder, `.other.${gone}-11111111.partial`))
  await recoverFolder(join(folder, 'index'))
  expect(await readdir(folder)).toEqual([`.other.${gone}-11111111.partial`, 'index'])
  expect(await readFile(join(folder, 'index', 'a.txt'), 'utf8')).toBe('old')
})
