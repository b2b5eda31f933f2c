/** What the system hands over, on the page: a link shows what is kept and asks the engine for nothing else. */
import { implement } from '@orpc/server'
import { RPCHandler } from '@orpc/server/message-port'
import { MessageChannel } from 'node:worker_threads'
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { contract } from '../../src/shared/contract.ts'
import { parseDeepLink, type DeepLink } from '../../src/shared/deepLink.ts'
import type { Handed } from '../../src/shared/handed.ts'
import { link, watchHanded, type Desktop } from '../../src/renderer/link.ts'
import { ask } from '../../src/renderer/state/ask.ts'
import { buildIndex } from '../../src/renderer/state/corpus.ts'
import { engine } from '../../src/renderer/state/engine.ts'
import { openHanded, startHanded } from '../../src/renderer/state/handed.ts'
import { navigation } from '../../src/renderer/state/navigation.ts'
import { plan } from '../../src/renderer/state/plan.ts'
import { review } from '../../src/renderer/state/review.ts'
import { session } from '../../src/renderer/state/sessionNow.ts'
import { view } from '../../src/renderer/state/view.ts'
import { sessionBody } from '../helpers/sessionBody.ts'
import { run } from './sample.ts'

const asked: string[] = []
const opened: (readonly string[])[] = []
let hand: (handed: Handed) => void = () => {}
let stop: () => void = () => {}

/** The preload's functions, and an engine at the other end of its port that knows one run and writes down what it is asked. */
beforeAll(() => {
  const desktop: Desktop = {
    pathForFile: () => '',
    onMenu: () => {},
    onEngine: () => {},
    onHanded: (callback) => (hand = callback),
    noteOpened: (paths) => opened.push(paths),
    setTheme: () => {},
    reveal: () => {},
  }
  Object.defineProperty(window, 'workbench', { value: desktop })
  const os = implement(contract).use(({ next, path }) => {
    asked.push(path.join('.'))
    return next()
  })
  const fault = (id: string) => ({ code: 'run-missing', message: `There is no run ${id} here.`, remedy: 'None.' })
  const times = { made: '2026-11-26T05:00:00.000Z', changed: '2026-11-26T05:00:00.000Z' }
  const own = { id: 'kept-session', name: 'Work', pinned: false, ...times }
  const info = { ...own, question: '', index: '', runs: 1, snapshots: 0, comparisons: 0, open: false }
  const damaged = { code: 'file-damaged', message: 'It is no session.', remedy: 'None.' }
  const router = {
    session: {
      import: os.session.import.handler(({ input, errors }) => {
        if (!input.path.endsWith('work.refrag')) throw errors.FAULT({ data: damaged, message: damaged.message })
        return { session: info, runs: 1, comparisons: 0, missing: [] }
      }),
      open: os.session.open.handler(() => ({ ...sessionBody('', [run.id]), ...own, revision: 1 })),
      missing: os.session.missing.handler(() => []),
      list: os.session.list.handler(() => [info]),
      follow: os.session.follow.handler(async function* () {
        yield { type: 'lease', writer: true }
      }),
    },
    runs: {
      open: os.runs.open.handler(({ input, errors }) => {
        if (input.id !== 'kept') throw errors.FAULT({ data: fault(input.id), message: fault(input.id).message })
        return run
      }),
    },
    corpus: { review: os.corpus.review.handler(async function* () {}) },
    index: {
      build: os.index.build.handler(async function* () {}),
      list: os.index.list.handler(() => []),
    },
    ask: os.ask.handler(async function* () {}),
  }
  link()
  const { port1, port2 } = new MessageChannel()
  new RPCHandler(router).upgrade(port1 as never)
  port1.start()
  const event = Object.assign(new Event('message'), { source: window, data: 'engine-port', ports: [port2] })
  window.dispatchEvent(event)
})

