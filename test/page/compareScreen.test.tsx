/** The compare screen: what each pane says in each of its states, and that a blind vote tells no name. */
import { cleanup, fireEvent, render, screen, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { beginBlind } from '../../src/main/engine/bench/compare/blind.ts'
import { beginWith, columns, setColumns } from '../../src/renderer/state/columns.ts'
import { comparisons } from '../../src/renderer/state/comparisons.ts'
import { engine } from '../../src/renderer/state/engine.ts'
import { begin } from '../../src/renderer/state/history.ts'
import { plan } from '../../src/renderer/state/plan.ts'
import { Compare } from '../../src/renderer/views/compare/Compare.tsx'
import { readIndexes } from '../../src/renderer/views/compare/ByHand.tsx'
import { comparisonOf, sides } from './comparisonView.ts'
import { draft, run } from './sample.ts'

const initial = { columns: columns.getState(), comparisons: comparisons.getState(), engine: engine.getState() }
beforeEach(() => {
  columns.setState(initial.columns, true)
  comparisons.setState({ ...initial.comparisons, list: [] }, true)
  engine.setState(initial.engine, true)
  plan.setState(begin(draft), true)
})
afterEach(cleanup)

const panes = ['Answers', 'Decisions', 'Log-probabilities', 'Figures', 'Time to first token', 'Blind vote'] as const
const pane = (name: string): HTMLElement => screen.getByRole('region', { name })
function showTwo(): void {
  setColumns(sides)
  comparisons.setState({ shown: comparisonOf() })
}

describe('states', () => {
  test('with nothing to compare the screen says what fills it', () => {
    render(<Compare />)
    expect(screen.getByText(/Clone the current plan to compare/)).toBeDefined()
    expect(screen.getByRole('button', { name: /Clone the current plan/ })).toBeDefined()
    expect(screen.queryByRole('region', { name: 'Answers' })).toBeNull()
  })

  test('plans without runs leave every pane with a sentence; while they run it waits, and the answer comes as it is decoded', () => {
    beginWith(draft, null)
    render(<Compare />)
    for (const name of panes) expect(pane(name).querySelector('.empty')).not.toBeNull()
    cleanup()
    comparisons.setState({ running: { key: columns.getState().columns[1]!.key, tokens: run.tokens } })
    render(<Compare />)
    for (const name of panes) expect(within(pane(name)).getByText('Waiting for the runs')).toBeDefined()
    expect(document.querySelector('.compare-coming')?.textContent).toContain('B River 741')
    expect(screen.getByRole('button', { name: /Cancel/ })).toBeDefined()
  })

  test('a change since the runs, and an engine that is gone, make every pane stale', () => {
    showTwo()
    const { rerender } = render(<Compare />)
    for (const name of panes) expect(pane(name).dataset['stale']).toBeUndefined()
    fireEvent.change(screen.getByRole('spinbutton', { name: 'p of B' }), { target: { value: '0.75' } })
    for (const name of panes) expect(pane(name).dataset['stale']).toBe('true')
    expect(screen.getByText('changed since its run')).toBeDefined()
    fireEvent.change(screen.getByRole('spinbutton', { name: 'p of B' }), { target: { value: '0.2' } })
    expect(pane('Answers').dataset['stale']).toBeUndefined()
    engine.setState({ status: { state: 'gone', restarts: 0 } })
    rerender(<Compare />)
    expect(pane('Figures').dataset['stale']).toBe('true')
  })

  test('faults stand where they were met, with a way on', () => {
    const fault = { code: 'engine-gone', message: 'The engine cannot be reached.', remedy: 'Wait.' } as const
    showTwo()
    comparisons.setState({
      listFault: fault,
      list: null,
      timed: 'c1',
      timing: { phase: 'failed', progress: null, fault },
      scoring: { phase: 'failed', progress: null, fault },
    })
    render(<Compare />)
    for (const name of ['Comparisons', 'Figures', 'Log-probabilities'])
      expect(within(pane(name)).getByRole('button', { name: 'Retry' })).toBeDefined()
  })

  test('scoring and timing say how far they are and can be cancelled', () => {
    setColumns(sides)
    const progress = {
      type: 'progress',
      stage: 'time',
      done: 3,
      total: 12,
      unit: 'asks',
      perSecond: 2,
      secondsLeft: 4.5,
    } as const
    comparisons.setState({
      shown: comparisonOf({ scores: null, rounds: [] }),
      timed: 'c1',
      timing: { phase: 'running', progress, fault: null },
    })
    render(<Compare />)
    expect(within(pane('Figures')).getByText('time, 3 of 12 asks · 2 a second · 5 s left')).toBeDefined()
    expect(within(pane('Figures')).getByRole('button', { name: 'Cancel' })).toBeDefined()
    expect(within(pane('Log-probabilities')).getByRole('button', { name: 'Score the answers' })).toBeDefined()
    expect(within(pane('Figures')).getAllByText('not repeated').length).toBeGreaterThan(0)
  })
})

describe('what differs', () => {
  beforeEach(showTwo)

  test('only the settings that differ have a row; another is opened by its name and linked or not', async () => {
    render(<Compare />)
    const table = screen.getByRole('table', { name: 'Settings of the plans' })
    const rows = (): readonly string[] =>
      within(table)
        .getAllByRole('rowheader')
        .map((cell) => cell.textContent ?? '')
    expect(rows()).toEqual(['p'])
    await userEvent.click(screen.getByRole('button', { name: /^seed 7/ }))
    expect(rows()).toEqual(['p', 'seed'])
    const linked = screen.getByRole('button', { name: 'Keep seed equal' })
    expect(linked.getAttribute('aria-pressed')).toBe('true')
    fireEvent.change(screen.getByRole('spinbutton', { name: 'seed of B' }), { target: { value: '9' } })
    expect(screen.getByRole<HTMLInputElement>('spinbutton', { name: 'seed of A' }).value).toBe('9')
  })

  test('text pinned on the bench is marked in every column that asks the same', () => {
    showTwo()
    const [first] = columns.getState().columns
    if (first === undefined) throw new Error('two plans are compared')
    plan.setState(begin({ ...first.draft, pins: [{ passage: 'p0', from: 8, to: 16 }] }), true)
    render(<Compare />)
    const marked = within(pane('Decisions'))
      .getAllByRole('gridcell')
      .flatMap((cell) =>
        cell.getAttribute('aria-label')?.endsWith(', pinned') === true ? [cell.getAttribute('aria-label')] : [],
      )
    expect(marked.length).toBeGreaterThan(0)
    for (const label of marked) expect(label).toMatch(/^[AB], chunk 1, /)
  })

  test('answers are told apart by word against the baseline', () => {
    render(<Compare />)
    const b = screen.getByRole('article', { name: 'Answer of B' })
    expect(b.querySelector('ins')?.textContent).toBe(' 714')
    expect(b.querySelector('del')?.textContent).toBe(' 741')
    expect(screen.getByRole('article', { name: 'Answer of A' }).querySelector('ins, del')).toBeNull()
  })

  test('decisions are counted in tokens, walked by arrows, and Space flips a chunk in its own plan', () => {
    render(<Compare />)
    const counts = screen.getByRole('table', { name: 'Context tokens by who expands them' })
    const row = within(counts).getByRole('row', { name: /A and B/ })
    expect(
      within(row)
        .getAllByRole('cell')
        .map((cell) => cell.textContent),
    ).toEqual(['8', '8', '8', '10', '0'])
    const cell = (lane: number, at: number): HTMLElement =>
      document.querySelector<HTMLElement>(`[data-lane="${lane},${at}"]`)!
    expect(cell(1, 0).dataset['differs']).toBe('true')
    expect(cell(1, 1).dataset['differs']).toBeUndefined()
    cell(0, 0).focus()
    fireEvent.keyDown(cell(0, 0), { key: 'ArrowDown' })
    fireEvent.keyDown(cell(1, 0), { key: 'ArrowRight' })
    expect(document.activeElement).toBe(cell(1, 1))
    expect(screen.getByText('text 1')).toBeDefined()
    fireEvent.keyDown(cell(1, 1), { key: ' ' })
    expect(columns.getState().columns.map(({ draft: own }) => own.forced)).toEqual([
      { expand: [], compress: [] },
      { expand: [], compress: [1] },
    ])
    expect(cell(1, 1).getAttribute('aria-label')).toBe('B, chunk 1, compressed by hand')
    expect(pane('Decisions').dataset['stale']).toBe('true')
  })

  test('log-probabilities of one text stand under every plan with their difference, and another text can be taken', async () => {
    render(<Compare />)
    const table = screen.getByRole('table', { name: 'Log-probability of each token under each plan' })
    const cells = (row: HTMLElement): readonly (string | null)[] =>
      within(row)
        .getAllByRole('cell')
        .map((cell) => cell.textContent)
    const rows = within(table).getAllByRole('row')
    expect(cells(rows[2]!)).toEqual(['−0.500', '−0.250', '+0.250'])
    expect(cells(rows.at(-1)!)).toEqual(['−1.170', '−1.423', '−0.253'])
    await userEvent.selectOptions(screen.getByRole('combobox', { name: 'text' }), 'the answer of B')
    expect(within(table).getAllByRole('row')).toHaveLength(4)
  })

  test('figures say what lies within noise, what is better and what was not repeated, and what disturbed them', () => {
    render(<Compare />)
    const table = screen.getByRole('table', { name: 'Figures of the runs' })
    const row = (name: RegExp): HTMLElement => within(table).getByRole('row', { name })
    expect(row(/^TTFT/).textContent).toContain('median of 5 rounds')
    expect(row(/^TTFT/).textContent).toContain('within noise')
    expect(row(/^log-perplexity of A’s answer/).textContent).toContain('mean of 3 tokens')
    expect(row(/^exact match/).textContent).toContain('yes')
    // The middle one of five rounds of 40, 60, 42, 55 and 44 ms, and of 50, 41, 45, 40 and 58 ms.
    const sums = ['A', 'B'].map((side) =>
      within(screen.getByRole('article', { name: `Time to first token of ${side}` })).getByRole('row', {
        name: /^TTFT/,
      }),
    )
    expect(sums.map((sum) => sum.textContent)).toEqual([
      expect.stringContaining('44.0 ms'),
      expect.stringContaining('45.0 ms'),
    ])
    expect(screen.getByText(/Disturbed: load: other work took 30 %/)).toBeDefined()
  })

  test('the baseline is starred and its letter stands in the headings', () => {
    comparisons.setState({ shown: comparisonOf({ baseline: 'two' }) })
    render(<Compare />)
    expect(screen.getByRole('button', { name: 'B is the baseline' }).getAttribute('aria-pressed')).toBe('true')
    expect(screen.getByRole('button', { name: 'A is the baseline' }).getAttribute('aria-pressed')).toBe('false')
    expect(screen.getByRole('article', { name: 'Answer of A' }).querySelector('ins')?.textContent).toBe(' 741')
    const headings = screen.getAllByRole('columnheader').map(({ textContent }) => textContent)
    expect(headings).toContain('A less B')
    expect(headings).not.toContain('B less A')
  })
})

describe('the blind vote', () => {
  test('has the screen to itself and tells no name', () => {
    setColumns(sides)
    comparisons.setState({ shown: comparisonOf({ blind: beginBlind(['one', 'two'], 7) }) })
    const { container } = render(<Compare />)
    expect(screen.getAllByRole('region').map((region) => region.getAttribute('aria-label'))).toEqual(['Blind vote'])
    const words = container.textContent ?? ''
    expect(words).toContain('River 741')
    expect(words).toContain('River 714')
    for (const name of ['k 8', 'learned', 'p 0', 'baseline', 'Answer of']) expect(words).not.toContain(name)
    expect(screen.getByRole('button', { name: /End and show the names/ })).toBeDefined()
  })

  test('once the names are shown the votes are told by letter', () => {
    setColumns(sides)
    const { ballots, seed } = beginBlind(['one', 'two'], 7)
    const blind = { seed, opened: true, ballots: ballots.map((ballot) => ({ ...ballot, vote: 'left' as const })) }
    comparisons.setState({ shown: comparisonOf({ blind }) })
    render(<Compare />)
    const winner = ballots[0]!.left === 'one' ? 'A' : 'B'
    expect(within(pane('Blind vote')).getByText(new RegExp(`${winner} preferred 1×`))).toBeDefined()
  })
})

test('chunk numbers are read each once and in order, none is fine, words are not', () => {
  expect(readIndexes(' 3, 1 3;2 ')).toEqual([1, 2, 3])
  expect(readIndexes('')).toEqual([])
  expect(readIndexes('one')).toBeNull()
  expect(readIndexes('-1')).toBeNull()
  expect(readIndexes('1.5')).toBeNull()
})
