/** The bundle that a workbench loads: listed with the others, chosen, kept over a restart, and not heeded by a door of another bundle. */
import { mkdtemp, rm, truncate } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { chooseBundle, listBundles } from '../../src/main/engine/serve/bundles.ts'
import { openLoader } from '../../src/main/engine/serve/loaded.ts'
import { openBundle } from '../../src/main/engine/store/bundle.ts'
import { readChoice } from '../../src/main/engine/store/choice.ts'
import { writeTinyBundle } from '../helpers/tinyBundle.ts'
import { onCpu } from '../helpers/onCpu.ts'

let home: string
let own: string
let made: string

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'refrag-bundles-'))
  own = join(home, 'models')
  made = join(home, 'bundles', 'made')
  await writeTinyBundle(own)
  await writeTinyBundle(made)
})
afterEach(() => rm(home, { recursive: true, force: true }))

test('lists the door’s own first, then those made here, with what their weights hold', async () => {
  const list = await listBundles(home, own)
  expect(list.map(({ folder, own: first, chosen }) => [folder, first, chosen])).toEqual([
    [own, true, true],
    [made, false, false],
  ])
  const { hash, parameters } = await openBundle(made)
  expect(list[1]).toMatchObject({ hash, parameters })
})

test('the chosen one is found at the next start, by the door that it was chosen in alone', async () => {
  await chooseBundle(home, own, made)
  expect(await readChoice(home, own)).toBe(made)
  expect(await readChoice(home, join(home, 'elsewhere'))).toBeNull()
  expect((await listBundles(home, own)).map(({ chosen }) => chosen)).toEqual([false, true])
  await chooseBundle(home, own, null)
  expect(await readChoice(home, own)).toBeNull()
})

test('one that is cut off says so in the list, and cannot be chosen', async () => {
  await truncate(join(made, 'weights.safetensors'), 100)
  const [, cut] = await listBundles(home, own)
  expect(cut?.damaged).toMatch(/has 100 bytes/)
  await expect(chooseBundle(home, own, made)).rejects.toMatchObject({ code: 'bundle-damaged' })
  expect(await readChoice(home, own)).toBeNull()
})

test('one that cannot be loaded any more gives way to the door’s own, and the log says why', async () => {
  await truncate(join(made, 'weights.safetensors'), 100)
  const lines: string[] = []
  const devices = { ...onCpu, fallBack: onCpu.running }
  const loader = openLoader(own, { home, devices, log: (line) => lines.push(line) }, made)
  try {
    expect((await loader.get()).bundle.folder).toBe(own)
    expect(lines).toEqual([expect.stringMatching(/^The bundle that was chosen is not loaded: /)])
  } finally {
    await loader.close()
  }
})
