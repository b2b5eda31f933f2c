/** Every screen and dialog of the page with something on it: made once, then shown one after the other by keys. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import type { OpenDoor } from './doors.ts'
import { askQuestion, chunk, keysOf, openDemo, seeRun } from './journey.ts'

export type Scene = {
  readonly name: string
  readonly show: (door: OpenDoor) => Promise<unknown>
  /** The part that the scenes before did not show; the whole page where it is left out. */
  readonly within?: string
  /** What must be closed before the next scene. */
  readonly leave?: (page: Page) => Promise<unknown>
}

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })
async function escape(page: Page): Promise<void> {
  await page.keyboard.press('Escape')
  await page.locator('dialog').waitFor({ state: 'detached' })
}
const screen = (id: Parameters<typeof keysOf>[0]) => (door: OpenDoor) => door.page.keyboard.press(keysOf(id))

/** Fills every screen: an index, runs with what-if, a comparison, a sweep and a training. */
export async function fillScreens({ page, folder }: OpenDoor): Promise<void> {
  const path = (name: string) => join(folder, name)
  await writeFile(path('light.md'), '# Lighthouse\n\nIts lamp was lit in 1871.\n\nThe keeper kept bees.\n')
  await writeFile(path('copy.md'), '# Lighthouse\n\nIts lamp was lit in 1871.\n\nThe keeper kept bees.\n')
  await writeFile(path('rows.csv'), 'name,body\nMill,The mill grinds rye.\nForge,The forge makes nails.\n')
  await writeFile(path('broken.pdf'), 'no pdf at all')
  await openDemo(page)
  await askQuestion(page, 'Which alloy melts first?')
  await chunk(page, 1).focus()
  await page.keyboard.press('Space')
  await seeRun(page)
  await page.keyboard.press('Shift+W')
  const pane = page.getByRole('region', { name: 'What if' })
  await pane.getByText(/^(\d+) of \1 chunks flipped/).waitFor()
  await page.getByRole('button', { name: /^Run full context/ }).click()
  await page.keyboard.press('Control+d')
  await page.getByRole('combobox', { name: 'k of B' }).selectOption('16')
  await page.keyboard.press('Control+Enter')
  await page.getByRole('article', { name: 'Answer of B' }).waitFor()
  await page.keyboard.press(keysOf('sweep'))
  await button(page, 'Use the demo').last().click()
  await page.getByText('questions of the demo').waitFor()
  for (const [label, value] of [
    ['p, fraction expanded', '0, 0.5'],
    ['Passages read', '2'],
    ['Cases', '2'],
    ['Asks of a case', '1'],
  ] as const) {
    const field = page.getByLabel(label, { exact: true })
    if ((await field.count()) > 0) await field.fill(value)
  }
  await page.keyboard.press('Control+Enter')
  await page
    .getByText(/^(\d+) of \1 cells measured$/)
    .first()
    .waitFor({ timeout: 60_000 })
  await page.keyboard.press(keysOf('train'))
  for (const [label, value] of [
    ['Steps', '12'],
    ['Sequences a step', '2'],
    ['Longest context, tokens', '32'],
    ['Predicted tokens', '8'],
  ] as const)
    await page.getByLabel(label, { exact: true }).fill(value)
  await page.keyboard.press('Control+Enter')
  await page.getByText('Finished', { exact: true }).waitFor({ timeout: 60_000 })
}

const stages = ['Retrieve', 'Compress', 'Sense', 'Expand', 'Decode', 'Measure'] as const

