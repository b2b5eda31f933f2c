/** Tray, status bar, settings, log and addresses: what they show of each state, and what they do. */
import { cleanup, render, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Devices } from '../../src/shared/devices.ts'
import type { JobInfo } from '../../src/shared/jobList.ts'
import type { LogEntry } from '../../src/shared/log.ts'
import { firstSettings } from '../../src/shared/settings.ts'
import { advance, ask, beginShown } from '../../src/renderer/state/ask.ts'
import { colourBy, setColourBy } from '../../src/renderer/state/colourBy.ts'
import { devices } from '../../src/renderer/state/devices.ts'
import { fileOf, sectionsOf } from '../../src/renderer/state/diagnostics.ts'
import { engine } from '../../src/renderer/state/engine.ts'
import { house } from '../../src/renderer/state/house.ts'
import { jobs } from '../../src/renderer/state/jobs.ts'
import { everything, linesOf, log } from '../../src/renderer/state/log.ts'
import { addressNow, goBack, navigation, openLink, startNavigation } from '../../src/renderer/state/navigation.ts'
import { begin } from '../../src/renderer/state/history.ts'
import { plan } from '../../src/renderer/state/plan.ts'
import { runs } from '../../src/renderer/state/runs.ts'
import { changeSettings, cycleTheme, settings } from '../../src/renderer/state/settings.ts'
import { sweepSetUp, setSweepSettings } from '../../src/renderer/state/sweepSetUp.ts'
import { selectChunk, showScreen, view } from '../../src/renderer/state/view.ts'
import { JobsTray } from '../../src/renderer/views/frame/JobsTray.tsx'
import { LinkNote } from '../../src/renderer/views/frame/LinkNote.tsx'
import { StatusBar } from '../../src/renderer/views/frame/StatusBar.tsx'
import { Log } from '../../src/renderer/views/log/Log.tsx'
import { Settings } from '../../src/renderer/views/settings/Settings.tsx'
import { giveDialogs } from '../helpers/dialogs.ts'
import { draft, run } from './sample.ts'

giveDialogs()
const stores = { view, devices, runs, settings, engine, jobs, log, house, navigation, ask, plan }
const initial = Object.entries(stores).map(([name, store]) => [name, store.getState()] as const)
beforeEach(() => {
  localStorage.clear()
  for (const [name, state] of initial) stores[name as 'view'].setState(state as never, true)
  history.replaceState(null, '', location.pathname)
})
afterEach(cleanup)

const fault = { code: 'disk-full', message: 'No room on the disk.', remedy: 'Free disk space.' } as const
const job = (change: Partial<JobInfo>): JobInfo => ({
  id: 'job-1',
  kind: 'index',
  title: 'Index letters',
  began: '2026-11-26T03:00:00.000Z',
  ended: null,
  state: 'running',
  progress: {
    type: 'progress',
    stage: 'embed',
    done: 34,
    total: 120,
    unit: 'passages',
    perSecond: 17,
    secondsLeft: 5,
  },
  fault: null,
  work: null,
  ...change,
})

