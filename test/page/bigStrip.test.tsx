/** The strip of thousands: only what is in sight is drawn, and keys, selection and toggles reach the whole of it. */
import { act, cleanup, fireEvent, render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { binsOf } from '../../src/renderer/parts/Minimap.tsx'
import { advance, ask, beginShown } from '../../src/renderer/state/ask.ts'
import { setKeepShare } from '../../src/renderer/state/hand.ts'
import { begin } from '../../src/renderer/state/history.ts'
import { plan, undoStep } from '../../src/renderer/state/plan.ts'
import { heightOf, packRows, rowOf, rowsIn, setZoom, shapes } from '../../src/renderer/state/rows.ts'
import { nameChunks, selectedNow, selectThese } from '../../src/renderer/state/selection.ts'
import { setAutoRun, view } from '../../src/renderer/state/view.ts'
import { Strip } from '../../src/renderer/views/bench/Strip.tsx'
import { bigRun } from './bigRun.ts'
import { draft } from './sample.ts'

const count = 5000
const big = bigRun(count)

beforeEach(() => {
  setAutoRun(false)
  setKeepShare(false)
  setZoom('tiles')
  plan.setState(begin({ ...draft, p: 0.25 }), true)
  ask.setState({ phase: 'done', fault: null, shown: advance(beginShown(draft, null), { type: 'done', run: big }) })
  view.setState({ chunk: null, preview: null, passage: null, said: '' })
  render(<Strip />)
})
afterEach(cleanup)

const tiles = (): number[] =>
  [...document.querySelectorAll<HTMLElement>('[data-chunk]')].map((tile) => Number(tile.dataset['chunk']))
const tile = (index: number): HTMLElement => {
  const found = document.querySelector<HTMLElement>(`[data-chunk="${index}"]`)
  if (found === null) throw new Error(`chunk ${index} is not drawn`)
  return found
}
const strip = () => screen.getByRole('toolbar', { name: 'Chunks in context order' })
const forced = () => plan.getState().present.forced
const lastName = () => plan.getState().past.at(-1)?.name
const pause = (): void => act(() => tile(0).focus())

describe('what is drawn', () => {
  test('is what is in sight: a few hundred tiles of 5,000, and the tab stop', () => {
    expect(tiles().length).toBeLessThan(300)
    expect(tiles()).toContain(0)
    fireEvent.scroll(strip(), { target: { scrollTop: 8000 } })
    const after = tiles()
    expect(after.length).toBeLessThan(300)
    expect(Math.min(...after.filter((index) => index > 100))).toBeGreaterThan(1500)
    // The tab stop keeps its place in the order of focus wherever the strip is scrolled to.
    expect(tile(0).tabIndex).toBe(0)
    expect(document.querySelectorAll('[data-chunk][tabindex="0"]')).toHaveLength(1)
  })

  test('is one tile on the map, cards and lines with words closer up', async () => {
    pause()
    await userEvent.keyboard('-')
    expect(tiles()).toEqual([0])
    await userEvent.keyboard('{End}')
    expect(tiles()).toEqual([count - 1])
    expect(document.activeElement).toBe(tile(count - 1))
    await userEvent.keyboard('==')
    expect(tile(count - 1).textContent).toContain('words of chunk 4999')
    expect(tiles().length).toBeLessThan(120)
    await userEvent.keyboard('==')
    expect(tiles().length).toBeLessThan(80)
    expect(document.activeElement).toBe(tile(count - 1))
  })
})

describe('keys across the whole strip', () => {
  test('End, a toggle there, and Home; what was scrolled away keeps what was decided', async () => {
    pause()
    await userEvent.keyboard('{End}')
    expect(document.activeElement).toBe(tile(count - 1))
    await userEvent.keyboard('e{Home}')
    expect(document.activeElement).toBe(tile(0))
    expect(tiles()).not.toContain(count - 1)
    expect(forced().expand).toEqual([count - 1])
  })

  test('arrows walk by chunk, by passage and by page, and the strip follows', async () => {
    pause()
    await userEvent.keyboard('{ArrowDown}{ArrowDown}{ArrowRight}')
    expect(view.getState().chunk).toBe(51)
    await userEvent.keyboard('{PageDown}')
    expect(view.getState().chunk).toBeGreaterThan(80)
    expect(document.activeElement).toBe(tile(view.getState().chunk ?? -1))
  })

  test('a chunk selected elsewhere comes into sight', () => {
    expect(tiles()).not.toContain(4321)
    act(() => view.setState({ chunk: 4321 }))
    expect(tiles()).toContain(4321)
    expect(strip().scrollTop).toBeGreaterThan(1000)
  })
})

describe('several chunks', () => {
  test('Shift and arrows select a stretch; one key forces it as one step with its name', async () => {
    pause()
    await userEvent.keyboard('{ArrowRight}{Shift>}{ArrowRight}{ArrowRight}{/Shift}')
    expect(selectedNow()).toEqual([1, 2, 3])
    expect(tile(2).getAttribute('aria-label')).toMatch(/, selected$/)
    await userEvent.keyboard('e')
    expect([forced().expand, lastName()]).toEqual([[1, 2, 3], 'Force expand #1 to #3'])
    expect(undoStep()).toBe('Force expand #1 to #3')
    expect(forced().expand).toEqual([])
  })

  test('Shift and click, Ctrl and click, and a drag over tiles select and flip nothing', () => {
    fireEvent.pointerDown(tile(3))
    fireEvent.pointerOver(tile(6), { buttons: 1 })
    fireEvent.pointerUp(tile(6))
    fireEvent.click(tile(6))
    expect(selectedNow()).toEqual([3, 4, 5, 6])
    fireEvent.pointerDown(tile(9), { ctrlKey: true })
    fireEvent.click(tile(9), { ctrlKey: true })
    expect(selectedNow()).toEqual([3, 4, 5, 6, 9])
    fireEvent.pointerDown(tile(11), { shiftKey: true })
    fireEvent.click(tile(11), { shiftKey: true })
    expect(selectedNow()).toEqual([9, 10, 11])
    expect(forced()).toEqual({ expand: [], compress: [] })
  })

  test('all, the others, a whole passage', async () => {
    pause()
    await userEvent.keyboard('{Control>}a{/Control}')
    expect(selectedNow()).toHaveLength(count)
    await userEvent.keyboard('{Escape}{Control>}{Shift>}i{/Shift}{/Control}')
    expect(selectedNow()).toHaveLength(count - 1)
    expect(selectedNow()).not.toContain(0)
    await userEvent.keyboard('{Escape}{Alt>}e{/Alt}')
    const index = view.getState().chunk ?? -1
    const from = Math.floor(index / 25) * 25
    expect(forced().expand).toEqual(Array.from({ length: 25 }, (_, at) => from + at))
    expect(lastName()).toBe(`Force expand #${from} to #${from + 24}`)
  })

  test('the bar counts what is not locked, and leaves the locked alone', async () => {
    pause()
    await userEvent.keyboard('{ArrowRight}l{Shift>}{ArrowRight}{ArrowRight}{/Shift}')
    await userEvent.click(screen.getByRole('button', { name: /^Expand 2 E/ }))
    expect(forced().expand).toEqual([2, 3])
    expect(view.getState().said).toBe('1 locked chunk left alone.')
    expect(tile(1).getAttribute('aria-label')).toMatch(/, locked, selected$/)
    // Alone it is meant.
    await userEvent.keyboard('{Escape}')
    act(() => tile(1).focus())
    await userEvent.keyboard('e')
    expect(forced().expand).toEqual([1, 2, 3])
  })

  test('locks and pins are steps of their own and make no run stale', async () => {
    pause()
    await userEvent.keyboard('p')
    expect(plan.getState().present.pins).toEqual([{ passage: 'p0', from: 0, to: 8 }])
    expect(tile(0).getAttribute('aria-label')).toMatch(/, pinned$/)
    await userEvent.keyboard('p')
    expect(plan.getState().present.pins).toEqual([])
    expect([undoStep(), plan.getState().present.pins]).toEqual(['Unpin #0', [{ passage: 'p0', from: 0, to: 8 }]])
  })
})

test('p is kept by compressing the lowest-scored that the policy chose, never a locked one', async () => {
  const byScore = big.chunks.filter(({ chosen }) => chosen).toSorted((a, b) => (a.score ?? 0) - (b.score ?? 0))
  const [lowest, second] = byScore.map(({ index }) => index)
  const free = big.chunks.findIndex(({ chosen }) => !chosen)
  setKeepShare(true)
  plan.setState(({ present, ...rest }) => ({ ...rest, present: { ...present, locked: [lowest ?? -1] } }))
  act(() => tile(free).focus())
  await userEvent.keyboard('e')
  expect(forced()).toEqual({ expand: [free], compress: [second] })
  expect(view.getState().said).toContain(`#${second} is compressed: the lowest-scored`)
  expect(lastName()).toBe(`Expand chunk ${free}, compress #${second} to keep p`)
})

test('settings that cut other chunks leave the hand with nothing to do, and say so; what is pinned is pinned of the text', async () => {
  act(() => tile(0).focus())
  plan.setState(begin({ ...draft, p: 0.25, k: 16 }), true)
  await userEvent.keyboard('pel')
  expect(plan.getState().present).toMatchObject({
    forced: { expand: [], compress: [] },
    locked: [],
    pins: [{ passage: 'p0', from: 0, to: 8 }],
  })
  expect(view.getState().said).toBe('The settings cut other chunks now: run again first.')
})

describe('the map', () => {
  test('says where the strip is looked at, and moves it by keys and by dragging', async () => {
    const map = screen.getByRole('slider', { name: 'Where the strip is looked at' })
    expect(map.getAttribute('aria-valuetext')).toMatch(/^chunks 0 to \d+ of 5000$/)
    act(() => map.focus())
    await userEvent.keyboard('{End}')
    expect(map.getAttribute('aria-valuetext')).toMatch(/to 4999 of 5000$/)
    map.getBoundingClientRect = () => new DOMRect(0, 0, 1000, 30)
    fireEvent.pointerDown(map, { clientX: 500, buttons: 1 })
    const [, from, to] = /chunks (\d+) to (\d+)/.exec(map.getAttribute('aria-valuetext') ?? '') ?? []
    expect(Number(from)).toBeLessThanOrEqual(2500)
    expect(Number(to)).toBeGreaterThanOrEqual(2500)
    fireEvent.pointerMove(map, { clientX: 0, buttons: 1 })
    expect(Number(map.getAttribute('aria-valuenow'))).toBe(0)
  })

  test('puts chunks that share a column together: the tallest stands, and none that is expanded is lost', () => {
    const marks = Array.from({ length: 1300 }, (_, at) => ({
      expanded: at === 700,
      hand: false,
      fill: at === 3 ? 1 : 0.1,
    }))
    const bins = binsOf(marks)
    expect(bins).toHaveLength(600)
    expect(bins.filter((bin) => bin.expanded)).toHaveLength(1)
    expect(Math.max(...bins.slice(0, 3).map(({ fill }) => fill))).toBe(1)
  })
})

describe('rows', () => {
  const groupsOf = (lengths: readonly number[]) => {
    let at = 0
    return lengths.map((length) => ({ marks: Array.from({ length }, () => ({ chunk: { index: at++ } })) }))
  }
  type Groups = Parameters<typeof packRows>[0]

  test('hold every chunk once, in order, within the width, and are found by chunk and by place', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 70 }), { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 60, max: 1500 }),
        fc.constantFrom(...Object.values(shapes)),
        fc.nat(4000),
        (lengths, width, shape, top) => {
          const groups = groupsOf(lengths)
          const rows = packRows(groups as unknown as Groups, width, shape)
          const held = rows.flatMap(({ parts }) =>
            parts.flatMap(
              ({ group, from, to }) => groups[group]?.marks.slice(from, to).map(({ chunk }) => chunk.index) ?? [],
            ),
          )
          expect(held).toEqual(held.map((_, at) => at))
          expect(held).toHaveLength(lengths.reduce((sum, length) => sum + length, 0))
          for (const { parts } of rows) {
            const last = parts.at(-1)
            if (shape.width === null || last === undefined) continue
            const right = last.left + (last.to - last.from) * (shape.width + shape.gap) - shape.gap
            expect(right).toBeLessThanOrEqual(Math.max(width, shape.width))
          }
          const [from, to] = rowsIn(rows, top, 262)
          const touched = rows.flatMap((row, at) => (row.top < top + 262 && row.top + row.height > top ? [at] : []))
          for (const at of touched) expect(at >= from && at < to).toBe(true)
          for (const index of [0, held.length - 1]) {
            const row = rows[rowOf(rows, index)]
            expect(row !== undefined && row.first <= index).toBe(true)
          }
          expect(heightOf(rows)).toBe(rows.reduce((sum, { height }) => sum + height, 0))
        },
      ),
    )
  })

  test('chunks are named as a person would', () => {
    expect([[17], [17, 18, 19], [3, 7, 9], [1, 3, 5, 7, 9]].map(nameChunks)).toEqual([
      '#17',
      '#17 to #19',
      '#3, #7, #9',
      '5 chunks',
    ])
    selectThese([1, 2])
    view.setState({ chunk: 9 })
    expect(selectedNow()).toEqual([9])
  })
})
