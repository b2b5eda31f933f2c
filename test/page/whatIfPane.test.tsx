/** What if on the bench: the groups of the inspector, the pane with its faces and states, the keys of the strip. */
import { cleanup, render, screen, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { answerTokens } from '../../src/renderer/state/answerTokens.ts'
import { advance, ask, beginShown } from '../../src/renderer/state/ask.ts'
import { setColourBy } from '../../src/renderer/state/colourBy.ts'
import { contribution } from '../../src/renderer/state/contribution.ts'
import { begin } from '../../src/renderer/state/history.ts'
import { plan } from '../../src/renderer/state/plan.ts'
import { view, setAutoRun } from '../../src/renderer/state/view.ts'
import { cancelWhatIf, whatIf } from '../../src/renderer/state/whatIf.ts'
import { Answer } from '../../src/renderer/views/bench/Decode.tsx'
import { Inspector } from '../../src/renderer/views/bench/Inspector.tsx'
import { Strip } from '../../src/renderer/views/bench/Strip.tsx'
import { WhatIf } from '../../src/renderer/views/bench/WhatIf.tsx'
import type { FlipsInput } from '../../src/shared/whatif.ts'
import { connectWhatIf, type WhatIfScript } from '../helpers/pageEngine.ts'
import { draft, run } from './sample.ts'
import { baseOf, contributionOf, flipOf } from './whatIfSample.ts'

const initial = { whatIf: whatIf.getState(), contribution: contribution.getState() }
const asked: FlipsInput[] = []
const nothing = async function* (): AsyncGenerator<never> {}
const script: WhatIfScript = {
  flips: nothing,
  best: nothing,
  shapley: nothing,
  contribution: contributionOf,
}
/** Never ends by itself. */
const stuck: WhatIfScript['flips'] = async function* (input, signal) {
  yield { type: 'partial', partial: { type: 'base', base: baseOf(input) } }
  yield { type: 'partial', partial: { type: 'flips', flips: [flipOf(4, 'estimate')] } }
  yield { type: 'progress', stage: 'flip', done: 1, total: 5, unit: 'chunks', perSecond: 20, secondsLeft: 2 }
  await new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)))
}

const shownAs = (id: string) => {
  const made = { ...run, id, plan: { ...run.plan, target: 'River' } }
  ask.setState({ phase: 'done', fault: null, shown: advance(beginShown(draft, null), { type: 'done', run: made }) })
}

beforeAll(() => connectWhatIf(script))
beforeEach(() => {
  asked.length = 0
  setColourBy('score')
  setAutoRun(false)
  plan.setState(begin(draft), true)
  whatIf.setState(initial.whatIf, true)
  contribution.setState(initial.contribution, true)
  answerTokens.setState({ locked: null, preview: null })
  view.setState({ chunk: null, preview: null, passage: null })
  shownAs('r1')
  script.flips = async function* (input) {
    asked.push(input)
    const base = baseOf(input)
    yield { type: 'partial', partial: { type: 'base', base } }
    const flips = (input.chunks ?? []).map((index) => flipOf(index, input.repeats > 0 ? 'measured' : 'estimate'))
    yield { type: 'partial', partial: { type: 'flips', flips } }
    yield { type: 'done', result: { base, flips, left: [] } }
  }
})
afterEach(() => {
  cancelWhatIf()
  cleanup()
})

const tile = (index: number) => screen.getByRole('button', { name: new RegExp(`^Chunk ${index},`) })
const valueOf = (name: string | RegExp) => screen.getByText(name).nextSibling?.textContent

