/** The session on the page: kept soon after each change, read-only beside another window, its history and snapshots. */
import { cleanup, render, screen, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { implement } from '@orpc/server'
import { RPCHandler } from '@orpc/server/message-port'
import { MessageChannel } from 'node:worker_threads'
import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { link, type Desktop } from '../../src/renderer/link.ts'
import { ask, beginShown, whyNot } from '../../src/renderer/state/ask.ts'
import { begin } from '../../src/renderer/state/history.ts'
import { jumpBy, plan, setField, forceEach, settle } from '../../src/renderer/state/plan.ts'
import { nameChunks } from '../../src/renderer/state/selection.ts'
import { newSession, openSession, startSession } from '../../src/renderer/state/session.ts'
import { flush } from '../../src/renderer/state/sessionKeep.ts'
import { noSession, session } from '../../src/renderer/state/sessionNow.ts'
import {
  deleteSnapshot,
  differing,
  goToSnapshot,
  restoreSnapshot,
  takeSnapshot,
} from '../../src/renderer/state/snapshots.ts'
import { view } from '../../src/renderer/state/view.ts'
import { History } from '../../src/renderer/views/session/History.tsx'
import { SnapshotDialog } from '../../src/renderer/views/session/NameDialog.tsx'
import { SessionMark } from '../../src/renderer/views/session/SessionMark.tsx'
import { SessionNote } from '../../src/renderer/views/session/SessionNote.tsx'
import { contract } from '../../src/shared/contract.ts'
import type { SaveSession, Session, SessionTold } from '../../src/shared/session.ts'
import { giveDialogs } from '../helpers/dialogs.ts'
import { sessionBody } from '../helpers/sessionBody.ts'
import { draft, run } from './sample.ts'

giveDialogs()
const saves: SaveSession[] = []
let tell: (told: SessionTold) => void = () => {}
let refuses = false
let revision = 1
const own = { name: 'Work', made: '2026-11-26T05:00:00.000Z', changed: '2026-11-26T05:00:00.000Z', pinned: false }
/** A session whose name begins so has a run, which comes when the test lets it. */
const keptOf = (id: string): Session => ({
  ...sessionBody('', id.startsWith('ran') ? [run.id] : []),
  ...own,
  id,
  revision,
})
let runComes = Promise.withResolvers<void>()

/** An engine that keeps what it is sent and tells what a test says. */
beforeAll(() => {
  const desktop: Desktop = {
    pathForFile: () => '',
    onMenu: () => {},
    onEngine: () => {},
    onHanded: () => {},
    noteOpened: () => {},
    setTheme: () => {},
    reveal: () => {},
  }
  Object.defineProperty(window, 'workbench', { value: desktop })
  const os = implement(contract)
  const fault = { code: 'session-read-only', message: 'Another window writes this session.', remedy: 'None.' }
  const router = {
    session: {
      make: os.session.make.handler(({ input }) => ({ ...own, ...input.body, name: input.name, id: 'made', revision })),
      open: os.session.open.handler(({ input }) => keptOf(input.id)),
      missing: os.session.missing.handler(() => []),
      save: os.session.save.handler(({ input, errors }) => {
        if (refuses) throw errors.FAULT({ data: fault, message: fault.message })
        saves.push(input)
        return { revision: ++revision, changed: own.changed }
      }),
      hold: os.session.hold.handler(() => ({ writer: true })),
      follow: os.session.follow.handler(async function* ({ signal }) {
        const waiting: SessionTold[] = []
        let wake = Promise.withResolvers<void>()
        tell = (told) => {
          waiting.push(told)
          wake.resolve()
        }
        signal?.addEventListener('abort', () => wake.resolve())
        while (signal?.aborted !== true) {
          for (const told of waiting.splice(0)) yield told
          await wake.promise
          wake = Promise.withResolvers<void>()
        }
      }),
    },
    runs: {
      open: os.runs.open.handler(async () => {
        await runComes.promise
        return run
      }),
    },
  }
  link()
  const { port1, port2 } = new MessageChannel()
  new RPCHandler(router).upgrade(port1 as never)
  port1.start()
  window.dispatchEvent(Object.assign(new Event('message'), { source: window, data: 'engine-port', ports: [port2] }))
})

const initial = { ask: ask.getState(), view: view.getState() }
let stop: () => void = () => {}
beforeEach(async () => {
  localStorage.clear()
  refuses = false
  revision = 1
  ask.setState(initial.ask, true)
  view.setState(initial.view, true)
  plan.setState(begin(draft), true)
  session.setState(noSession, true)
  stop = startSession()
  await openSession(`s${crypto.randomUUID()}`)
  plan.setState(begin(draft), true)
  tell({ type: 'lease', writer: true })
  await vi.waitFor(() => expect(session.getState().writer).toBe(true))
  await flush()
  saves.length = 0
})
afterEach(() => {
  stop()
  cleanup()
})

test('a change is kept within a second, alone, and changes that follow each other go together', async () => {
  setField('p', 0.5)
  setField('p', 0.4)
  expect(saves).toEqual([])
  await vi.waitFor(() => expect(saves).toHaveLength(1), { timeout: 1000 })
  const { id, window: _window, ...parts } = saves[0]!
  expect([id, Object.keys(parts)]).toEqual([session.getState().id, ['history']])
  expect(parts.history?.present.p).toBe(0.4)
  expect(parts.history?.past).toEqual([{ name: `p ${draft.p} to 0.4`, value: draft }])
  expect(session.getState().saving).toBe('saved')
})

test('a note on a chunk is kept alone, comes with the session that is opened, and is not in a new one', async () => {
  const note = {
    run: 'r1',
    index: draft.index,
    place: { passage: 'p0', from: 0, to: 8 },
    words: 'text 0',
    note: 'odd',
    written: own.made,
  }
  session.setState({ notes: [note] })
  await vi.waitFor(() => expect(saves).toHaveLength(1), { timeout: 1000 })
  const { id: _id, window: _window, ...parts } = saves[0]!
  expect(parts).toEqual({ notes: [note] })
  tell({ type: 'lease', writer: false })
  await vi.waitFor(() => expect(session.getState().writer).toBe(false))
  tell({
    type: 'session',
    session: { ...keptOf(session.getState().id ?? ''), revision: 9, notes: [{ ...note, note: 'even' }] },
  })
  await vi.waitFor(() => expect(session.getState().notes.map((each) => each.note)).toEqual(['even']))
  await newSession()
  expect(session.getState().notes).toEqual([])
})

test('a session that is opened has its undo, its view and its run, and is not kept again for that', async () => {
  await openSession('other')
  expect(plan.getState().past.map(({ name }) => name)).toEqual(['p 0.25 to 0.5', 'Force expand #1'])
  expect(view.getState()).toMatchObject({ screen: 'bench', stage: 'sense' })
  jumpBy(-2)
  expect(plan.getState().present).toEqual(sessionBody().history.past[0]?.value)
  jumpBy(3)
  expect(plan.getState().present.k).toBe(8)
})

test('the run of a session that is opened is shown, and gives way to one that was asked for before it came', async () => {
  runComes = Promise.withResolvers()
  await openSession('ran-first')
  expect(ask.getState().shown).toBeNull()
  runComes.resolve()
  await vi.waitFor(() => expect(ask.getState().shown?.run?.id).toBe(run.id))
  runComes = Promise.withResolvers()
  await openSession('ran-second')
  const asked = beginShown(draft, null)
  ask.setState({ phase: 'running', shown: asked })
  runComes.resolve()
  // What is asked later is answered later.
  await link().runs.open({ id: run.id })
  expect(ask.getState()).toMatchObject({ phase: 'running', shown: asked })
})

test('a window that only looks changes nothing, runs nothing, keeps nothing, and follows what the other changes', async () => {
  tell({ type: 'lease', writer: false })
  await vi.waitFor(() => expect(session.getState().writer).toBe(false))
  const before = plan.getState()
  setField('p', 0.9)
  forceEach(new Map([[1, 'expand']]), 'Expand chunk 1')
  takeSnapshot('no')
  expect([plan.getState(), session.getState().snapshots.map(({ name }) => name)]).toEqual([before, ['baseline']])
  expect(whyNot(draft)).toBe('This window only looks: another one writes this session.')
  render(<SessionNote />)
  expect(screen.getByText('Read-only.')).toBeDefined()
  const theirs = { ...keptOf(session.getState().id ?? ''), revision: 9, runs: ['r7'] }
  tell({
    type: 'session',
    session: { ...theirs, history: { past: [], present: { ...draft, p: 0.75 } as never, future: [] } },
  })
  await vi.waitFor(() => expect(plan.getState().present.p).toBe(0.75))
  expect(session.getState().runs).toEqual(['r7'])
  await new Promise((resolve) => setTimeout(resolve, 400))
  expect(saves).toEqual([])
  tell({ type: 'lease', writer: true })
  await vi.waitFor(() => expect(session.getState().writer).toBe(true))
  setField('p', 0.1)
  expect(plan.getState().present.p).toBe(0.1)
})

test('a save that is refused makes the window read-only; the mark says how it stands', async () => {
  render(<SessionMark />)
  expect(screen.getByRole('button').textContent).toBe('Workautosaved')
  refuses = true
  setField('p', 0.5)
  await vi.waitFor(() => expect(screen.getByRole('button').textContent).toBe('Workread-only'))
})

test('without a session the first step makes one, and a new session leaves the one before', async () => {
  await newSession()
  expect(session.getState()).toMatchObject({ id: 'made', name: 'New session', runs: [], snapshots: [] })
  expect(plan.getState().past).toEqual([])
})

test('steps are named by what they change', () => {
  forceEach(
    new Map([17, 18, 19, 20, 21].map((index) => [index, 'expand'])),
    `Force expand ${nameChunks([17, 18, 19, 20, 21])}`,
  )
  setField('k', 16)
  settle()
  setField('question', 'Which of these is the longest river?')
  expect(plan.getState().past.map(({ name }) => name)).toEqual([
    'Force expand #17 to #21',
    'k 8 to 16',
    'Change question',
  ])
})

test('the history lists the steps and jumps to the one that is clicked', async () => {
  setField('p', 0.5)
  settle()
  setField('seed', 9)
  settle()
  setField('maxTokens', 8)
  render(<History />)
  const steps = () => within(screen.getByRole('region', { name: 'Steps' })).getAllByRole('button')
  const names = () => steps().map(({ textContent }) => textContent)
  expect(names()).toEqual(['max tokens 32 to 8now', 'seed 7 to 9', `p ${draft.p} to 0.5`, 'As it began'])
  await userEvent.click(screen.getByRole('button', { name: `p ${draft.p} to 0.5` }))
  expect(plan.getState().present).toEqual({ ...draft, p: 0.5 })
  expect(names()).toEqual(['max tokens 32 to 8undone', 'seed 7 to 9undone', `p ${draft.p} to 0.5now`, 'As it began'])
  await userEvent.click(screen.getByRole('button', { name: 'As it began' }))
  expect(plan.getState().present).toEqual(draft)
  await userEvent.click(steps()[0]!)
  expect(plan.getState().present).toEqual({ ...draft, p: 0.5, seed: 9, maxTokens: 8 })
})

test('snapshots are kept, gone back to as one step, told apart by what differs, deleted and brought back', async () => {
  setField('p', 0.5)
  takeSnapshot('half')
  setField('p', 0.75)
  settle()
  const [, half] = session.getState().snapshots
  expect(half).toMatchObject({ name: 'half', plan: { ...draft, p: 0.5 }, run: null })
  expect(differing(half!.plan, plan.getState().present)).toEqual([
    { field: 'p', values: ['0.5', '0.75'], differs: true },
  ])
  render(<History />)
  await userEvent.click(screen.getByRole('button', { name: 'Compare half' }))
  const table = () => screen.getByRole('table', { name: 'Settings that differ' })
  expect(
    within(table())
      .getAllByRole('row')
      .map((row) => row.textContent),
  ).toEqual(['settinghalfnow', 'p0.50.75'])
  await userEvent.selectOptions(screen.getByRole('combobox'), 'baseline')
  expect(
    within(table())
      .getAllByRole('rowheader')
      .map((row) => row.textContent),
  ).toContain('k')
  await goToSnapshot(half!)
  expect(plan.getState().past.at(-1)?.name).toBe('Go to “half”')
  expect(plan.getState().present.p).toBe(0.5)
  deleteSnapshot(half!)
  expect(session.getState().snapshots.map(({ name }) => name)).toEqual(['baseline'])
  restoreSnapshot()
  expect(session.getState().snapshots.map(({ name }) => name)).toContain('half')
  await vi.waitFor(() => expect(saves.at(-1)?.snapshots?.map(({ name }) => name)).toContain('half'))
})

test('the name of a snapshot is typed at once: the focus is on it, not on what closes the dialog', () => {
  render(<SnapshotDialog />)
  expect(document.activeElement).toBe(screen.getByRole('textbox', { name: 'Name' }))
})
