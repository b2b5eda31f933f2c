/** The runs screen: what is drawn of many runs, order and groups, columns that say nothing, its states. */
import { cleanup, fireEvent, render, screen, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { cleanTag, Tags } from '../../src/renderer/parts/Tags.tsx'
import { engine } from '../../src/renderer/state/engine.ts'
import { ask, openRun } from '../../src/renderer/state/ask.ts'
import { plan } from '../../src/renderer/state/plan.ts'
import { runs, tagsOf } from '../../src/renderer/state/runs.ts'
import { filterByTag, runsView } from '../../src/renderer/state/runsView.ts'
import { figureRows, sameCase, settingRows } from '../../src/renderer/views/runs/beside.ts'
import { constantColumns, groupFigures, linesOf, sortRuns } from '../../src/renderer/views/runs/columns.ts'
import { Runs } from '../../src/renderer/views/runs/Runs.tsx'
import { parseFilter } from '../../src/shared/runFilter.ts'
import { run } from './sample.ts'
import { summaryOf } from './runSummary.ts'

const initial = { runs: runs.getState(), view: runsView.getState(), engine: engine.getState() }
beforeEach(() => {
  runs.setState(initial.runs, true)
  runsView.setState(initial.view, true)
  engine.setState(initial.engine, true)
})
afterEach(cleanup)

const some = [
  summaryOf({ id: 'a', k: 16, ttftMs: 40, logPerplexity: 2 }),
  summaryOf({ id: 'b', k: 8, ttftMs: 60, logPerplexity: null, exactMatch: false }),
  summaryOf({ id: 'c', k: 16, ttftMs: 20, logPerplexity: 1 }),
]
const idsOf = (list: readonly { readonly id: string }[]): string => list.map(({ id }) => id).join('')

describe('the table as data', () => {
  test('sorts by a figure, and puts runs without it last either way', () => {
    expect(idsOf(sortRuns(some, { column: 'ppl', down: false }))).toBe('cab')
    expect(idsOf(sortRuns(some, { column: 'ppl', down: true }))).toBe('acb')
    expect(idsOf(sortRuns(some, { column: 'k', down: false }))).toBe('bac')
  })

  test('groups stand in the order of their value with their medians', () => {
    const lines = linesOf(some, 'k')
    expect(lines.map((line) => (line.type === 'run' ? `${line.run.id}${line.at}` : line.key))).toEqual([
      'k 8',
      'b0',
      'k 16',
      'a1',
      'c2',
    ])
    expect(groupFigures(some)).toBe('median TTFT 40.0 ms · median log-ppl 1.500 (n 2) · exact 2 of 3')
  })

  test('columns that say the same in all runs are told, words and single runs apart', () => {
    expect(constantColumns(some, ['question', 'k', 'p', 'policy', 'ttft'])).toEqual(['p', 'policy'])
    expect(constantColumns(some.slice(0, 1), ['p'])).toEqual([])
  })

  test('side by side: settings that differ, figures with their difference from the first', () => {
    expect(settingRows(some.slice(0, 2)).map(({ label, values }) => [label, ...values])).toEqual([['k', '16', '8']])
    const rows = figureRows(some.slice(0, 2))
    expect(rows.find(({ label }) => label === 'TTFT ↓')?.differences).toEqual([null, '+20 (+50 %)'])
    expect(rows.find(({ label }) => label === 'log-ppl ↓')?.differences).toEqual([null, null])
    expect(sameCase(some)).toBe(true)
    expect(sameCase([...some, summaryOf({ question: 'another' })])).toBe(false)
  })
})

describe('the screen', () => {
  test('draws a window of ten thousand runs, and keys walk through them all', async () => {
    runs.setState({
      list: Array.from({ length: 10_000 }, (_, at) =>
        summaryOf({ id: `r${at}`, ttftMs: at, time: new Date(1e12 - at).toISOString() }),
      ),
    })
    const { container } = render(<Runs />)
    expect(screen.getByRole('grid').getAttribute('aria-rowcount')).toBe('10001')
    expect(container.querySelectorAll('[data-run]').length).toBeLessThan(60)
    const grid = screen.getByRole('grid')
    fireEvent.keyDown(grid, { key: 'End' })
    expect(grid.getAttribute('aria-activedescendant')).toBe('run-r9999')
    fireEvent.keyDown(grid, { key: 'Home' })
    fireEvent.keyDown(grid, { key: 'ArrowDown' })
    fireEvent.keyDown(grid, { key: ' ' })
    expect([...runs.getState().chosen]).toEqual(['r1'])
  })

  test('a filter that cannot be read says so and hides nothing; one that fits nothing can be cleared', async () => {
    runs.setState({ list: some })
    const { container } = render(<Runs />)
    const field = screen.getByRole('textbox', { name: 'Filter' })
    await userEvent.type(field, 'colour:red')
    expect(screen.getByRole('alert').textContent).toContain('There is no field "colour"')
    expect(field.getAttribute('aria-invalid')).toBe('true')
    expect(container.querySelectorAll('[data-run]')).toHaveLength(3)
    await userEvent.clear(field)
    await userEvent.type(field, 'k:64')
    await userEvent.click(screen.getByRole('button', { name: 'Clear the filter' }))
    expect(container.querySelectorAll('[data-run]')).toHaveLength(3)
  })

  test('waits, is empty, fails with a way to retry, and is stale while the engine is gone', () => {
    render(<Runs />)
    expect(screen.getByText('Reading the kept runs')).toBeDefined()
    cleanup()
    runs.setState({ list: [] })
    render(<Runs />)
    expect(screen.getByRole('button', { name: 'Go to the bench' })).toBeDefined()
    cleanup()
    runs.setState({ listFault: { code: 'engine-gone', message: 'The engine cannot be reached.', remedy: 'Wait.' } })
    render(<Runs />)
    expect(within(screen.getByRole('alert')).getByRole('button', { name: 'Retry' })).toBeDefined()
    cleanup()
    runs.setState({ list: some, listFault: null })
    engine.setState({ status: { state: 'gone', restarts: 0 } })
    render(<Runs />)
    expect(screen.getByRole('region', { name: 'Runs' }).dataset['stale']).toBe('true')
  })
})

describe('tags', () => {
  test('in use are told the most used first', () => {
    const list = [['b'], ['a', 'b'], ['c']].map((tags, at) => summaryOf({ id: `r${at}`, tags }))
    expect(tagsOf(list)).toEqual([
      ['b', 2],
      ['a', 1],
      ['c', 1],
    ])
  })

  test('are kept without the signs that part and quote them', () => {
    expect([' to  read ', 'a,b', '"x"', ',', 'y'.repeat(50)].map(cleanTag)).toEqual([
      'to read',
      'a b',
      'x',
      '',
      'y'.repeat(40),
    ])
  })

  test('are written beside those that stand, each once, and taken off by key and button', async () => {
    const onAdd = vi.fn<(tag: string) => void>()
    const onRemove = vi.fn<(tag: string) => void>()
    const onPick = vi.fn<(tag: string) => void>()
    render(
      <Tags
        label="the run"
        tags={[{ name: 'a' }, { name: 'b', note: '1 of 2' }]}
        known={['a', 'z']}
        most={3}
        onAdd={onAdd}
        onRemove={onRemove}
        onPick={onPick}
      />,
    )
    const field = screen.getByRole('combobox', { name: 'Add a tag to the run' })
    await userEvent.type(field, 'a{Enter} c d,e')
    expect(onAdd.mock.calls).toEqual([['c d']])
    await userEvent.tab()
    expect(onAdd.mock.calls).toEqual([['c d'], ['e']])
    await userEvent.type(field, '{Backspace}')
    await userEvent.click(screen.getByRole('button', { name: 'Remove tag a' }))
    expect(onRemove.mock.calls).toEqual([['b'], ['a']])
    await userEvent.click(screen.getByRole('button', { name: 'b 1 of 2' }))
    expect(onPick.mock.calls).toEqual([['b']])
    expect([...document.querySelectorAll('option')].map(({ value }) => value)).toEqual(['z'])
  })

  test('filter by what is picked, among what is filtered already', () => {
    runsView.setState({ filter: 'k:16' })
    filterByTag('to read')
    filterByTag('base')
    filterByTag('base')
    expect(runsView.getState().filter).toBe('k:16 tag:"to read" tag:base')
    const found = parseFilter(runsView.getState().filter)
    const tagged = summaryOf({ k: 16, tags: ['base', 'to read'] })
    expect(found.ok && [tagged, summaryOf({ k: 16, tags: ['base'] })].map(found.test)).toEqual([true, false])
  })
})

test('a kept run is shown on the bench with its own plan, and undo brings back the plan before', () => {
  const before = plan.getState().present
  openRun({ ...run, plan: { ...run.plan, k: 32, forced: { expand: [1], compress: [] }, target: 'River 741' } })
  expect(plan.getState().present).toMatchObject({ k: 32, target: 'River 741', forced: { expand: [1], compress: [] } })
  expect(ask.getState()).toMatchObject({
    phase: 'done',
    shown: { run: { id: 'r1' }, stages: { expand: { ms: 30.5 } } },
  })
  expect(plan.getState().past.at(-1)).toMatchObject({ name: 'Open a kept run', value: { k: before.k } })
})