describe('the jobs', () => {
  const rows = () => screen.getAllByRole('listitem').map((row) => row.textContent)

  test('each with stage, n of m, rate and time left; pause where what it did is kept, cancel everywhere', () => {
    view.setState({ tray: true })
    jobs.setState({ list: [job({}), job({ id: 'job-2', kind: 'sweep', title: 'Sweep', work: 'sweep-1' })] })
    render(<JobsTray />)
    expect(rows()[0]).toContain('embed, 34 of 120 passages · 17 a second · 5 s left')
    expect(screen.getByRole('progressbar', { name: 'Index letters' }).getAttribute('aria-valuenow')).toBe('28')
    const buttons = screen.getAllByRole('button').map((button) => button.getAttribute('aria-label'))
    expect(buttons).toEqual([
      'Hide the jobs',
      'Show Index letters',
      'Cancel Index letters',
      'Show Sweep',
      'Pause Sweep',
      'Cancel Sweep and delete it',
    ])
  })

  test('those that ended stay, the latest first, with how they ended', async () => {
    view.setState({ tray: true })
    const ended = '2026-11-26T03:01:00.000Z'
    jobs.setState({
      list: [
        job({ id: 'a', state: 'failed', ended, fault }),
        job({ id: 'b', state: 'stopped', ended, kind: 'training', title: 'Training mixed', work: 'mixed-1' }),
        job({ id: 'c', title: 'Report', kind: 'report', state: 'stopping', progress: null }),
      ],
    })
    render(<JobsTray />)
    expect(rows()[0]).toContain('Cancelling…')
    expect(rows()[1]).toMatch(/paused, embed, 34 of 120 passages/)
    expect(rows()[2]).toContain('failed: No room on the disk. Free disk space.')
    await userEvent.click(screen.getByRole('button', { name: 'Show Report' }))
    expect(view.getState().screen).toBe('runs')
  })

  test('cancelling what has kept something asks first, and keeps it by default', async () => {
    view.setState({ tray: true })
    jobs.setState({ list: [job({ kind: 'sweep', title: 'Sweep', work: 'sweep-1' })] })
    render(<JobsTray />)
    await userEvent.click(screen.getByRole('button', { name: 'Cancel Sweep and delete it' }))
    const question = screen.getByRole('alertdialog', { name: 'Delete sweep-1?' })
    expect(document.activeElement?.textContent).toBe('Keep it')
    await userEvent.click(within(question).getByRole('button', { name: 'Keep it' }))
    expect(screen.queryByRole('alertdialog')).toBeNull()
  })

  test('waits, is empty, fails with a way to retry, is stale, is shut', () => {
    view.setState({ tray: true })
    render(<JobsTray />)
    expect(screen.getByText('Asking the engine what it does')).toBeDefined()
    cleanup()
    jobs.setState({ list: [] })
    render(<JobsTray />)
    expect(screen.getByText(/^Nothing runs\./)).toBeDefined()
    cleanup()
    jobs.setState({ fault })
    render(<JobsTray />)
    expect(screen.getByRole('button', { name: 'Retry' })).toBeDefined()
    cleanup()
    engine.setState({ status: { state: 'gone', restarts: 0 } })
    render(<JobsTray />)
    expect(screen.getByRole('region', { name: 'Jobs' }).dataset['stale']).toBe('true')
    cleanup()
    view.setState({ tray: false })
    render(<JobsTray />)
    expect(screen.queryByRole('region')).toBeNull()
  })

  test('the status bar counts them, and leads to the log from the errors', async () => {
    jobs.setState({ list: [job({}), job({ id: 'x', state: 'done' })], residentBytes: 412e6 })
    engine.setState({ seen: [{ time: '2026-11-26T03:00:00Z', work: 'run the plan', fault, told: true }] })
    render(<StatusBar />)
    expect(screen.getByRole('button', { name: /^1 job/ }).textContent).toBe(
      '1 jobIndex letters: embed, 34 of 120 passages',
    )
    expect(screen.getByText('RAM 412 MB')).toBeDefined()
    await userEvent.click(screen.getByRole('button', { name: '1 error' }))
    expect(view.getState().screen).toBe('log')
    expect(log.getState().filter.least).toBe('warning')
  })
})

