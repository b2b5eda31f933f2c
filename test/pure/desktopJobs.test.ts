/** Work in hand as the desktop tallies it, and the window's place. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { canBeSeen, keepPlace, readPlace } from '../../src/main/desktop/bounds.ts'
import { barOf, sayClosing, sayEnd, tallyAfter, type Tally } from '../../src/main/desktop/jobs.ts'
import type { JobNotice } from '../../src/shared/job.ts'

const training: JobNotice = { id: 't', title: 'training t', state: 'running', done: 20, total: 80, keeps: true }
const index: JobNotice = { id: 'i', title: 'index', state: 'running', done: 0, total: null, keeps: false }
const none: Tally = new Map()

describe('work in hand', () => {
  test('one bar stands for all: none, unknown, the mean of what is known', () => {
    const both = tallyAfter(tallyAfter(none, training), { ...index, done: 3, total: 4 })
    expect(barOf(none)).toBe(-1)
    expect(barOf(tallyAfter(none, index))).toBe(2)
    expect(barOf(tallyAfter(none, training))).toBe(0.25)
    expect(barOf(both)).toBe(0.5)
    expect(barOf(tallyAfter(both, { ...training, done: 100 }))).toBe(0.875)
  })

  test('work that ended leaves the tally, however it ended', () => {
    const both = tallyAfter(tallyAfter(none, training), index)
    expect([...tallyAfter(both, { ...training, state: 'failed' }).keys()]).toEqual(['i'])
    expect([...tallyAfter(both, { ...index, state: 'finished' }).keys()]).toEqual(['t'])
  })

  test('an end is told unless a person made it, and says what is kept', () => {
    expect(sayEnd(training)).toBeNull()
    expect(sayEnd({ ...training, state: 'stopped' })).toBeNull()
    expect(sayEnd({ ...training, state: 'finished' })).toEqual({ title: 'Training t', body: 'Finished.' })
    expect(sayEnd({ ...training, state: 'failed' })?.body).toBe('Failed; what it had done is kept.')
    expect(sayEnd({ ...index, state: 'failed' })?.body).toBe('Failed.')
  })

  test('the closing question names each job, how far it is, and what closing does to it', () => {
    expect(sayClosing(tallyAfter(tallyAfter(none, training), index))).toEqual({
      message: '2 jobs are running.',
      detail: 'Training t: 20 of 80. Paused, it goes on later from there.\nIndex: 0 so far. Stopped, it begins anew.',
    })
    expect(sayClosing(tallyAfter(none, training)).message).toBe('A job is running.')
  })
})

describe("the window's place", () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'refrag-place-'))
  })
  afterEach(() => rm(folder, { recursive: true }))

  test('is kept and read back; a file that is none is no place', async () => {
    const file = join(folder, 'window.json')
    const place = { bounds: { x: -8, y: 0, width: 900, height: 700 }, maximized: true }
    expect(readPlace(file)).toBeNull()
    keepPlace(file, place)
    expect(readPlace(file)).toEqual(place)
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual(place)
    for (const text of [
      '{',
      '7',
      '{"bounds":{"x":0,"y":0,"width":"wide","height":1},"maximized":false}',
      '{"bounds":null,"maximized":true}',
    ]) {
      await writeFile(file, text)
      expect(readPlace(file)).toBeNull()
    }
  })

  test('a window is put back only where it can be taken hold of', () => {
    const displays = [
      { x: 0, y: 0, width: 1920, height: 1080 },
      { x: 1920, y: 200, width: 1280, height: 1024 },
    ]
    const at = (x: number, y: number): boolean => canBeSeen({ x, y, width: 800, height: 600 }, displays)
    expect([at(0, 0), at(-700, 50), at(2000, 300), at(1800, 10)]).toEqual([true, false, true, true])
    expect([at(5000, 0), at(0, -30), at(0, 1060), at(-680, 50)]).toEqual([false, false, false, true])
  })
})
