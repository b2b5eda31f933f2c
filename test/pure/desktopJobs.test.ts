/** The engine's jobs as the desktop shows them, and the window's place. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { canBeSeen, keepPlace, readPlace } from '../../src/main/desktop/bounds.ts'
import { barOf, endedSince, inHand, sayClosing, sayEnd } from '../../src/main/desktop/jobs.ts'
import type { JobInfo } from '../../src/shared/jobList.ts'

const progress = { type: 'progress', stage: 'train', unit: 'steps', perSecond: 2, secondsLeft: 30 } as const
const training: JobInfo = {
  id: 'job-1',
  kind: 'training',
  title: 'Training reconstruct',
  began: '2026-11-26T03:00:00Z',
  ended: null,
  state: 'running',
  progress: { ...progress, done: 20, total: 80 },
  fault: null,
  work: 'reconstruct-1',
}
const index: JobInfo = { ...training, id: 'job-2', kind: 'index', title: 'Index letters', progress: null, work: null }
const ended = (job: JobInfo, state: 'done' | 'stopped' | 'failed'): JobInfo => ({
  ...job,
  state,
  ended: '2026-11-26T04:00:00Z',
})

describe('jobs', () => {
  test('in hand is what runs and what is being stopped; an answer is not, and what ended is not', () => {
    const answer: JobInfo = { ...index, id: 'job-3', kind: 'answer' }
    const stopping: JobInfo = { ...index, state: 'stopping' }
    expect(inHand([training, answer, stopping, ended(index, 'done')])).toEqual([training, stopping])
  })

  test('one bar stands for all: none, unknown, the mean of what is known', () => {
    const counted: JobInfo = { ...index, progress: { ...progress, done: 3, total: 4 } }
    expect(barOf([])).toBe(-1)
    expect(barOf([index])).toBe(2)
    expect(barOf([training, index])).toBe(0.25)
    expect(barOf([training, counted])).toBe(0.5)
    expect(barOf([{ ...training, progress: { ...progress, done: 100, total: 80 } }, counted])).toBe(0.875)
  })

  test('an end is told of what was in hand before, and never twice', () => {
    const over = [ended(training, 'done'), ended(index, 'failed')]
    expect(endedSince([training], over)).toEqual([over[0]])
    expect(endedSince([], over)).toEqual([])
  })

  test('an end is told unless a hand made it', () => {
    const fault = { code: 'disk-full', message: 'The disk is full.', remedy: '' }
    expect(sayEnd(ended(training, 'stopped'))).toBeNull()
    expect(sayEnd(ended(training, 'done'))).toEqual({ title: 'Training reconstruct', body: 'Finished.' })
    expect(sayEnd({ ...ended(index, 'failed'), fault })).toEqual({
      title: 'Index letters',
      body: 'Failed: The disk is full.',
    })
  })

  test('the closing question names each job, how far it is, and what closing does to it', () => {
    const claims: JobInfo = { ...index, kind: 'claims', title: 'Claims of the paper' }
    expect(sayClosing([training, index, claims])).toEqual({
      message: '3 jobs are running.',
      detail: [
        'Training reconstruct: 20 of 80 steps. Paused, it goes on later from there.',
        'Index letters: just begun. Stopped, it begins anew.',
        'Claims of the paper: just begun. Paused, it goes on later from there.',
      ].join('\n'),
    })
    expect(sayClosing([training]).message).toBe('A job is running.')
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