describe('the settings', () => {
  test('a change shows at once and is remembered for the next first paint', async () => {
    settings.setState({ known: true })
    render(<Settings />)
    await userEvent.click(screen.getByRole('radio', { name: 'Dark' }))
    await userEvent.click(screen.getByRole('checkbox', { name: 'Single-key shortcuts' }))
    expect(settings.getState().now).toMatchObject({ theme: 'dark', singleKeys: false })
    expect(JSON.parse(localStorage.getItem('refrag:settings') ?? '')).toMatchObject({
      theme: 'dark',
      singleKeys: false,
    })
    cycleTheme()
    expect(settings.getState().now.theme).toBe('system')
  })

  test('threads say that they wait for the engine’s next start', async () => {
    settings.setState({ known: true, now: { ...firstSettings, threads: 1 } })
    engine.setState({ status: { state: 'ready', restarts: 0 }, health })
    render(<Settings />)
    const pane = screen.getByRole('region', { name: 'Engine' })
    expect(within(pane).getByText('Taken when the engine starts; it runs on 2 threads now.')).toBeDefined()
    expect(within(pane).getByText('The engine must be restarted to run on 1 thread.')).toBeDefined()
    await userEvent.click(within(pane).getByRole('checkbox', { name: 'one for each core, 4' }))
    expect(settings.getState().now.threads).toBeNull()
    expect(within(pane).getByText('The engine must be restarted to run on 4 threads.')).toBeDefined()
  })

  test('devices: what each was found to be, which is in use, and what the next start takes', async () => {
    settings.setState({ known: true })
    engine.setState({ status: { state: 'ready', restarts: 0 }, health })
    devices.setState({ known })
    render(<Settings />)
    const pane = screen.getByRole('region', { name: 'Devices' })
    const row = (name: RegExp): string => within(pane).getByRole('row', { name }).textContent
    expect(row(/^WebGPU/)).toContain('2.1e−61.5 ms0.8 ms2.6 kBworks')
    expect(row(/^CUDA/)).toContain('––––libcudart.so.12 is missing')
    expect(row(/^DirectML/)).toContain('not probed')
    expect(row(/^CPU/)).toContain('in use works')
    expect(row(/^Automatic/)).toContain('the fastest that agrees with the CPU: WebGPU')
    expect(pane.textContent).toContain('It runs on CPU until then.')
    expect(within(pane).getByText(/CoreML was asked for and is not used: it went away/)).toBeDefined()
    await userEvent.click(within(pane).getByRole('radio', { name: 'WebGPU' }))
    await userEvent.click(within(pane).getByRole('radio', { name: 'int4' }))
    await userEvent.click(within(pane).getByRole('checkbox', { name: 'Memory arena' }))
    expect(settings.getState().now).toMatchObject({ device: 'webgpu', weights: 'int4', arena: false })
  })

  test('devices: waits, and before the first probe says that only the CPU is known', () => {
    render(<Settings />)
    expect(screen.getByText('Asking what this machine can run on')).toBeDefined()
    cleanup()
    devices.setState({
      known: { ...known, probes: [], probed: null, next: 'cpu', use: { ...known.use, fellBack: null } },
    })
    render(<Settings />)
    const pane = screen.getByRole('region', { name: 'Devices' })
    expect(within(pane).getByRole('button', { name: 'Probe' })).toBeDefined()
    expect(pane.textContent).toContain('Only the CPU is known until the devices are probed')
  })

  test('the status bar tells what the engine runs on, and that it fell back', () => {
    engine.setState({ health: { ...health, weights: 'int8' } })
    render(<StatusBar />)
    expect(screen.getByText('CPU, int8').className).not.toContain('bad')
    cleanup()
    engine.setState({ health: { ...health, fellBack: 'CUDA was asked for: it went away.' } })
    render(<StatusBar />)
    const told = screen.getByText('CPU (fallen back)')
    expect([told.className, told.title]).toEqual(['bad', 'CUDA was asked for: it went away.'])
  })

  test('restarting asks first while jobs run, and names them', async () => {
    engine.setState({ status: { state: 'ready', restarts: 0 }, health })
    jobs.setState({ list: [job({})] })
    render(<Settings />)
    await userEvent.click(screen.getByRole('button', { name: 'Restart the engine' }))
    expect(view.getState().dialog).toBe('restart')
  })

  test('a new sweep begins with the measurement defaults, unless a hand has set it', () => {
    void changeSettings({ repeats: 5, warmups: 2 })
    expect(sweepSetUp.getState()).toMatchObject({ repeats: 5, warmups: 2 })
    setSweepSettings({ repeats: 9 })
    void changeSettings({ repeats: 3, warmups: 1 })
    expect(sweepSetUp.getState()).toMatchObject({ repeats: 9, warmups: 1 })
  })

  test('waits, fails, and says what lies where', () => {
    render(<Settings />)
    expect(screen.getByText('Asking the engine what it keeps')).toBeDefined()
    expect(screen.getByText('Measuring what is kept')).toBeDefined()
    cleanup()
    settings.setState({ fault })
    house.setState({
      places: [{ name: 'Runs', about: 'every run', path: '/home/a/runs.sqlite', bytes: 2e6, clearable: false }],
    })
    render(<Settings />)
    expect(screen.getByRole('alert').textContent).toContain('The settings could not be kept.')
    expect(screen.getByRole('row', { name: /^Runs/ }).textContent).toContain('2.0 MB/home/a/runs.sqlite')
  })
})