test('W works out one chunk, Shift+W all that are left; the strip can be filled with it', async () => {
  render(<Strip />)
  tile(3).focus()
  await userEvent.keyboard('w')
  await vi.waitFor(() => expect(whatIf.getState().jobs.chunk.phase).toBe('done'))
  expect(asked).toEqual([{ run: 'r1', chunks: [3], repeats: 5 }])
  await userEvent.keyboard('{Shift>}W{/Shift}')
  await vi.waitFor(() => expect(whatIf.getState().jobs.all.phase).toBe('done'))
  expect(asked[1]).toEqual({ run: 'r1', chunks: [0, 1, 2, 4], repeats: 0 })
  await userEvent.selectOptions(screen.getByRole('combobox', { name: 'colour by' }), 'delta NLL')
  expect(tile(4).getAttribute('aria-label')).toBe(
    'Chunk 4, compressed by policy, delta NLL if flipped ↓ −0.400 nats/token',
  )
  expect(screen.getByText(/^height: delta NLL if flipped ↓, −0\.400 to 0\.800 nats\/token/)).toBeTruthy()
  // No chunk was forced on the way.
  expect(plan.getState().present.forced).toEqual({ expand: [], compress: [] })
})

test('the inspector computes a flip and says what it changes, how exactly, and that flips do not add up', async () => {
  view.setState({ chunk: 0 })
  render(<Inspector />)
  expect(screen.getAllByText('Not computed yet.')).toHaveLength(2)
  await userEvent.click(screen.getByRole('button', { name: /^Compute W/ }))
  await screen.findByText('delta NLL ↓')
  expect(valueOf('delta NLL ↓')).toBe('+0.8000 nats/token')
  expect(valueOf('target')).toBe('gold answer')
  expect(valueOf('greedy answer')).toBe('changes to “Lake”')
  expect(valueOf('it was')).toBe('“River 741”')
  expect(valueOf('delta positions ↓')).toBe('+7')
  expect(valueOf('delta TTFT ↓')).toBe('+1.5 ms')
  expect(valueOf('TTFT is measured')).toBe('+1.0 ms to +2.0 ms, n 5')
  expect(valueOf('method')).toBe('exact, one forward, 12.0 ms')
  expect(valueOf('from the KV cache')).toBe('10 of 37 positions')
  expect(screen.getByText(/^Flips are not additive/)).toBeTruthy()
})

test('a flip known of an earlier run is not told of this one', async () => {
  whatIf.setState({ run: 'r0', base: baseOf({ run: 'r0' }), flips: new Map([[0, flipOf(0, 'estimate')]]) })
  view.setState({ chunk: 0 })
  render(
    <>
      <Inspector />
      <WhatIf />
    </>,
  )
  expect(screen.getByText(/what is known belongs to an earlier one/)).toBeTruthy()
  expect(screen.queryByText('delta NLL ↓')).toBeNull()
  const pane = screen.getByRole('region', { name: 'What if' })
  expect(pane.dataset['stale']).toBe('true')
  expect(within(pane).getByText('of an earlier run; compute again for the one shown')).toBeTruthy()
})

test('the pane: empty, then progress with what has come and Cancel, then partial', async () => {
  script.flips = stuck
  render(<WhatIf />)
  const pane = screen.getByRole('region', { name: 'What if' })
  expect(within(pane).getByText(/^Press W on a chunk/)).toBeTruthy()
  await userEvent.click(within(pane).getByRole('button', { name: /^Flip every chunk/ }))
  await within(pane).findByText('flip, 1 of 5 chunks · 20 a second · 2 s left')
  expect(within(pane).getAllByRole('row')).toHaveLength(2)
  await userEvent.click(within(pane).getByRole('button', { name: 'Cancel' }))
  await within(pane).findByText(/^Cancelled: what has come so far is shown/)
  expect(within(pane).getAllByRole('row')).toHaveLength(2)
  expect(within(pane).getByRole('button', { name: /^Flip the other 4/ })).toBeTruthy()
})

test('a fault of the engine stands in the pane with its remedy and a way to try again', async () => {
  script.flips = async function* () {
    yield* []
    throw new Error('the run is gone')
  }
  render(<WhatIf />)
  await userEvent.click(screen.getByRole('button', { name: /^Flip every chunk/ }))
  const fault = await screen.findByRole('alert')
  expect(within(fault).getByText('Flipping every chunk failed.')).toBeTruthy()
  expect(within(fault).getByRole('button', { name: 'Retry' })).toBeTruthy()
})

test('flips are sorted as they stand, the most helpful first', async () => {
  render(<WhatIf />)
  await userEvent.click(screen.getByRole('button', { name: /^Flip every chunk/ }))
  await screen.findByText(/^5 of 5 chunks flipped/)
  const rows = screen.getAllByRole('button', { name: /^Select chunk/ }).map((button) => button.textContent)
  expect(rows).toEqual(['4', '3', '2', '1', '0'])
})

