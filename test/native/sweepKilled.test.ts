/** A sweep killed as a power cut would, three times at random moments: it ends with the table of an unbroken one. */
import { spawn } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { random } from '../../src/shared/random.ts'
import { SweepCell } from '../../src/shared/sweep.ts'
import { sweepScene, type SweepScene } from '../helpers/sweepScene.ts'

let scene: SweepScene
beforeAll(async () => {
  scene = await sweepScene()
})
afterAll(() => scene.close())

/** Runs the command; with `at` it is killed, without a word, `later` milliseconds after it told of so many cells. */
function command(out: string, at: number | null, later = 0): Promise<NodeJS.Signals | number | null> {
  const flags = {
    home: scene.home,
    bundle: scene.models,
    index: scene.index,
    questions: scene.questions,
    out,
    k: '4,8,16',
    p: '0,0.25,0.5,0.75,1',
    policy: 'learned,random,similarity',
    passages: '2,3',
    limit: '2',
    warmups: '0',
  }
  const words = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, value])
  const child = spawn(process.execPath, ['src/main/cli.ts', 'sweep', 'run', ...words], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let told = 0
  child.stderr.on('data', (text: Buffer) => {
    told += [...String(text).matchAll(/: TTFT /g)].length
    if (at !== null && told >= at) setTimeout(() => child.kill('SIGKILL'), later)
  })
  return new Promise((resolve) => void child.on('exit', (code, signal) => resolve(signal ?? code)))
}

/** The files of the cells that have ended, whole, by name. */
async function cellsIn(out: string): Promise<Map<string, string>> {
  const folder = join(out, 'cells')
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json'))
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')))
  return new Map(names.map((name, at) => [name, texts[at] as string]))
}

/** All of a cell that is no time. */
function said(text: string): unknown {
  const { seconds: _seconds, timing, cases, ...cell } = SweepCell.parse(JSON.parse(text))
  const answers = cases.map(({ ttftMs: _ttft, ttitMs: _ttit, ...rest }) => rest)
  return { ...cell, cases: answers, asks: timing?.n, positions: timing?.positions }
}

test('killed three times at random moments, no finished cell is measured again and every other says the very same', async () => {
  const [unbroken, killed] = [join(scene.home, 'unbroken'), join(scene.home, 'killed')]
  expect(await command(unbroken, null)).toBe(0)
  const whole = await cellsIn(unbroken)
  // Full context and the compressed grid for two numbers of passages.
  expect(whole.size).toBe(62)
  const draws = random(11)
  let before = new Map<string, string>()
  for (let kill = 0; kill < 3; kill++) {
    // Anywhere in what is left, and anywhere within a cell: while it asks, tells or saves.
    const ended = await command(killed, draws.int(1, Math.floor((62 - before.size) / 2)), draws.int(0, 40))
    expect(ended).toBe('SIGKILL')
    const found = await cellsIn(killed)
    expect(found.size).toBeGreaterThan(before.size)
    expect(found.size).toBeLessThan(62)
    expect(new Map([...found].filter(([name]) => before.has(name)))).toEqual(before)
    before = found
  }
  expect(await command(killed, null)).toBe(0)
  const found = await cellsIn(killed)
  // To the byte, times and all: what was finished was left alone.
  for (const [name, text] of before) expect(found.get(name)).toBe(text)
  const saidOf = (cells: Map<string, string>) =>
    new Map([...cells].toSorted(([a], [b]) => a.localeCompare(b)).map(([name, text]) => [name, said(text)]))
  expect(saidOf(found)).toEqual(saidOf(whole))
  expect((await readdir(join(killed, 'cells'))).filter((name) => !name.endsWith('.json'))).toEqual([])
}, 240_000)
