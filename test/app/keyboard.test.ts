/** From the start screen to a comparison without a mouse: at every step the focus stands somewhere, in sight, and shows. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { keepShot, seeEngine, seeRun } from '../helpers/journey.ts'
import { noJourney, startJourney, type Journey } from '../helpers/served.ts'

describe.skipIf(noJourney !== null)(noJourney === null ? 'by keys alone' : `(skipped: ${noJourney})`, () => {
  let journey: Journey
  beforeAll(async () => {
    journey = await startJourney()
    await seeEngine(journey.page())
  })
  afterAll(() => journey?.close())
  const press = (keys: string) => journey.page().keyboard.press(keys)
  const shot = (name: string) => keepShot(journey.page(), `keyboard-${name}`)

  test('Tab leads to the demo, and Enter opens it with the focus on the bench', async () => {
    const page = journey.page()
    await tabTo(page, /^Try the built-in demo/)
    await shot('demo')
    await press('Enter')
    await page.getByRole('textbox', { name: 'Question' }).waitFor()
    await seeRun(page)
    expect((await focus(page)).fault).toBeNull()
    await shot('bench')
  })

  test('a question is typed and asked', async () => {
    const page = journey.page()
    await tabTo(page, /^Question$/)
    await press('Control+a')
    await page.keyboard.type('Which alloy melts first?')
    await press('Control+Enter')
    await seeRun(page)
    expect((await focus(page)).name).toBe('Question')
  })

  test('a chunk is reached, flipped, and the flip undone; the focus stays on it', async () => {
    const page = journey.page()
    await tabTo(page, /^Chunk 0,/)
    await press('ArrowRight')
    await press('ArrowRight')
    await press('Space')
    await page.getByRole('button', { name: /^Chunk 2, \w+ by hand/ }).waitFor()
    await seeRun(page)
    await shot('flipped')
    expect((await focus(page)).name).toMatch(/^Chunk 2, \w+ by hand/)
    await press('Control+z')
    await seeRun(page)
    expect((await focus(page)).name).toMatch(/^Chunk 2, \w+ by policy/)
  })

  test('every stop of the bench shows its focus in sight', async () => {
    const page = journey.page()
    // From its first field: Tab was let go in the strip.
    await page.getByRole('textbox', { name: 'Question' }).focus()
    expect(await walk(page, 160)).toBeGreaterThan(20)
  })

  test('the plan is cloned, its clone changed and run', async () => {
    const page = journey.page()
    await press('Control+d')
    await page.getByRole('combobox', { name: 'k of B' }).waitFor()
    await tabTo(page, /^k of B$/)
    await press('ArrowDown')
    await press('Control+Enter')
    await page.getByRole('article', { name: 'Answer of B' }).waitFor()
    expect(await walk(page, 160)).toBeGreaterThan(20)
    await shot('compared')
    expect(journey.errors).toEqual([])
  })
})

type Focus = {
  /** What it is called; null where the focus stands nowhere. */
  readonly name: string | null
  /** What is amiss with it; null where it shows and lies in sight. */
  readonly fault: string | null
}

/** What has the focus, and whether a person can see that it does. */
function focus(page: Page): Promise<Focus> {
  return page.evaluate(() => {
    const node = document.activeElement
    if (node === null || node === document.body) return { name: null, fault: 'the focus is nowhere' }
    const labels = node instanceof HTMLInputElement || node instanceof HTMLSelectElement ? [...(node.labels ?? [])] : []
    const name = (
      node.getAttribute('aria-label') ??
      (labels.map((each) => each.textContent).join(' ') || node.textContent)
    ).trim()
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(node)
    const shows = (outlineStyle !== 'none' && Number.parseFloat(outlineWidth) > 0) || boxShadow !== 'none'
    const { left, right, top, bottom } = node.getBoundingClientRect()
    const inside = right > 0 && bottom > 0 && left < innerWidth && top < innerHeight
    // A tall pane is in sight when any of it is.
    const at = document.elementFromPoint((left + right) / 2, Math.min(Math.max(top, 0) + 4, bottom - 1))
    const covered = at === null || !(node.contains(at) || at.contains(node) || labels.some((each) => each.contains(at)))
    const what = `${node.tagName.toLowerCase()} “${name.slice(0, 40)}”`
    if (!shows) return { name, fault: `${what} does not show its focus` }
    return { name, fault: inside && !covered ? null : `${what} has the focus out of sight` }
  })
}

/** Goes by Tab to what is called so; every stop on the way shows its focus. */
async function tabTo(page: Page, name: RegExp): Promise<void> {
  const passed: string[] = []
  for (let step = 0; step < 90; step++) {
    await page.keyboard.press('Tab')
    const at = await focus(page)
    if (at.name === null) continue
    expect(at.fault).toBeNull()
    if (name.test(at.name)) return
    passed.push(at.name.slice(0, 30))
  }
  throw new Error(`Tab never led to ${name}: ${passed.join(' · ')}`)
}

/** Walks by Tab until the page has been left, or `most` stops were made; gives how many it made. */
async function walk(page: Page, most: number): Promise<number> {
  const faults: string[] = []
  let stops = 0
  for (; stops < most; stops++) {
    await page.keyboard.press('Tab')
    const { name, fault } = await focus(page)
    if (name === null) break
    if (fault !== null) faults.push(fault)
  }
  expect(faults).toEqual([])
  return stops
}
