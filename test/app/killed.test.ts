/** What a person has outlives what dies: the engine in the middle of an answer, then the door and the engine at once. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { askQuestion, keepShot, keysOf, openDemo, seeEngine, seeRun } from '../helpers/journey.ts'
import { noJourney, startJourney, type Journey } from '../helpers/served.ts'

describe.skipIf(noJourney !== null)(noJourney === null ? 'killed' : `(skipped: ${noJourney})`, () => {
  let journey: Journey
  beforeAll(async () => {
    journey = await startJourney()
    await seeEngine(journey.page())
    await openDemo(journey.page())
    await seeRun(journey.page())
    await askQuestion(journey.page(), 'Which alloy melts first?')
  })
  afterAll(() => journey?.close())
  const shot = (name: string) => keepShot(journey.page(), `killed-${name}`)
  const stopped = (page: Page) =>
    page.getByRole('alert').filter({ hasText: 'The engine stopped and is being started again. What' })
  const question = (page: Page) => page.getByRole('textbox', { name: 'Question' })

  test('the engine dies while it answers: what came stays and is called partial, and asking again answers', async () => {
    const page = journey.page()
    await page.getByRole('spinbutton', { name: 'max tokens' }).fill('700')
    await question(page).fill('Which alloy melts last?')
    const died = await killWhileAnswering(page, journey)
    await stopped(page).waitFor()
    await shot('stopped')
    const note = page.getByRole('alert').filter({ hasText: 'The run failed in the middle of its answer.' })
    await note.getByText('The engine stopped before it was done.').waitFor()
    await page.getByText('partial: the run was stopped').waitFor()
    await stopped(page).waitFor({ state: 'detached' })
    await seeEngine(page)
    await shot('again')
    expect(journey.served().enginePid()).not.toBe(died)
    await expect.poll(() => question(page).inputValue()).toBe('Which alloy melts last?')
    await note.getByRole('button', { name: /again|retry/i }).click()
    await seeRun(page)
    await expect.poll(() => note.count()).toBe(0)
    await page.getByRole('button', { name: /^Undo: Change question/ }).waitFor()
    await page.keyboard.press(keysOf('runs'))
    await page.locator('[data-run]').filter({ hasText: 'melts first' }).waitFor()
    await page.locator('[data-run]').filter({ hasText: 'melts last' }).waitFor()
  })

  test('door and engine die at once: after another start runs, index and plan are there', async () => {
    const old = journey.page()
    await old.keyboard.press(keysOf('bench'))
    await old.getByRole('radio', { name: '16', exact: true }).click()
    await question(old).fill('What is still to be asked?')
    await old.keyboard.press(keysOf('runs'))
    await old.locator('[data-run]').first().waitFor()
    const kept = await old.locator('[data-run]').count()
    // The bar says when all of it is kept.
    await old.locator('.session-mark').getByText('autosaved').waitFor()
    const engine = journey.served().enginePid()
    if (engine !== null) process.kill(engine, 'SIGKILL')
    await journey.served().kill()
    await stopped(old).waitFor()
    await old.close()

    const page = await journey.openAgain()
    await seeEngine(page)
    await page.keyboard.press(keysOf('bench'))
    await expect.poll(() => question(page).inputValue()).toBe('What is still to be asked?')
    await expect
      .poll(() => page.getByRole('radio', { name: '16', exact: true }).getAttribute('aria-checked'))
      .toBe('true')
    await page.locator('.top').getByText('Demo', { exact: true }).waitFor()
    await page.keyboard.press(keysOf('runs'))
    await expect.poll(() => page.locator('[data-run]').count()).toBe(kept)
    await shot('reopened')
    await page.keyboard.press(keysOf('bench'))
    await page.keyboard.press('Control+Enter')
    await seeRun(page)
    expect(journey.errors).toEqual([])
  })

  test('an engine whose door is killed does not stay behind', async () => {
    const engine = journey.served().enginePid() ?? 0
    await journey.served().kill()
    await expect.poll(() => isAlive(engine), { timeout: 10_000 }).toBe(false)
    await journey.page().close()
    await journey.openAgain()
  })
})

/** Runs the plan and kills the engine as soon as the first words of its answer are drawn; gives the pid that died. */
async function killWhileAnswering(page: Page, { served }: Journey): Promise<number> {
  const pid = served().enginePid() ?? 0
  const killed = Promise.withResolvers<void>()
  await page.exposeFunction('answerBegins', () => {
    process.kill(pid, 'SIGKILL')
    killed.resolve()
  })
  await page.evaluate(() => {
    const watch = new MutationObserver(() => {
      if (document.querySelector('.answer .caret') === null) return
      watch.disconnect()
      ;(window as unknown as { answerBegins: () => void }).answerBegins()
    })
    watch.observe(document.body, { childList: true, subtree: true })
  })
  await page.keyboard.press('Control+Enter')
  await killed.promise
  return pid
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