test('the faces of sets: a best set is taken into the plan, Shapley values come with n and interval', async () => {
  script.best = async function* (input) {
    const step = { index: 4, to: 'expand', nll: 1, gain: 0.5, deltaNll: -0.5, answer: 'Lake', positions: 34 } as const
    yield { type: 'partial', partial: { type: 'step', step } }
    yield { type: 'done', result: { base: baseOf(input), steps: [step], ended: 'no-gain' } }
  }
  script.shapley = async function* (input) {
    const values = [{ index: 2, mean: -0.25, ci: [-0.5, 0] as [number, number] }]
    yield { type: 'done', result: { base: baseOf(input), round: { permutations: 100, together: -0.25, values } } }
  }
  render(<WhatIf />)
  await userEvent.click(screen.getByRole('radio', { name: 'Best set' }))
  await userEvent.click(screen.getByRole('button', { name: 'Search' }))
  await screen.findByText('No other flip lowers the NLL further.')
  await userEvent.click(screen.getByRole('button', { name: 'Take 1 flip into the plan' }))
  expect(plan.getState().present.forced).toEqual({ expand: [4], compress: [] })
  await userEvent.click(screen.getByRole('radio', { name: 'Shapley' }))
  await userEvent.click(screen.getByRole('button', { name: 'Sample' }))
  await screen.findByText(/^n 100 permutations; all chunks flipped together −0\.2500 nats\/token/)
  expect(screen.getByText('−0.5000 to 0.0000')).toBeTruthy()
})

test('a token of the answer shows where its attention goes, and the strip follows the tokens', async () => {
  render(
    <>
      <Strip />
      <Answer />
    </>,
  )
  await userEvent.click(screen.getByRole('button', { name: /^River, probability/ }))
  await userEvent.click(screen.getByRole('button', { name: 'Show where its attention goes' }))
  await screen.findByRole('button', { name: 'chunk 1 0.400' })
  expect(screen.getByText(/all chunks 0\.600, question 0\.200, answer 0\.000, template 0\.200/)).toBeTruthy()
  await userEvent.click(screen.getByRole('button', { name: 'On the strip' }))
  expect(tile(1).getAttribute('aria-label')).toContain('attention mass ↑ 0.400')
  await userEvent.click(screen.getByRole('button', { name: /^␣74, probability/ }))
  expect(tile(1).getAttribute('aria-label')).toContain('attention mass ↑ 0.05')
  expect(tile(2).getAttribute('aria-label')).toContain('attention mass ↑ 0.400')
  // Shift stretches the choice: the mean of two tokens.
  const user = userEvent.setup()
  await user.keyboard('{Shift>}')
  await user.click(screen.getByRole('button', { name: /^River, probability/ }))
  await user.keyboard('{/Shift}')
  await user.unhover(screen.getByRole('button', { name: /^River, probability/ }))
  expect(screen.getByText('attention of 2 tokens:')).toBeTruthy()
  expect(tile(1).getAttribute('aria-label')).toContain('attention mass ↑ 0.225')
})

test('contribution in the inspector: attention, what is lost without the chunk, its share, and a bar a token', async () => {
  view.setState({ chunk: 1 })
  render(<Inspector />)
  await userEvent.click(screen.getByRole('button', { name: 'Compute for all chunks' }))
  await screen.findByText('share of all changes')
  expect(valueOf('NLL without it ↑')).toBe('+0.8333 nats/token')
  // 2.5/3 of 0.5/3 + 2.5/3 + 0.75/3 + 2.5/3 + 0.75/3.
  await vi.waitFor(() => expect(valueOf('share of all changes')).toBe('0.357'))
  expect(valueOf('attention mass ↑')).toBe('0.1667')
  expect(valueOf('mean over')).toBe('answer, 4 layers, 2 heads')
  expect(screen.getByRole('img', { name: /River \+2\.0000, ␣74 \+0\.2500, 1 \+0\.2500$/ })).toBeTruthy()
})