const initial = { ask: ask.getState(), plan: plan.getState(), view: view.getState(), engine: engine.getState() }
beforeEach(() => {
  asked.length = 0
  opened.length = 0
  ask.setState(initial.ask, true)
  plan.setState(initial.plan, true)
  view.setState(initial.view, true)
  engine.setState(initial.engine, true)
  stop = startHanded()
})
afterEach(() => stop())

const open = (link: DeepLink) => openHanded({ type: 'link', link })

test('a link to a run shows it on the bench with its chunk, and asks the engine for the run alone', async () => {
  await open(parseDeepLink('refrag://open?screen=bench&run=kept&sel=chunk:2&colorBy=dnll') ?? {})
  expect(ask.getState().shown?.run?.id).toBe(run.id)
  expect([view.getState().screen, view.getState().chunk]).toEqual(['bench', 2])
  // The run on the bench must not be asked again by itself, which it would be within a quarter of a second.
  await new Promise((resolve) => setTimeout(resolve, 400))
  expect(asked).toEqual(['runs.open'])
})

test('a screen alone is shown; one that this page does not know, and a chunk that is not there, are left out', async () => {
  await open({ screen: 'runs', chunks: [9999] })
  expect([view.getState().screen, view.getState().chunk]).toEqual(['runs', null])
  await open({ screen: 'constructor' })
  expect([view.getState().screen, asked]).toEqual(['runs', []])
})

test('a run that is not kept here is explained, and the rest of the link is opened', async () => {
  await open({ screen: 'sweep', run: 'other' })
  expect(view.getState()).toMatchObject({ screen: 'sweep', dialog: null })
  expect(navigation.getState().fault).toMatchObject({ code: 'run-missing' })
  expect(engine.getState().seen.at(-1)?.fault).toMatchObject({
    code: 'run-missing',
    message: 'There is no run other here.',
  })
})

test('what is no link is explained', async () => {
  await openHanded({ type: 'refused', text: 'refrag://delete' })
  expect(engine.getState().seen.map(({ fault }) => [fault.code, fault.message])).toEqual([
    ['bad-input', 'This is no link of the workbench: refrag://delete'],
  ])
  expect(navigation.getState().fault).toMatchObject({ code: 'bad-input' })
  expect(asked).toEqual([])
})

test('a session file is taken in and opened; one that is none is explained', async () => {
  await openHanded({ type: 'session', path: '/home/ada/work.refrag' })
  expect(session.getState()).toMatchObject({ id: 'kept-session', name: 'Work', runs: [run.id] })
  expect(asked.slice(0, 2)).toEqual(['session.import', 'session.open'])
  await openHanded({ type: 'session', path: '/home/ada/other.refrag' })
  expect(session.getState().fault).toMatchObject({
    what: 'The session could not be opened.',
    fault: { code: 'file-damaged' },
  })
  expect(session.getState().id).toBe('kept-session')
})

test('documents are looked over where they lie, before anything is made of them', async () => {
  await openHanded({ type: 'documents', paths: ['/home/ada/letters.txt', '/home/ada/notes.md'] })
  expect([view.getState().screen, review.getState().name]).toEqual(['corpus', 'letters and 1 more'])
  expect(review.getState().paths).toEqual(['/home/ada/letters.txt', '/home/ada/notes.md'])
  expect(asked).toEqual(['corpus.review'])
  await buildIndex({ paths: [...review.getState().paths], name: 'letters' })
  expect([asked[1], opened]).toEqual(['index.build', [['/home/ada/letters.txt', '/home/ada/notes.md']]])
})

test('what was handed over before anybody listened is not lost', () => {
  stop()
  hand({ type: 'refused', text: 'early' })
  const heard: Handed[] = []
  stop = watchHanded((handed) => heard.push(handed))
  hand({ type: 'refused', text: 'late' })
  expect(heard.map((handed) => handed.type === 'refused' && handed.text)).toEqual(['early', 'late'])
})