const times = { rounds: 5, cacheStays: true }
const known: Devices = {
  use: {
    device: 'cpu',
    label: 'CPU',
    block: null,
    wanted: 'coreml',
    fellBack: { from: 'coreml', reason: 'it went away' },
  },
  weights: 'f32',
  next: 'webgpu',
  probes: [
    {
      device: 'cpu',
      listed: true,
      works: true,
      reason: null,
      maxAbsDiff: 0,
      block: null,
      half: false,
      times: { ...times, prefillMs: 20, stepMs: 2, copiedBytes: 0 },
    },
    {
      device: 'cuda',
      listed: true,
      works: false,
      reason: 'libcudart.so.12 is missing',
      maxAbsDiff: null,
      block: null,
      half: false,
      times: null,
    },
    {
      device: 'webgpu',
      listed: true,
      works: true,
      reason: null,
      maxAbsDiff: 2.1e-6,
      block: null,
      half: false,
      times: { ...times, prefillMs: 1.5, stepMs: 0.8, copiedBytes: 2600 },
    },
  ],
  probed: '2026-11-26T03:00:00.000Z',
  onnxruntime: '1.30.0',
  machine: 'Some CPU, 2 threads',
}

const health = {
  contract: 1,
  version: '0.1.0',
  home: '/home/ada/.local/share/refrag-workbench',
  onnxruntime: '1.30.0',
  device: 'CPU',
  threads: 2,
  cores: 4,
  memoryBytes: 8e9,
  residentBytes: 3e8,
  fellBack: null,
  weights: 'f32' as const,
  freeDiskBytes: 1e10,
  node: '24.0.0',
  bundle: { name: 'tiny', hash: 'abcdef0123456789', parameters: 1000, ks: [4], window: 512, toy: true },
}

const lines: readonly LogEntry[] = [
  { time: '2026-11-26T03:00:01.000Z', level: 'info', source: 'engine', message: 'started: version 0.1.0' },
  {
    time: '2026-11-26T03:00:03.000Z',
    level: 'warning',
    source: 'engine',
    message: 'index.build: bad-record',
    detail: `${health.home}/uploads/a.jsonl, line 3: not JSON ("Dear Ada, the secret").`,
  },
  {
    time: '2026-11-26T03:00:05.000Z',
    level: 'error',
    source: 'browser door',
    message: `the engine stopped (SIGSEGV), ${health.home}`,
    detail: 'Error: Dear Ada\n    at run (/home/ada/refrag/src/run.ts:10:5)\nDear Charles',
  },
]