export const scenes: readonly Scene[] = [
  { name: 'start', show: screen('start') },
  {
    name: 'review',
    show: async ({ page, folder }) => {
      const names = ['light.md', 'copy.md', 'rows.csv', 'broken.pdf']
      await page.keyboard.press(keysOf('start'))
      await page.locator('#open-files').setInputFiles(names.map((name) => join(folder, name)))
      await button(page, 'Columns of rows.csv').click()
      await button(page, 'Index 2 files').and(page.locator(':enabled')).waitFor()
    },
    leave: (page) => button(page, 'Cancel').click(),
  },
  {
    name: 'corpus',
    show: async ({ page }) => {
      await page.keyboard.press(keysOf('corpus'))
      await page.locator('.document-list button').first().click()
      await page.getByRole('region', { name: 'Text of the document' }).waitFor()
      await page.getByRole('searchbox', { name: 'Query' }).fill('alloy')
      await page.keyboard.press('Enter')
      await page.locator('.test-results li').first().waitFor()
    },
  },
  ...stages.map((stage, at) => ({
    name: `bench-${stage.toLowerCase()}`,
    ...(at === 0 ? {} : { within: '.two' }),
    show: async ({ page }: OpenDoor) => {
      await page.keyboard.press(keysOf('bench'))
      await page.getByRole('group', { name: 'Stages' }).getByRole('button', { name: stage }).click()
      await chunk(page, 2).focus()
    },
  })),
  {
    name: 'jobs',
    within: '.tray',
    show: async ({ page }) => {
      await page.keyboard.press(keysOf('jobs'))
      await page.getByRole('region', { name: 'Jobs' }).getByRole('listitem').first().waitFor()
    },
    leave: (page) => page.keyboard.press(keysOf('jobs')),
  },
  {
    name: 'compare',
    show: async ({ page }) => {
      await page.keyboard.press(keysOf('compare'))
      await page.getByRole('article', { name: 'Answer of B' }).waitFor()
    },
  },
  {
    name: 'sweep',
    show: async ({ page }) => {
      await page.keyboard.press(keysOf('sweep'))
      await page.getByRole('grid').first().waitFor()
    },
  },
  {
    name: 'train',
    show: async ({ page }) => {
      await page.keyboard.press(keysOf('train'))
      await page.getByText('Finished', { exact: true }).waitFor()
    },
  },
  {
    name: 'runs',
    show: async ({ page }) => {
      await page.keyboard.press(keysOf('runs'))
      await page.locator('[data-run]').first().waitFor()
    },
  },
  {
    name: 'run-details',
    within: '.run-details',
    show: async ({ page }) => {
      await page.locator('[data-run]').first().getByText('alloy').click()
      await page.getByRole('complementary', { name: 'Run' }).getByText('positions').first().waitFor()
    },
    leave: (page) => button(page, 'Close').click(),
  },
  {
    name: 'report',
    show: async ({ page }) => {
      await page.getByRole('checkbox', { name: 'Choose all shown' }).check()
      await page.getByRole('button', { name: 'Report', exact: true }).click()
      await page.frameLocator('iframe[title="Report"]').locator('h1').waitFor()
    },
    leave: (page) => button(page, 'Back to the runs').click(),
  },
  {
    name: 'models',
    show: async ({ page }) => {
      await page.keyboard.press(keysOf('models'))
      await page.getByRole('table', { name: 'Bundles' }).waitFor()
      await page.getByRole('button', { name: 'Change', exact: true }).waitFor()
    },
  },
  {
    name: 'settings',
    show: async ({ page }) => {
      await page.keyboard.press(keysOf('settings'))
      await page.getByRole('table', { name: 'What is kept on disk' }).waitFor()
    },
  },
  {
    name: 'log',
    show: async ({ page }) => {
      await button(page, 'Log').click()
      await page.getByRole('log').getByRole('listitem').first().waitFor()
    },
  },
  {
    name: 'diagnostics',
    within: 'dialog',
    show: async ({ page }) => {
      await page.getByRole('button', { name: /diagnostics/i }).click()
      await page.getByRole('dialog', { name: 'Diagnostics file' }).getByText('versions').first().waitFor()
    },
    leave: escape,
  },
  {
    name: 'palette',
    within: 'dialog',
    show: async ({ page }) => {
      await page.keyboard.press(keysOf('palette'))
      await page.getByRole('dialog').getByRole('option').first().waitFor()
    },
    leave: escape,
  },
  {
    name: 'shortcuts',
    within: 'dialog',
    show: async ({ page }) => {
      await page.keyboard.press('Control+/')
      await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor()
    },
    leave: escape,
  },
]
