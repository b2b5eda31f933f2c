/** The palette, the keys and the help: each says and does what the table of commands says. */
import { act, cleanup, render, screen, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { chordOf } from '../../src/shared/chord.ts'
import { commandIds, moves, rowOf, scopes, type Scope } from '../../src/shared/commandTable.ts'
import { HeatMap } from '../../src/renderer/parts/HeatMap.tsx'
import { advance, ask, beginShown } from '../../src/renderer/state/ask.ts'
import { engine } from '../../src/renderer/state/engine.ts'
import { begin } from '../../src/renderer/state/history.ts'
import { plan } from '../../src/renderer/state/plan.ts'
import { runs } from '../../src/renderer/state/runs.ts'
import { settings } from '../../src/renderer/state/settings.ts'
import { setAutoRun, view } from '../../src/renderer/state/view.ts'
import { Answer } from '../../src/renderer/views/bench/Decode.tsx'
import { Strip } from '../../src/renderer/views/bench/Strip.tsx'
import { whyNot } from '../../src/renderer/views/frame/commands.ts'
import { entriesNow, findEntries } from '../../src/renderer/views/frame/entries.ts'
import { matchText } from '../../src/renderer/views/frame/fuzzy.ts'
import { keysIn } from '../../src/renderer/views/frame/keyLines.ts'
import { commandOf, scopesNow, useKeys } from '../../src/renderer/views/frame/keys.ts'
import { Palette } from '../../src/renderer/views/frame/Palette.tsx'
import { Shortcuts } from '../../src/renderer/views/frame/Shortcuts.tsx'
import { Runs } from '../../src/renderer/views/runs/Runs.tsx'
import { KeyTable } from '../../src/renderer/views/settings/KeyTable.tsx'
import { giveDialogs } from '../helpers/dialogs.ts'
import { summaryOf } from './runSummary.ts'
import { draft, run } from './sample.ts'

giveDialogs()
const initial = { view: view.getState(), runs: runs.getState(), settings: settings.getState() }
beforeEach(() => {
  localStorage.clear()
  view.setState(initial.view, true)
  runs.setState({ ...initial.runs, list: [] }, true)
  settings.setState(initial.settings, true)
  plan.setState(begin(draft), true)
  engine.setState({ status: { state: 'ready', restarts: 0 } })
  ask.setState({ phase: 'idle', shown: null, fault: null })
  setAutoRun(false)
})
afterEach(cleanup)

/** The frame as far as keys go, with something to type in. */
function Keyed() {
  useKeys()
  return <input aria-label="field" />
}

describe('fuzzy search', () => {
  test('letters in their order, starts of words first, words in any order', () => {
    expect(matchText('gtb', 'Go to Bench')?.at).toEqual([0, 3, 6])
    expect(matchText('bench go', 'Go to Bench')?.at).toEqual([0, 1, 6, 7, 8, 9, 10])
    expect(matchText('bhx', 'Go to Bench')).toBeNull()
    const best = (typed: string) => findEntries(entriesNow(), typed, [])[0]?.entry.words
    expect([best('sett'), best('dry'), best('restart'), best('shortcuts'), best('preferences')]).toEqual([
      'Settings',
      'Dry run of the training',
      'Restart the engine',
      'Keyboard shortcuts',
      'Settings',
    ])
  })
})

describe('the palette', () => {
  test('holds every command, with its keys', () => {
    render(<Palette />)
    const options = screen.getAllByRole('option').map((option) => option.textContent ?? '')
    const missing = commandIds
      .filter((id) => id !== 'palette')
      .filter((id) => !options.some((text) => text.includes(rowOf(id).words)))
    expect(missing).toEqual([])
    expect(screen.getByRole('option', { name: /^Settings/ }).textContent).toContain('Ctrl+,')
  })

  test('what cannot be done now says why, stands last, and is not done', async () => {
    plan.setState(begin({ ...draft, index: '' }), true)
    view.setState({ dialog: 'palette' })
    render(<Palette />)
    const option = screen.getByRole('option', { name: /^Run the plan(?!s)/ })
    expect(option.getAttribute('aria-disabled')).toBe('true')
    expect(option.textContent).toContain('Choose an index on the start screen first.')
    const states = screen.getAllByRole('option').map((each) => each.getAttribute('aria-disabled'))
    expect(states.indexOf('true')).toBe(states.lastIndexOf('false') + 1)
    await userEvent.click(option)
    expect(view.getState()).toMatchObject({ dialog: 'palette', screen: 'start' })
    expect(view.getState().said).toBe('Choose an index on the start screen first.')
  })

  test('keys alone: typed, walked, done; and what was done last stands first', async () => {
    view.setState({ dialog: 'palette' })
    render(<Palette />)
    const field = screen.getByRole('combobox')
    await userEvent.type(field, 'go')
    const first = field.getAttribute('aria-activedescendant')
    await userEvent.keyboard('{ArrowDown}{ArrowUp}')
    expect(field.getAttribute('aria-activedescendant')).toBe(first)
    await userEvent.clear(field)
    await userEvent.type(field, 'go to runs{Enter}')
    expect(view.getState()).toMatchObject({ screen: 'runs', dialog: null })
    cleanup()
    render(<Palette />)
    expect(screen.getAllByRole('option')[0]?.textContent).toContain('Go to Runs')
  })

  test('kept runs can be jumped to, and nothing found is said', async () => {
    runs.setState({ list: [summaryOf({ id: 'r7', question: 'Which alloy melts first?' })] })
    render(<Palette />)
    await userEvent.type(screen.getByRole('combobox'), 'alloy')
    expect(screen.getByRole('option').textContent).toContain('Which alloy melts first?')
    await userEvent.type(screen.getByRole('combobox'), 'zzz')
    expect(screen.queryByRole('option')).toBeNull()
    expect(screen.getByText('Nothing here is called so.')).toBeDefined()
  })
})

describe('keys', () => {
  test('are heard in the scope that they belong to', () => {
    const on = (name: 'bench' | 'train' | 'sweep' | 'runs' | 'start') => {
      view.setState({ screen: name })
      return commandOf('Ctrl+Enter', scopesNow(document.body))
    }
    expect([on('bench'), on('train'), on('sweep'), on('runs'), on('start')]).toEqual([
      'ask',
      'begin-training',
      'begin-sweep',
      null,
      null,
    ])
    view.setState({ screen: 'log' })
    expect(commandOf('/', scopesNow(document.body))).toBe('log-filter')
  })

  test('lead where they say, also out of a field where they have Ctrl', async () => {
    render(<Keyed />)
    await userEvent.click(screen.getByLabelText('field'))
    await userEvent.keyboard('?')
    expect(view.getState().dialog).toBeNull()
    await userEvent.keyboard('{Control>},{/Control}')
    expect(view.getState().screen).toBe('settings')
    await userEvent.keyboard('{Control>}j{/Control}')
    expect(view.getState().tray).toBe(true)
    document.body.focus()
    ;(document.activeElement as HTMLElement).blur()
    await userEvent.keyboard('?')
    expect(view.getState().dialog).toBe('shortcuts')
  })

  test('what cannot be done says why', async () => {
    render(<Keyed />)
    await userEvent.keyboard('{Control>}z{/Control}')
    expect(view.getState().said).toBe('Nothing to undo.')
    await userEvent.keyboard('{Control>}i{/Control}')
    expect(view.getState()).toMatchObject({ said: 'It is on the bench.', inspector: true })
    view.setState({ screen: 'bench' })
    await userEvent.keyboard('{Control>}i{/Control}')
    expect(view.getState().inspector).toBe(false)
  })

  test('single ones are still when they are turned off, in every pane; those with Ctrl are not', async () => {
    ask.setState({ phase: 'done', shown: advance(beginShown(draft, null), { type: 'done', run }) })
    view.setState({ screen: 'bench', stage: 'sense' })
    settings.setState({ now: { ...settings.getState().now, singleKeys: false } })
    render(
      <>
        <Keyed />
        <Strip />
      </>,
    )
    screen.getByRole('button', { name: /^Chunk 0,/ }).focus()
    await userEvent.keyboard('e]?')
    expect(plan.getState().present.forced.expand).toEqual([])
    expect(view.getState()).toMatchObject({ stage: 'sense', dialog: null })
    await userEvent.keyboard('{Control>},{/Control}')
    expect(view.getState().screen).toBe('settings')
    settings.setState({ now: { ...settings.getState().now, singleKeys: true } })
    view.setState({ screen: 'bench' })
    await userEvent.keyboard('e]')
    expect(plan.getState().present.forced.expand).toEqual([0])
    expect(view.getState().stage).toBe('expand')
  })
})

describe('panes that hear their own keys', () => {
  const presses: Readonly<Record<string, string>> = { Space: ' ', Del: 'Delete' }
  /** The keys of `scope` that no handler under `target` takes. */
  function unheard(scope: Scope, target: Element): string[] {
    const rows = [...commandIds.map(rowOf).filter(({ heardBy }) => heardBy === 'pane'), ...moves]
    const keys = rows.filter((row) => row.scope === scope).flatMap(({ keys: own = [] }) => own)
    return keys.filter((chord) => {
      const parts = chord.split('+')
      const name = parts.at(-1) ?? ''
      const shiftKey = parts.includes('Shift')
      const letter = shiftKey ? name : name.toLowerCase()
      const key = presses[name] ?? (name.length === 1 ? letter : name)
      const marks = { shiftKey, ctrlKey: parts.includes('Ctrl'), altKey: parts.includes('Alt') }
      const event = new KeyboardEvent('keydown', { key, ...marks, bubbles: true, cancelable: true })
      expect(chordOf(event)).toBe(chord)
      act(() => void target.dispatchEvent(event))
      return !event.defaultPrevented
    })
  }

  test('the strip hears all that the table says of chunks', () => {
    ask.setState({ phase: 'done', shown: advance(beginShown(draft, null), { type: 'done', run }) })
    render(<Strip />)
    expect(unheard('chunks', screen.getByRole('button', { name: /^Chunk 1,/ }))).toEqual([])
  })

  test('the answer hears all that the table says of it', () => {
    ask.setState({ phase: 'done', shown: advance(beginShown(draft, null), { type: 'done', run }) })
    render(<Answer />)
    expect(unheard('answer', screen.getByRole('button', { name: /^␣74/ }))).toEqual([])
  })

  test('a heat map hears all that the table says of maps', () => {
    const cell = { key: 'a', state: 'done', text: '1', label: 'a cell', paint: null, marked: false } as const
    const row = { name: 'r', cells: [cell, { ...cell, key: 'b' }] }
    const words = { title: 'TTFT', rowTitle: 'k', columnTitle: 'p', legendTitle: '', columns: ['0', '1'], legend: [] }
    const nothing = () => {}
    render(
      <HeatMap
        {...words}
        rows={[row, { ...row, name: 's' }]}
        hovered={null}
        selected={null}
        onHover={nothing}
        onSelect={nothing}
        onOpen={nothing}
      />,
    )
    view.setState({ screen: 'sweep' })
    const first = screen.getByRole('grid').querySelector('[data-at="0,0"]') as HTMLElement
    expect(scopesNow(first)).toEqual(['map', 'sweep', 'everywhere'])
    expect(unheard('map', first)).toEqual([])
  })

  test('the runs hear all that the table says of them', () => {
    view.setState({ screen: 'runs' })
    runs.setState({ list: [summaryOf({ id: 'a' }), summaryOf({ id: 'b' })] })
    render(<Runs />)
    expect(unheard('runs', screen.getByRole('grid'))).toEqual([])
  })
})

describe('the help', () => {
  test('lists what the table says of this screen and of everywhere, and nothing else', () => {
    view.setState({ screen: 'sweep' })
    render(<Shortcuts />)
    const sections = screen.getAllByRole('region').map((section) => section.getAttribute('aria-label'))
    expect(sections).toEqual(['Sweep', 'Heat maps', 'Everywhere'])
    for (const [scope, { words }] of Object.entries(scopes)) {
      if (!sections.includes(words)) continue
      const terms = within(screen.getByRole('region', { name: words })).getAllByRole('definition')
      expect(terms.map(({ textContent }) => textContent)).toEqual(keysIn(scope as Scope).map((line) => line.words))
    }
    // The keys of the desktop alone are not told in a browser.
    expect(screen.queryByText(rowOf('copy-link').words)).toBeNull()
  })

  test('the table of keys in the settings has all of them, and is searched by words and by keys', async () => {
    render(<KeyTable />)
    const rows = () => screen.getAllByRole('row').slice(1)
    const lines = (Object.keys(scopes) as Scope[]).flatMap(keysIn)
    expect(rows()).toHaveLength(lines.length)
    await userEvent.type(screen.getByRole('textbox', { name: 'Search the keys' }), 'ctrl+enter')
    expect(rows().map((row) => row.querySelectorAll('td')[2]?.textContent)).toEqual([
      'Bench',
      'Compare',
      'Train',
      'Sweep',
    ])
    await userEvent.clear(screen.getByRole('textbox', { name: 'Search the keys' }))
    await userEvent.type(screen.getByRole('textbox', { name: 'Search the keys' }), 'qqq')
    expect(screen.getByText('No key fits.')).toBeDefined()
  })
})

test('a command of the chunks acts on the chunk selected, and says so where none is', () => {
  expect(whyNot('chunk-expand')).toBe('It is on the bench.')
  view.setState({ screen: 'bench' })
  ask.setState({ phase: 'done', shown: advance(beginShown(draft, null), { type: 'done', run }) })
  expect(whyNot('chunk-expand')).toBe('Select a chunk of the strip first.')
  view.setState({ chunk: 2 })
  expect(whyNot('chunk-expand')).toBeNull()
})
