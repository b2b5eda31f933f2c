/** Steps that journeys share, in the words a person would use. */
import axe from 'axe-core'
import { join } from 'node:path'
import type { Locator, Page } from 'playwright-core'
import { expect } from 'vitest'
import { rowOf, type CommandId } from '../../src/shared/commandTable.ts'

const seconds = 1000

/** The first keys of a command, as a page is sent them. */
export function keysOf(id: CommandId): string {
  return (rowOf(id).keys?.[0] ?? '').replace('Ctrl', 'Control')
}

/** The engine has answered: the top bar says what it runs on, on any screen. */
export async function seeEngine(page: Page): Promise<void> {
  await page
    .locator('.top')
    .getByText(/^engine .+, \d+ threads?/)
    .waitFor({ timeout: 60 * seconds })
}

/** Keeps a picture of the page in the folder that REFRAG_SHOTS names, for people to look at; nowhere by default. */
export async function keepShot(page: Page, name: string): Promise<void> {
  const folder = process.env['REFRAG_SHOTS']
  if (folder !== undefined) await page.screenshot({ path: join(folder, `${name}.png`) })
}

/** Opens the built-in demo; the bench shows when its index stands. */
export async function openDemo(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Try the built-in demo' }).click()
  await page.getByRole('textbox', { name: 'Question' }).waitFor({ timeout: 120 * seconds })
}

/** Every rule of axe that bears on WCAG 2.2 A and AA, on what the page shows now. */
export async function expectAccessible(page: Page): Promise<void> {
  await page.evaluate(axe.source)
  const violations = await page.evaluate(async () => {
    const { axe: inPage } = window as unknown as { axe: typeof axe }
    const found = await inPage.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] })
    return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`)
  })
  expect(violations).toEqual([])
}

/** Waits until the shown run is whole and made with the settings that stand. */
export async function seeRun(page: Page): Promise<void> {
  await page.getByText(/^Run of .* The settings are those of the run\.$/).waitFor({ timeout: 20 * seconds })
}

/** Types a question and runs the plan. */
export async function askQuestion(page: Page, question: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Question' }).fill(question)
  await page.keyboard.press('Control+Enter')
  await seeRun(page)
}

/** The chunk at `index` of the strip. */
export function chunk(page: Page, index: number): Locator {
  return page.getByRole('button', { name: new RegExp(`^Chunk ${index}, `) })
}

/** How each chunk stands: true where it is expanded. */
export function expansions(page: Page): Promise<boolean[]> {
  return page
    .locator('[data-chunk]')
    .evaluateAll((tiles) => tiles.map((tile) => tile.getAttribute('aria-pressed') === 'true'))
}

/** The words of the chunk that the inspector tells of, without those around it and with white space as it is. */
export async function chunkWords(page: Page): Promise<string> {
  const parts = await page.locator('.inspector .text > :not(.text-around)').allTextContents()
  return parts.join('').replaceAll('␣', ' ').replaceAll('↵', '\n').replaceAll('⇥', '\t').trim()
}
