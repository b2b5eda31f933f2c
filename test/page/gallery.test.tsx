/** The page of parts: no part is left out, each is shown in states that draw something, and it is found by its name. */
import { cleanup, render, screen, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { Gallery } from '../../src/renderer/gallery/Gallery.tsx'
import { samples } from '../../src/renderer/gallery/samples.ts'

const folder = join(import.meta.dirname, '../../src/renderer/parts')
/** What is drawn by styles alone, or stands with a screen. */
const others = ['button', 'table', 'notes', 'ChunkCell']

afterEach(cleanup)

describe('the page of parts', () => {
  test('holds every file of parts/, and nothing that is none', () => {
    const files = readdirSync(folder)
      .filter((name) => !name.endsWith('.d.ts'))
      .map((name) => name.replace(/\.tsx?$/, ''))
    expect(Object.keys(samples).toSorted()).toEqual([...files, ...others].toSorted())
  })

  test('shows a pane in each of its five states', () => {
    const states = samples['Pane']?.map(({ state }) => state).slice(0, 5)
    expect(states).toEqual(['empty', 'loading', 'progress', 'error', 'stale'])
  })

  test('draws something in every state, and calls no two alike', () => {
    render(<Gallery />)
    for (const [name, states] of Object.entries(samples)) {
      const section = screen.getByRole('region', { name })
      const figures = within(section)
        .getAllByRole('figure')
        .filter((figure) => figure.ariaLabel?.startsWith(`${name}, `))
      expect([name, figures.map((figure) => figure.ariaLabel)]).toEqual([
        name,
        [...new Set(states.map(({ state }) => `${name}, ${state}`))],
      ])
      for (const figure of figures) expect([name, figure.childElementCount]).toEqual([name, 2])
    }
  })

  test('wears each look, and finds a part by its name', async () => {
    render(<Gallery />)
    const { dataset, classList } = document.documentElement
    await userEvent.click(screen.getByRole('radio', { name: 'High contrast, dark' }))
    expect([dataset['theme'], classList.contains('contrast')]).toEqual(['dark', true])
    await userEvent.click(screen.getByRole('radio', { name: 'Light' }))
    expect([dataset['theme'], classList.contains('contrast')]).toEqual(['light', false])
    await userEvent.type(screen.getByRole('searchbox', { name: 'Find a part' }), 'heat')
    expect(screen.getAllByRole('heading', { level: 2 }).map(({ textContent }) => textContent)).toEqual(['HeatMap'])
  })
})
