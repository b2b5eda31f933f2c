/** The sweep screen: cells as maps, lines, points and rows; the grid that is set up; what a sweep that rests offers. */
import { cleanup, render, screen, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { diverging, sequential } from '../../src/renderer/parts/colour.ts'
import { HeatMap } from '../../src/renderer/parts/HeatMap.tsx'
import { NumbersField, readNumbers } from '../../src/renderer/parts/NumbersField.tsx'
import { engine } from '../../src/renderer/state/engine.ts'
import {
  firstSettings,
  plannedCells,
  setUpBeside,
  sweepSetUp,
  takePreset,
} from '../../src/renderer/state/sweepSetUp.ts'
import { sweeps } from '../../src/renderer/state/sweeps.ts'
import { boxesOf } from '../../src/renderer/views/sweep/boxes.ts'
import { casesOf, standingOf } from '../../src/renderer/views/sweep/cases.ts'
import { Estimate } from '../../src/renderer/views/sweep/Estimate.tsx'
import { pickFrom } from '../../src/renderer/views/sweep/front.ts'
import { heatOf } from '../../src/renderer/views/sweep/heat.ts'
import { sweptAgainstK, sweptAgainstP } from '../../src/renderer/views/sweep/lines.ts'
import { metricOf } from '../../src/renderer/views/sweep/metrics.ts'
import { Results } from '../../src/renderer/views/sweep/Results.tsx'
import { Shown } from '../../src/renderer/views/sweep/Shown.tsx'
import { rowsOf } from '../../src/renderer/views/sweep/SweepTable.tsx'
import { keyOf } from '../../src/shared/grid.ts'
import type { SweepCell } from '../../src/shared/sweep.ts'
import { byKey, cellOf, infoOf, pointOf } from './sweepCells.ts'

const full = cellOf(pointOf(null, 1), 100, 0.9)
const cells = byKey([
  full,
  cellOf(pointOf(8, 0), 20, 0.4),
  cellOf(pointOf(16, 0), 10, 0.2),
  cellOf(pointOf(8, 0.5), 60, 0.8),
])
/** k 16, p 0.5 is being measured. */
const standing = standingOf(infoOf(), cells, keyOf(pointOf(16, 0.5)))
const [reading] = casesOf(standing)
const at = { case: reading!.key, policy: 'learned' } as const
const initial = { sweeps: sweeps.getState(), engine: engine.getState() }

beforeEach(() => {
  sweeps.setState(initial.sweeps, true)
  engine.setState(initial.engine, true)
  sweepSetUp.setState(firstSettings, true)
})
afterEach(cleanup)

describe('boxes', () => {
  test('hold the five numbers of every cell of the policy, full context first', () => {
    const spread = (of: SweepCell, times: readonly number[]): SweepCell => ({
      ...of,
      cases: times.map((ttftMs, i) => ({ ...of.cases[0]!, id: String(i), ttftMs, logPerplexity: NaN })),
    })
    const random = cellOf(pointOf(8, 0.5, { policy: 'random' }), 50, 0.5)
    const own = byKey([spread(cellOf(pointOf(8, 0), 20, 0.4), [30, 10, 20, 40, 90]), random, spread(full, [100])])
    const spreads = boxesOf(standingOf(infoOf(), own, null), { ...at, figure: 'ttft' })
    expect(spreads.map(({ key: _key, ...box }) => box)).toEqual([
      { name: 'full context', n: 1, low: 100, first: 100, middle: 100, third: 100, high: 100 },
      { name: 'k 8, all compressed', n: 5, low: 10, first: 20, middle: 30, third: 40, high: 90 },
    ])
    // A case that has no such figure is in no box.
    expect(boxesOf(standingOf(infoOf(), own, null), { ...at, figure: 'logPerplexity' })).toEqual([])
  })

  test('are drawn with their numbers, and a row selects its cell', async () => {
    render(<Results standing={standing} />)
    await userEvent.click(screen.getByRole('radio', { name: 'Boxes' }))
    const [times] = screen.getAllByRole('table')
    const rows = within(times!).getAllByRole('row')
    expect(rows).toHaveLength(1 + cells.size)
    await userEvent.click(within(times!).getByRole('button', { name: 'k 8, all compressed' }))
    expect(screen.getByRole('region', { name: /^Cell: k 8, all compressed/ })).toBeTruthy()
  })
})

describe('a heat map', () => {
  const map = (name: Parameters<typeof metricOf>[0]) =>
    heatOf(standing, { ...at, metric: metricOf(name) }, new Set([full.key]))

  test('has a row for each k, a column for each p and one for full context, which all rows share', () => {
    const { columns, rows, title } = map('ttft')
    expect([title, columns, rows.map(({ name }) => name)]).toEqual(['TTFT, ms ↓', ['0', '0.5', 'full'], ['8', '16']])
    expect(rows.map((row) => row.cells.map(({ state, text }) => [state, text]))).toEqual([
      [
        ['done', '20.0 ms'],
        ['done', '60.0 ms'],
        ['done', '100 ms'],
      ],
      [
        ['done', '10.0 ms'],
        ['running', ''],
        ['done', '100 ms'],
      ],
    ])
    expect(rows[0]!.cells[2]).toMatchObject({ key: full.key, marked: true })
    expect(rows[0]!.cells[1]!.label).toBe('k 8, p 0.5, learned: TTFT, ms ↓ 60.0 ms, quartiles 58.0 ms to 62.0 ms, n 2')
  })

  test('is deeper where it is better, whichever way the metric runs', () => {
    const paints = (name: Parameters<typeof metricOf>[0]) =>
      map(name).rows.flatMap((row) => row.cells.map(({ paint }) => paint))
    // The fastest is deepest in TTFT, the one that is right most often in EM.
    expect([paints('ttft')[3], paints('ttft')[2]]).toEqual([sequential(1), sequential(0)])
    expect([paints('em')[3], paints('em')[2]]).toEqual([sequential(0), sequential(1)])
    // -0.7 of -0.7, and -0.1 of it.
    expect([paints('emLess')[3], paints('emLess')[1]]).toEqual(
      [diverging(-1), diverging(-0.1 / 0.7)].map((paint) => expect.objectContaining(paint)),
    )
    expect(paints('emLess')[2]).toBeNull()
  })

  test('a cell that failed says why, one that was not asked for is no cell', () => {
    const fault = { code: 'context-too-long', message: 'It is too long.', remedy: 'Fewer passages.' } as const
    const failed = { ...cellOf(pointOf(16, 0.5), 1, 1), state: 'failed' as const, fault }
    const grids = [...infoOf().grids, { ...infoOf().grids[0]!, ks: [8], ps: [0.25] }]
    const grown = standingOf(infoOf({ grids }), byKey([...cells.values(), failed]), null)
    const { rows } = heatOf(grown, { ...at, metric: metricOf('ttft') }, new Set())
    expect(rows.map((row) => row.cells.map(({ state }) => state))).toEqual([
      ['done', 'pending', 'done', 'done'],
      ['done', 'skipped', 'failed', 'done'],
    ])
    expect(rows[1]!.cells[2]!.label).toContain('failed. It is too long.')
  })

  test('is walked with the arrows, selected with Space and opened with Enter', async () => {
    const [onSelect, onOpen] = [vi.fn(), vi.fn()]
    const user = userEvent.setup()
    render(
      <HeatMap {...map('em')} hovered={null} selected={null} onHover={() => {}} onSelect={onSelect} onOpen={onOpen} />,
    )
    const cell = (text: string) => screen.getByText(text, { selector: 'td' })
    await user.tab()
    expect(document.activeElement).toBe(cell('0.400'))
    await user.keyboard('{ArrowRight}{ArrowDown}')
    expect(document.activeElement?.getAttribute('aria-label')).toBe('k 16, p 0.5, learned: being measured')
    await user.keyboard('{ArrowDown}{ArrowLeft} ')
    expect(document.activeElement).toBe(cell('0.200'))
    expect(onSelect).toHaveBeenCalledExactlyOnceWith(keyOf(pointOf(16, 0)))
    await user.keyboard('{End}{Enter}')
    expect(onOpen).toHaveBeenCalledExactlyOnceWith(full.key)
  })

  test('can be read in every colour: 4.5 to 1 in light and in dark', () => {
    const steps = Array.from({ length: 41 }, (_, i) => i / 20 - 1)
    const all = steps
      .flatMap((t) => [diverging(t), sequential(Math.abs(t))])
      .flatMap(({ light, dark }) => [light, dark])
    expect(Math.min(...all.map(({ fill, ink }) => contrast(fill, ink)))).toBeGreaterThanOrEqual(4.5)
  })
})

/** WCAG 2.2, relative luminance. */
function contrast(a: string, b: string): number {
  const luminance = (colour: string): number => {
    const [r, g, blue] = [1, 3, 5].map((from) => {
      const value = Number.parseInt(colour.slice(from, from + 2), 16) / 255
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
    }) as [number, number, number]
    return 0.2126 * r + 0.7152 * g + 0.0722 * blue
  }
  const [low, high] = [luminance(a), luminance(b)].toSorted((x, y) => x - y) as [number, number]
  return (high + 0.05) / (low + 0.05)
}

describe('lines', () => {
  test('against k there is one for each p, with the interval of each point and full context as a level', () => {
    const chart = sweptAgainstK(standing, { ...at, metric: metricOf('em') })
    expect([chart.subject, chart.title]).toEqual(['exact match ↑', 'against k'])
    expect(chart.ticks).toEqual([8, 16])
    expect(chart.curves.map(({ name, points }) => [name, points.map(({ x, y }) => [x, y])])).toEqual([
      [
        'p 0',
        [
          [8, 0.4],
          [16, 0.2],
        ],
      ],
      ['p 0.5', [[8, 0.8]]],
    ])
    expect(chart.curves[1]!.points[0]).toMatchObject({ low: 0.8 - 0.1, high: 0.8 + 0.1 })
    expect(chart.level).toEqual({ name: 'full context', y: 0.9 })
  })

  test('against p there is one for each k; a difference from full context is compared with nothing', () => {
    const chart = sweptAgainstP(standing, { ...at, metric: metricOf('emLess') })
    expect(chart.curves.map(({ name, points }) => [name, points.length])).toEqual([
      ['k 8', 2],
      ['k 16', 1],
    ])
    expect(chart.level).toEqual({ name: 'full context', y: 0 })
  })
})

test('between time and quality the front is marked, and each limit picks a cell', () => {
  const worse = cellOf(pointOf(16, 0.5), 70, 0.7)
  const { points, best, fastest, least } = pickFrom([...cells.values(), worse], {
    case: at.case,
    quality: 'em',
    ms: 30,
    loss: 0.1,
  })
  expect(points.filter(({ front }) => !front).map(({ key }) => key)).toEqual([worse.key])
  expect(points.map(({ kind }) => kind)).toEqual(['full', 'compressed', 'compressed', 'plan', 'plan'])
  expect([best?.k, best?.p, fastest?.k, fastest?.p]).toEqual([8, 0, 8, 0.5])
  expect(least).toBeCloseTo(0.8, 9)
})

test('a lower log-perplexity is better: the fastest is within so many nats above full context', () => {
  const { fastest, least } = pickFrom([...cells.values()], {
    case: at.case,
    quality: 'logPerplexity',
    ms: null,
    loss: 0.5,
  })
  expect([fastest?.k, fastest?.p]).toEqual([8, 0])
  expect(least).toBeCloseTo(0.6, 9)
})

test('the table holds the numbers of the pictures, in the order of the grid', () => {
  const { heads, rows } = rowsOf(standing, 'em')
  const column = (head: string) => rows.map(({ values }) => values[heads.indexOf(head)])
  expect(column('cell')).toEqual(['full context', 'k 8, all compressed', 'k 8, p 0.5, learned', 'k 16, all compressed'])
  expect(column('TTFT ↓')).toEqual(['100 ms', '20.0 ms', '60.0 ms', '10.0 ms'])
  expect(column('EM less full ↑')).toEqual(['', '−0.500', '−0.100', '−0.700'])
  expect(column('front')).toEqual(['yes', 'yes', 'yes', 'yes'])
})

test('a cell that is selected shows its cases, the same in the map and in the table', async () => {
  render(<Results standing={standing} />)
  await userEvent.click(screen.getAllByText('0.800', { selector: 'td' })[0]!)
  const facts = within(screen.getByRole('region', { name: 'Cell: k 8, p 0.5, learned, 4 passages' }))
  expect(facts.getAllByRole('row')).toHaveLength(3)
  // Of EM and of F1, which are alike here.
  expect(facts.getAllByText('−0.100, 95 % interval −0.200 to 0.000, n 2')).toHaveLength(2)
  await userEvent.click(screen.getByRole('radio', { name: 'Table' }))
  expect(screen.getByRole('button', { pressed: true }).textContent).toBe('k 8, p 0.5, learned')
})

describe('the grid that is set up', () => {
  test('reads lists of numbers, and says what it cannot read', async () => {
    const range = { min: 0, max: 1, whole: false }
    expect(readNumbers('0.5, 0 ;0.5,1', range)).toEqual([0, 0.5, 1])
    expect([readNumbers('', range), readNumbers('0, 2', range), readNumbers('a', range)]).toEqual([null, null, null])
    expect(readNumbers('1.5', { min: 1, max: 9, whole: true })).toBeNull()
    const onChange = vi.fn()
    render(<NumbersField label="p" values={[0, 1]} {...range} onChange={onChange} />)
    await userEvent.clear(screen.getByLabelText('p'))
    await userEvent.type(screen.getByLabelText('p'), '0, 7')
    expect(onChange).toHaveBeenLastCalledWith([0])
    expect(screen.getByText('Numbers from 0 to 1, parted by commas.')).toBeTruthy()
  })

  test('counts its cells and asks, tells how long once tried, and grows stale when it changes', () => {
    const files = [new File(['{}'], 'q.jsonl')]
    sweepSetUp.setState({ files, ks: [8, 16], ps: [0, 0.5], limit: 10, repeats: 3 })
    const { rerender } = render(<Estimate />)
    const text = () => screen.getByRole('region', { name: 'Estimate' }).textContent
    expect(text()).toContain('5 cells, at most 150 asks')
    const probe = { cases: 4, fullMs: 100, compressedMs: 100, firstMs: 100 }
    sweeps.setState({ probed: { settings: sweepSetUp.getState(), probe } })
    rerender(<Estimate />)
    // 5 cells of 4 x 3 asks and a warm-up, 200 ms each.
    expect(text()).toContain('about 13 s5 cells, 60 asks')
    sweepSetUp.setState({ ps: [0] })
    rerender(<Estimate />)
    expect(text()).toContain('The settings have changed since.')
    expect(text()).not.toContain('about')
  })

  test('beside an earlier sweep keeps its questions and repeats, whatever a preset says', () => {
    engine.setState({ health: { bundle: { ks: [4, 8, 16] } } as never })
    setUpBeside(infoOf())
    takePreset('paper')
    expect(sweepSetUp.getState()).toMatchObject({ ks: [8, 16], limit: 2, repeats: 1, beside: { id: 'sweep-1' } })
    expect(sweepSetUp.getState().ps).toHaveLength(11)
    // Two k at nine p between the ends, all compressed for each, and full context.
    expect(plannedCells(sweepSetUp.getState())).toHaveLength(21)
  })
})

describe('the sweep looked at', () => {
  const look = (info: ReturnType<typeof infoOf>) => {
    sweeps.setState({ list: [info], shown: info.id, cells, phase: 'idle' })
    return render(<Shown />)
  }
  const buttons = () => screen.getAllByRole('button').map(({ textContent }) => textContent)

  test('says what there is to see before there is one, and what fills it', () => {
    sweeps.setState({ list: [] })
    render(<Shown />)
    expect(screen.getByText(/^No sweep yet\./)).toBeTruthy()
    expect(buttons()).toEqual(['Use the demo'])
  })

  test('that stopped is partial and goes on; one that is finished can be extended alone', () => {
    look(infoOf({ done: 4 }))
    expect(screen.getByText('4 of 5 cells measured · partial')).toBeTruthy()
    expect(buttons().slice(0, 2)).toEqual(['Resume', 'Extend…'])
    cleanup()
    look(infoOf({ done: 5, state: 'finished' }))
    expect(buttons()).not.toContain('Resume')
  })

  test('that runs says how far it is, how fast and how long, and can be cancelled', () => {
    sweeps.setState({
      list: [infoOf({ state: 'running' })],
      shown: 'sweep-1',
      cells,
      phase: 'following',
      progress: {
        type: 'progress',
        stage: 'measure',
        done: 4,
        total: 5,
        unit: 'cells',
        perSecond: 0.25,
        secondsLeft: 8,
      },
    })
    render(<Shown />)
    expect(screen.getByText('measure, 4 of 5 cells · 15 a minute · 8 s left')).toBeTruthy()
    expect(buttons()).toContain('Cancel')
  })

  test('that a fault ended says what, what is kept and what to do; failed cells are told with their reason', () => {
    const fault = { code: 'disk-full', message: 'The disk is full.', remedy: 'Make room.' } as const
    const failed = {
      ...cellOf(pointOf(16, 0.5), 1, 1),
      state: 'failed' as const,
      fault: { ...fault, message: 'Too long.' },
    }
    sweeps.setState({
      list: [infoOf({ state: 'failed', fault, done: 4 })],
      shown: 'sweep-1',
      cells: byKey([...cells.values(), failed]),
    })
    render(<Shown />)
    const notes = screen.getAllByRole('alert').map(({ textContent }) => textContent)
    expect(notes[0]).toContain('Stopped: it could not go on. 4 of 5 cells are kept. The disk is full.Make room.')
    expect(notes[1]).toContain('1 cell failed. Too long.')
  })
})
