/** Bundles made of a training, and how a policy's scores lay: names, bins, columns, and what the pane offers. */
import { cleanup, render, screen, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Histograms } from '../../src/renderer/parts/Histograms.tsx'
import { toServe } from '../../src/shared/command.ts'
import { nameFor, register } from '../../src/renderer/state/register.ts'
import { train } from '../../src/renderer/state/train.ts'
import { binNames, chanceBin, columnsOf, laidOf, spread } from '../../src/renderer/views/train/chances.ts'
import { Register } from '../../src/renderer/views/train/Register.tsx'
import type { TrainEvent } from '../../src/shared/train.ts'
import { infoOf } from './trainingInfo.ts'

const made = {
  name: 'tiny mixed',
  hash: '0123456789abcdef',
  out: '/home/a b/bundles/tiny-mixed',
  step: 40,
  lineage: [{ from: 'fedcba9876543210', trainer: 'mixed', steps: 40, data: 'synthetic', seed: 7 }],
}
const begun = { train: train.getState() }
beforeEach(() => {
  train.setState(begun.train, true)
  register.setState({ id: null, phase: 'idle', fault: null })
})
afterEach(cleanup)

describe('a bundle of a training', () => {
  test('gets a name that none of the trainings has given', () => {
    const info = infoOf({})
    expect(nameFor(info, [])).toBe('tiny mixed')
    const other = infoOf({ id: 'b', bundles: [made, { ...made, name: 'tiny mixed 2' }] })
    expect(nameFor(info, [info, other])).toBe('tiny mixed 3')
  })

  test('is offered of a training that rests after a step, and of no other', () => {
    const form = () => screen.queryByRole('button', { name: 'Make a bundle' })
    const { rerender } = render(<Register info={infoOf({ step: 0 })} />)
    expect(form()).toBeNull()
    rerender(<Register info={infoOf({ state: 'running' })} />)
    expect(form()).toBeNull()
    rerender(<Register info={infoOf({ state: 'failed' })} />)
    expect(form()).not.toBeNull()
    expect(screen.getByLabelText<HTMLInputElement>('Bundle name').value).toBe('tiny mixed')
  })

  test('asks for a name where there is none', async () => {
    render(<Register info={infoOf({})} />)
    await userEvent.clear(screen.getByLabelText('Bundle name'))
    expect(screen.getByText('A bundle needs a name.')).toBeTruthy()
    expect(screen.getByRole('button', { name: 'Make a bundle' }).getAttribute('aria-disabled')).toBe('true')
  })

  test('says where it comes from and the command that opens it, quoted for a shell', () => {
    render(<Register info={infoOf({ state: 'running', bundles: [made] })} />)
    const article = screen.getByRole('article', { name: 'Bundle tiny mixed' })
    expect(within(article).getByRole('listitem').textContent).toContain('fedcba98 → mixed, 40 steps, seed 7')
    expect(toServe(made.out, '/home')).toBe(
      "npm run refrag -- serve --open --bundle '/home/a b/bundles/tiny-mixed' --home /home",
    )
    expect(article.textContent).toContain("'/home/a b/bundles/tiny-mixed'")
  })

  test('tells a refusal of its own training alone', () => {
    const fault = {
      code: 'bad-input' as const,
      message: 'A bundle of this name is there already.',
      remedy: 'Give it another.',
    }
    register.setState({ id: 'a', phase: 'idle', fault })
    const { rerender } = render(<Register info={infoOf({ id: 'b' })} />)
    expect(screen.queryByText(fault.message)).toBeNull()
    rerender(<Register info={infoOf({ id: 'a' })} />)
    expect(screen.getByText(/A bundle of this name/)).toBeTruthy()
  })
})

const histogram = {
  metric: 'probability of the first pick, times chance',
  edges: [0.5 ** 0.5, 2 ** 0.5, 2 ** 1.5],
  groups: [
    { name: 'expanded', counts: [0, 1, 2, 3] },
    { name: 'compressed', counts: [9, 4, 0, 0] },
  ],
}
const valid = (step: number, with_: boolean): TrainEvent & { type: 'valid' } => ({
  type: 'valid',
  step,
  loss: 1,
  scores: [],
  samples: [],
  ...(with_ ? { histogram } : {}),
})

describe("a policy's scores", () => {
  test('lie in bins named by their middles, chance in the one of 1×', () => {
    expect(binNames(histogram)).toEqual(['under 1/1.4×', '1×', '2×', 'over 2.8×'])
    expect(chanceBin(histogram)).toBe(1)
  })

  test('are drawn where a validation told of them, compressed to the left', () => {
    const laid = laidOf([valid(10, false), valid(20, true)])
    expect(columnsOf(laid)).toEqual([{ name: 'step 20', left: [9, 4, 0, 0], right: [0, 1, 2, 3] }])
    const all = Array.from({ length: 40 }, (_, i) => i)
    const drawn = spread(all)
    expect([drawn.length, drawn[0], drawn.at(-1)]).toEqual([14, 0, 39])
    expect(spread([1, 2])).toEqual([1, 2])
  })

  test('are read out with their numbers', () => {
    const columns = columnsOf(laidOf([valid(20, true)]))
    render(
      <Histograms
        title="scores"
        sides={['compressed', 'expanded']}
        bins={binNames(histogram)}
        level={1}
        columns={columns}
      />,
    )
    expect(screen.getByRole('img').getAttribute('aria-label')).toBe(
      'step 20: 13 compressed, 6 expanded; the table has them by bin',
    )
    const widths = [...document.querySelectorAll('path.histogram-left')].map((path) => path.getAttribute('d'))
    expect(widths[0]).toContain('H-100V')
    expect(widths[0]).not.toContain('NaN')
  })
})
