/** From the first start to an answer, and what a person does with it: toggle, undo, compare, what-if on all chunks, the best set. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { askQuestion, chunk, expansions, keepShot, seeEngine, seeRun } from '../helpers/journey.ts'
import { noJourney, startJourney, type Journey } from '../helpers/served.ts'

describe.skipIf(noJourney !== null)(noJourney === null ? 'the first run' : `(skipped: ${noJourney})`, () => {
  let journey: Journey
  beforeAll(async () => {
    journey = await startJourney()
  })
  afterAll(() => journey?.close())
  const shot = (name: string) => keepShot(journey.page(), `first-run-${name}`)

  test('one press leads from the start screen to an answer of the demo', async () => {
    const page = journey.page()
    await seeEngine(page)
    await page.getByText('No index yet.').waitFor()
    await shot('start')
    await page.getByRole('button', { name: 'Try the built-in demo' }).click()
    await page.getByRole('textbox', { name: 'Question' }).waitFor()
    await seeRun(page)
    await expect.poll(() => page.getByRole('textbox', { name: 'Question' }).inputValue()).not.toBe('')
    await expect
      .poll(() => page.getByRole('toolbar', { name: 'Tokens of the answer' }).getByRole('button').count())
      .toBeGreaterThan(0)
    await shot('answer')
  })

  test('a chunk is flipped and the flip is undone', async () => {
    const page = journey.page()
    const before = await expansions(page)
    const at = before.indexOf(false)
    await chunk(page, at).click()
    await seeRun(page)
    await expect
      .poll(async () => (await expansions(page)).filter((expanded, index) => expanded !== before[index]))
      .toEqual([true])
    await shot('flipped')
    await page.getByRole('button', { name: `Undo: Flip chunk ${at}` }).click()
    await seeRun(page)
    await expect.poll(() => expansions(page)).toEqual(before)
  })

  test('what-if is asked of all chunks, and the best set goes into the plan', async () => {
    const page = journey.page()
    const pane = page.getByRole('region', { name: 'What if' })
    await askQuestion(page, 'Which alloy melts first?')
    await chunk(page, 0).focus()
    await page.keyboard.press('Shift+W')
    const count = await page.locator('[data-chunk]').count()
    await pane.getByText(new RegExp(`^${count} of ${count} chunks flipped`)).waitFor()
    await shot('what-if')
    await pane.getByRole('radio', { name: 'Best set', exact: true }).click()
    await pane.getByRole('spinbutton', { name: 'flips, at most' }).fill('2')
    await pane.getByRole('button', { name: 'Search' }).click()
    await pane.getByText(/^(As many flips as asked for|No other flip lowers)/).waitFor()
    const flips = await pane.getByRole('table').locator('tbody tr').count()
    await pane.getByRole('button', { name: /into the plan$/ }).click()
    await seeRun(page)
    await expect.poll(() => page.getByRole('button', { name: /^Chunk \d+, \w+ by hand/ }).count()).toBe(flips)
    await shot('best-set')
  })

  test('the plan and another k stand side by side', async () => {
    const page = journey.page()
    await page.getByRole('button', { name: /^Compare Ctrl/ }).click()
    await page.getByRole('combobox', { name: 'k of B' }).selectOption('16')
    await page.keyboard.press('Control+Enter')
    await page.getByRole('article', { name: 'Answer of B' }).waitFor()
    await page.getByRole('table', { name: 'Figures of the runs' }).waitFor()
    await shot('compared')
    expect(journey.errors).toEqual([])
  })
})
