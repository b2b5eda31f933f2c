/** Any thrown value as a fault: what a person can mend has a code and a remedy, the rest is a defect. */
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { writeCorpus } from '../../src/main/engine/corpus/synthetic/make.ts'
import { Fault, toFault } from '../../src/shared/fault.ts'
import { folderWith } from '../helpers/folder.ts'

const thrown = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'nothing',
    (error: unknown) => error,
  )

test('a path that is something else than what was asked for is named', async () => {
  const folder = await folderWith({ 'a.txt': 'text' })
  const file = join(folder, 'a.txt')
  const works = [writeCorpus(join(file, 'inside'), { passages: 1, seed: 1 }), mkdir(file), readFile(folder)]
  for (const error of await Promise.all(works.map(thrown)))
    expect(toFault(error)).toMatchObject({ code: 'bad-input', remedy: expect.stringContaining('named') })
  expect(toFault(await thrown(mkdir(file))).message).toContain(file)
})

test('a refusal for want of rights is no defect of ours', () => {
  const refused = Object.assign(new Error("EACCES: permission denied, mkdir '/x'"), {
    code: 'EACCES',
    syscall: 'mkdir',
  })
  expect(toFault(refused)).toMatchObject({ code: 'file-unreadable', message: refused.message, cause: refused })
})

test('a fault stays itself, and what has no remedy is a defect', () => {
  const fault = new Fault('bad-input', 'x')
  expect(toFault(fault)).toBe(fault)
  for (const error of [new TypeError('x'), 'x', Object.assign(new Error('x'), { code: 'EACCES' })])
    expect(toFault(error)).toMatchObject({ code: 'internal', message: 'x' })
})
