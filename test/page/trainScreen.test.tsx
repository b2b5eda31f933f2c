/** The training screen: a dry run beneath its settings, what a training that rests says, which trainings are compared. */
import { cleanup, render, screen, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { compare } from '../../src/renderer/state/compare.ts'
import { dry } from '../../src/renderer/state/dry.ts'
import { idleJob } from '../../src/renderer/state/job.ts'
import { sameSettings, setSettings, setUp } from '../../src/renderer/state/setUp.ts'
import { train } from '../../src/renderer/state/train.ts'
import { Compare, useSides } from '../../src/renderer/views/train/Compare.tsx'
import { DataFacts } from '../../src/renderer/views/train/DataFacts.tsx'
import { Dry } from '../../src/renderer/views/train/Dry.tsx'
import { Earlier } from '../../src/renderer/views/train/Earlier.tsx'
import { Standing } from '../../src/renderer/views/train/Standing.tsx'
import type { DataReport, DryRun, TrainingInfo } from '../../src/shared/train.ts'
import { infoOf } from './trainingInfo.ts'

const report: DataReport = {
  about: '40 documents, 3 held out',
  unit: 'document',
  sides: { train: { items: 40, characters: 9000 }, valid: { items: 3, characters: 700 } },
  repeated: 2,
  leak: {
    words: 13,
    shared: 1,
    short: 1,
    first: { held: 'notes.txt, document 7', trained: 'essay.txt', run: 'a run of words' },
  },
}
const result: DryRun = {
  data: report,
  steps: 10,
  stepSeconds: { median: 0.41, low: 0.4, high: 0.43 },
  tokensPerSecond: 1234.4,
  residentBytes: { before: 412e6, peak: 812e6 },
  run: { steps: 200, seconds: 95, preparingSeconds: 1, validations: 4, validationSeconds: 0.9, checkpoints: 1 },
  scores: [],
}
const initial = { setUp: setUp.getState(), train: train.getState() }
beforeEach(() => {
  setUp.setState(initial.setUp, true)
  train.setState(initial.train, true)
  dry.setState({ ...idleJob, settings: null, report: null, result: null })
  compare.setState({ told: [], fault: null })
})
afterEach(cleanup)

describe('a dry run', () => {
  test('says what the whole run will take, from what, and what is not counted', () => {
    dry.setState({ ...idleJob, phase: 'done', settings: setUp.getState(), report, result })
    render(<Dry />)
    const text = screen.getByRole('region', { name: 'Dry run' }).textContent
    expect(text).toContain('about 2 min for 200 steps')
    expect(text).toContain('a step, median410 ms')
    expect(text).toContain('quartiles400 ms to 430 ms')
    expect(text).toContain('tokens a second1,234')
    expect(text).toContain('memory at the peak812 MB')
    expect(text).toContain('4 validations of 900 ms counted; 1 checkpoint not counted.')
  })

  test('is stale while the settings are others, and no longer when they are taken back', async () => {
    dry.setState({ ...idleJob, phase: 'done', settings: setUp.getState(), report, result })
    const { rerender } = render(<Dry />)
    const stale = () => screen.queryByText('The settings have changed since.') !== null
    expect(stale()).toBe(false)
    setSettings({ steps: 300 })
    rerender(<Dry />)
    expect(stale()).toBe(true)
    setSettings({ steps: 200 })
    rerender(<Dry />)
    expect(stale()).toBe(false)
  })

  test('of other files is another, even where they have one name', () => {
    const settings = setUp.getState()
    const file = () => new File(['text'], 'notes.txt')
    const [one, two] = [file(), file()]
    expect(sameSettings({ ...settings, files: [one] }, { ...settings, files: [one] })).toBe(true)
    expect(sameSettings({ ...settings, files: [one] }, { ...settings, files: [two] })).toBe(false)
  })
})

describe('the leak check', () => {
  test('names the first held-out document that can be met in training, of those that could be checked', () => {
    const { container } = render(<DataFacts report={report} />)
    expect(container.textContent).toContain('leak check1 of 2 held out shares a run')
    expect(container.textContent).toContain('notes.txt, document 7 with essay.txt: a run of words')
  })

  test('says that nothing was found, and of synthetic sheets why there is nothing to find', () => {
    const clean = { ...report, leak: { words: 13, shared: 0, short: 0, first: null } }
    const { container, rerender } = render(<DataFacts report={clean} />)
    expect(container.textContent).toContain('No held-out document has 13 words in a row that training reads too.')
    rerender(<DataFacts report={{ ...report, unit: 'sheet', sides: null, leak: null }} />)
    expect(container.textContent).toContain('apart by construction')
  })
})

describe('a training that rests', () => {
  const fault = {
    code: 'training-diverged',
    message: 'At step 41 (stage 2) the loss is NaN.',
    remedy: 'Lower the learning rate; the last good checkpoint was kept.',
  } as const
  const show = (info: TrainingInfo) => render(<Standing info={info} />)

  test('is paused, with a way on and a way to be rid of it', () => {
    show(infoOf({}))
    expect(screen.getByText('Paused')).toBeTruthy()
    expect(screen.getAllByRole('button').map(({ textContent }) => textContent)).toEqual([
      'Resume',
      'Use settings',
      'Discard',
    ])
  })

  test('because it diverged says what happened, what is kept and what to do, and sets up half the rate', async () => {
    show(infoOf({ state: 'failed', fault }))
    const note = screen.getByRole('alert').textContent
    expect(note).toContain('Paused: the training diverged. Step 40, the last good one, is kept.')
    expect(note).toContain(fault.message)
    expect(note).toContain(fault.remedy)
    expect(screen.queryByRole('button', { name: 'Resume' })).toBeNull()
    await userEvent.click(screen.getByRole('button', { name: 'Set up at half the rate' }))
    // The trainer's own rate is 5e-5.
    expect(setUp.getState()).toMatchObject({
      trainer: 'mixed',
      paths: ['/texts/notes.txt'],
      ks: [8],
      learningRate: 2.5e-5,
    })
  })

  test('because of anything else can go on', () => {
    show(infoOf({ state: 'failed', step: 0, fault: { ...fault, code: 'disk-full', message: 'The disk is full.' } }))
    expect(screen.getByRole('alert').textContent).toContain('Paused: it could not go on. No step was kept.')
    expect(screen.getByRole('button', { name: 'Resume' })).toBeTruthy()
  })

  test('while it runs can be paused, kept at this step, or discarded', () => {
    train.setState({ phase: 'following' })
    show(infoOf({ state: 'running' }))
    expect(screen.getAllByRole('button').map(({ textContent }) => textContent)).toEqual([
      'Pause',
      'Checkpoint now',
      'Stop and discard',
    ])
  })
})

describe('comparison', () => {
  const [a, b] = [infoOf({}), infoOf({ id: 'b', step: 60 })]
  const other = infoOf({ id: 'c', state: 'failed', input: { ...a.input, trainer: 'policy' } })

  test('is offered for every other training whose loss is of the same kind', () => {
    train.setState({ list: [a, b, other], shown: 'a' })
    render(<Earlier />)
    const box = (name: string) => screen.queryByRole<HTMLInputElement>('checkbox', { name: `Compare ${name}` })
    expect([box('a'), box('b')?.disabled, box('c')?.disabled]).toEqual([null, false, true])
    expect(box('c')!.title).toBe('Its loss is of another kind.')
    expect(screen.getByText('paused by a fault')).toBeTruthy()
  })

  function Shown() {
    return <Compare sides={useSides(a)} />
  }

  test('shows what differs, a column each, until a training is taken away', async () => {
    const faster = { ...b, input: { ...b.input, learningRate: 1e-3 } }
    train.setState({ list: [a, faster, other], shown: 'a' })
    compare.setState({ told: ['a', 'b', 'c'].map((id) => ({ id, events: [] })) })
    render(<Shown />)
    const table = screen.getByRole('table', { name: 'Trainings side by side' })
    const rows = within(table)
      .getAllByRole('row')
      .slice(1)
      .map((row) => [...row.children].map(({ textContent }) => textContent))
    expect(rows[0]).toEqual(['peak learning rate', '0.00005 (its own)', '0.001'])
    expect(rows).toHaveLength(4)
    await userEvent.click(screen.getByRole('button', { name: 'Remove b' }))
    expect(screen.queryByRole('table')).toBeNull()
  })
})
