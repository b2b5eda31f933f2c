/** Every screen and dialog, with something on it, in every look: what axe finds, what has no room, what no longer shows. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { doors, type OpenDoor } from '../helpers/doors.ts'
import { keepShot, seeEngine } from '../helpers/journey.ts'
import { alike, bringAxe, cutOff, moving, violations } from '../helpers/looks.ts'
import { fillScreens, scenes } from '../helpers/scenes.ts'
import { writeTinyBundle } from '../helpers/tinyBundle.ts'

type Look = {
  readonly media: Parameters<Page['emulateMedia']>[0]
  readonly size: { readonly width: number; readonly height: number }
  readonly also?: (page: Page) => Promise<string[]>
}

const usual = { width: 1360, height: 880 }
const plain = { colorScheme: 'light', forcedColors: 'none', reducedMotion: 'no-preference' } as const

/** A window at 200 % has half as many CSS pixels each way. */
const looks: Readonly<Record<string, Look>> = {
  light: { media: plain, size: usual, also: cutOff },
  dark: { media: { ...plain, colorScheme: 'dark' }, size: usual },
  'zoomed to 200 %': { media: plain, size: { width: 680, height: 440 }, also: cutOff },
  'forced colours': { media: { ...plain, forcedColors: 'active' }, size: usual, also: alike },
  'reduced motion': { media: { ...plain, reducedMotion: 'reduce' }, size: usual, also: moving },
}

const { skip, open } = doors[0]!
describe.skipIf(skip !== null)(skip === null ? 'every screen and dialog' : `(skipped: ${skip})`, () => {
  let models: string
  let door: OpenDoor
  beforeAll(async () => {
    models = await mkdtemp(join(tmpdir(), 'refrag-models-'))
    await writeTinyBundle(models)
    door = await open(models)
    await seeEngine(door.page)
    door.page.setDefaultTimeout(10_000)
    await fillScreens(door)
    await bringAxe(door.page)
  })
  afterAll(async () => {
    await door?.close()
    await rm(models, { recursive: true })
  })

  test.each(Object.entries(looks))('%s: nothing is amiss', async (name, { media, size, also }) => {
    const { page } = door
    await page.emulateMedia(media)
    await page.setViewportSize(size)
    const problems: string[] = []
    for (const { name: scene, show, within, leave } of scenes) {
      await show(door)
      const found = [...(await violations(page, within ?? null)), ...((await also?.(page)) ?? [])]
      problems.push(...found.map((each) => `${scene}: ${each}`))
      await keepShot(page, `${name.replaceAll(/\W+/g, '-')}-${scene}`)
      await leave?.(page)
    }
    expect(problems).toEqual([])
  })
})