describe('the log', () => {
  const own = { time: '2026-11-26T03:00:04.000Z', work: 'list the runs', fault, told: false }

  test('the page’s own faults stand among the engine’s lines; those that the engine told do not come twice', () => {
    const all = linesOf(lines, [own, { ...own, told: true }], everything)
    expect(all.map(({ source, message }) => `${source}: ${message}`)).toEqual([
      'engine: started: version 0.1.0',
      'engine: index.build: bad-record',
      'page: could not list the runs: disk-full',
      `browser door: the engine stopped (SIGSEGV), ${health.home}`,
    ])
    expect(linesOf(lines, [own], { ...everything, least: 'error' })).toHaveLength(2)
    expect(linesOf(lines, [own], { ...everything, source: 'browser door' })).toHaveLength(1)
    expect(linesOf(lines, [own], { ...everything, text: 'secret json' })).toEqual([lines[1]])
  })

  test('is filtered by level, source and words, and says when nothing fits', async () => {
    log.setState({ entries: lines })
    render(<Log />)
    expect(screen.getAllByRole('listitem')).toHaveLength(3)
    await userEvent.selectOptions(screen.getByRole('combobox', { name: 'level' }), 'errors')
    expect(screen.getAllByRole('listitem')).toHaveLength(1)
    await userEvent.type(screen.getByRole('textbox', { name: 'Filter the log' }), 'nowhere')
    await userEvent.click(screen.getByRole('button', { name: 'Show all lines' }))
    expect(screen.getAllByRole('listitem')).toHaveLength(3)
  })

  test('waits, is empty, fails, is stale', () => {
    render(<Log />)
    expect(screen.getByText('Reading the log')).toBeDefined()
    cleanup()
    log.setState({ entries: [] })
    render(<Log />)
    expect(screen.getByText('Nothing was logged yet.')).toBeDefined()
    cleanup()
    log.setState({ fault })
    render(<Log />)
    expect(screen.getByRole('button', { name: 'Retry' })).toBeDefined()
    expect(screen.getByRole('region', { name: 'Log' }).dataset['stale']).toBe('true')
  })

  test('a diagnostics file has versions, settings, sizes and lines, and no word of a document', () => {
    const sections = sectionsOf({
      health,
      settings: firstSettings,
      places: [{ name: 'Runs', about: '', path: `${health.home}/runs.sqlite`, bytes: 7, clearable: false }],
      jobs: [job({ kind: 'answer', title: 'What did Dear Ada write?' })],
      lines,
      page: { browser: 'B', language: 'en', screen: 'log', pixels: '1' },
    })
    const file = fileOf(sections, '2026-11-26T03:01:00Z')
    expect(file).not.toMatch(/Dear|secret|home\/ada/)
    const found = JSON.parse(file)
    expect(Object.keys(found)).toEqual(['made', 'engine', 'page', 'settings', 'places', 'jobs', 'log'])
    expect(found.places).toEqual([{ name: 'Runs', path: '~/runs.sqlite', bytes: 7 }])
    expect(found.log[2]).toEqual({
      time: '2026-11-26T03:00:05.000Z',
      level: 'error',
      source: 'browser door',
      message: 'the engine stopped (SIGSEGV), ~',
      stack: ['at run (~/refrag/src/run.ts:10:5)'],
    })
    expect(found.jobs[0]).toMatchObject({ kind: 'answer', state: 'running', done: 34 })
  })
})

describe('addresses', () => {
  let stop = (): void => {}
  afterEach(() => stop())
  const shown = (screenName: 'bench' | 'runs') => {
    ask.setState({ phase: 'done', shown: advance(beginShown(draft, null), { type: 'done', run }) })
    view.setState({ screen: screenName })
  }

  test('follow what is looked at, and lead back through screens and selections without touching the plan', async () => {
    plan.setState(begin(draft), true)
    stop = startNavigation()
    shown('bench')
    expect(location.hash).toBe(`#screen=bench&stage=measure&run=${run.id}`)
    selectChunk(3)
    expect(location.hash).toContain('sel=chunk:3')
    setColourBy('retrieval')
    expect(location.hash).toMatch(/sel=chunk:3&colorBy=retrieval$/)
    setColourBy('score')
    showScreen('train')
    expect([location.hash, navigation.getState().at]).toEqual(['#screen=train', 3])
    const before = plan.getState()
    goBack()
    await waitFor(() => expect(addressNow()).toMatchObject({ screen: 'bench', chunk: 3 }))
    goBack()
    await waitFor(() => expect(view.getState()).toMatchObject({ screen: 'bench', chunk: null }))
    expect(plan.getState()).toBe(before)
    expect(navigation.getState()).toMatchObject({ at: 1, newest: 3 })
  })

  test('a link opens its view; what it names in vain is said, with a way on', async () => {
    stop = startNavigation()
    await openLink('screen=sweep&sel=chunk:4', { takePlan: true })
    expect(view.getState()).toMatchObject({ screen: 'sweep', chunk: 4 })
    expect(navigation.getState().problems).toEqual([])
    await openLink('screen=bench&colorBy=probability', { takePlan: true })
    expect([view.getState().screen, colourBy.getState().by]).toEqual(['bench', 'probability'])
    setColourBy('score')
    showScreen('sweep')
    await openLink('refrag://open?screen=galaxy&stage=guess&sel=word:1&colorBy=mood', { takePlan: true })
    expect(view.getState().screen).toBe('sweep')
    render(<LinkNote />)
    const note = screen.getByRole('alert')
    for (const word of ['“galaxy”', '“guess”', '“word:1”', '“mood”']) expect(note.textContent).toContain(word)
    await userEvent.click(screen.getByRole('button', { name: 'Look among the runs' }))
    expect(view.getState().screen).toBe('runs')
    expect(screen.queryByRole('alert')).toBeNull()
  })
})
