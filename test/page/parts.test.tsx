/** The parts, with plain props: what they say, and what keys do. */
import { cleanup, render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, expect, test } from 'vitest'
import { AnswerText, bandOf, visible } from '../../src/renderer/parts/AnswerText.tsx'
import { Lines } from '../../src/renderer/parts/Chart.tsx'
import { FaultNote } from '../../src/renderer/parts/FaultNote.tsx'
import { formatBytes, formatLeft, formatMs, formatProbability, formatScore } from '../../src/renderer/parts/format.ts'
import { NumberField } from '../../src/renderer/parts/NumberField.tsx'
import { ProgressBar } from '../../src/renderer/parts/ProgressBar.tsx'
import { Segments } from '../../src/renderer/parts/Segments.tsx'
import { Waterfall } from '../../src/renderer/parts/Waterfall.tsx'
import { tokens } from './sample.ts'

afterEach(cleanup)

test('a choice that cannot be taken is reachable by keys and says why', async () => {
  const taken: number[] = []
  const reasons: string[] = []
  render(
    <Segments
      label="k"
      value={32}
      options={[
        { value: 32, label: '32' },
        { value: 64, label: '64', why: 'not trained for 64' },
        { value: 8, label: '8' },
      ]}
      onChange={(value) => taken.push(value)}
      onRefuse={(why) => reasons.push(why)}
    />,
  )
  await userEvent.tab()
  await userEvent.keyboard('{ArrowRight}')
  expect(document.activeElement).toBe(screen.getByRole('radio', { name: '64' }))
  await userEvent.keyboard('{ArrowRight}')
  expect([taken, reasons]).toEqual([[8], ['not trained for 64']])
})

test('seven curves of one figure are told apart by their dashes alone', () => {
  const names = ['trained', 'k 8', 'k 8 short', 'k 16', 'k 16 short', 'k 32', 'k 32 short']
  const series = names.map((name) => ({ name, points: [{ x: 1, y: 1 }] }))
  const { container } = render(<Lines title="loss" series={series} />)
  const dashes = [...container.querySelectorAll('svg path.curve')].map((path) => path.getAttribute('stroke-dasharray'))
  expect(dashes.length).toBeGreaterThanOrEqual(names.length)
  expect(new Set(dashes.slice(0, names.length)).size).toBe(names.length)
})

test('a number takes effect only while it is within its range', async () => {
  const values: number[] = []
  render(
    <NumberField
      label="passages"
      value={4}
      min={0}
      max={200}
      onChange={(value) => values.push(value)}
      onSettle={() => {}}
    />,
  )
  const field = screen.getByLabelText('passages')
  await userEvent.clear(field)
  await userEvent.type(field, '950')
  expect(values).toEqual([9, 95])
  expect(field.getAttribute('aria-invalid')).toBe('true')
})

test('each token tells its probability, and arrows walk from one to the next', async () => {
  const locked: (number | null)[] = []
  render(
    <AnswerText
      tokens={tokens}
      current={null}
      streaming={false}
      onPreview={() => {}}
      onLock={(index) => locked.push(index)}
    />,
  )
  await userEvent.tab()
  await userEvent.keyboard('{ArrowRight}{ArrowRight}{Escape}')
  expect(locked).toEqual([0, 1, 2, null])
  expect(screen.getByRole('button', { name: '␣74, probability 0.607' }).className).toContain('token-likely')
})

test('bands of probability meet without a gap', () => {
  expect([1, 0.9, 0.899, 0.5, 0.1, 0.0999, 0].map((probability) => bandOf(Math.log(probability)))).toEqual([
    'sure',
    'sure',
    'likely',
    'likely',
    'unsure',
    'guess',
    'guess',
  ])
  expect(visible(' a\n')).toBe('␣a↵')
})

test('a fault says what failed and what to do, and can be tried again', async () => {
  const calls: string[] = []
  const fault = { code: 'context-too-long', message: 'Too many positions.', remedy: 'Use a larger k.' } as const
  render(
    <FaultNote
      what="The run failed."
      fault={fault}
      onRetry={() => calls.push('retry')}
      onDismiss={() => calls.push('dismiss')}
    />,
  )
  expect(screen.getByRole('alert').textContent).toContain('The run failed. Too many positions.Use a larger k.')
  await userEvent.click(screen.getByRole('button', { name: 'Retry' }))
  await userEvent.click(screen.getByRole('button', { name: 'Dismiss' }))
  expect(calls).toEqual(['retry', 'dismiss'])
})

test('progress says n of m, rate and time left, and claims no share while the total is unknown', () => {
  const progress = {
    type: 'progress',
    stage: 'embed',
    done: 1200,
    total: 4000,
    unit: 'passages',
    perSecond: 480.2,
    secondsLeft: 5.8,
  } as const
  const { rerender } = render(
    <ProgressBar title="atlas.txt" progress={progress} cancelling={false} onCancel={() => {}} />,
  )
  expect(screen.getByText('embed, 1,200 of 4,000 passages · 480.2 a second · 6 s left')).toBeTruthy()
  expect(screen.getByRole('progressbar').getAttribute('aria-valuenow')).toBe('30')
  rerender(
    <ProgressBar title="atlas.txt" progress={{ ...progress, total: null }} cancelling={true} onCancel={() => {}} />,
  )
  expect(screen.getByRole('progressbar').getAttribute('aria-valuenow')).toBeNull()
  expect(screen.getByRole('button', { name: 'Cancel' })).toHaveProperty('disabled', true)
})

test('the waterfall starts each phase where the one before ended', () => {
  render(
    <Waterfall
      phases={[
        { name: 'retrieve', ms: 3 },
        { name: 'prefill', note: '30 positions', ms: 37 },
      ]}
      total="TTFT"
      totalMs={40}
    />,
  )
  const rows = screen
    .getAllByRole('row')
    .slice(1)
    .map((row) => row.textContent)
  expect(rows).toEqual(['retrievefrom 0.0 ms3.0 ms', 'prefill 30 positionsfrom 3.0 ms37.0 ms', 'TTFTwhole40.0 ms'])
})

test('numbers keep three digits, their unit and a true minus sign', () => {
  expect([0.42, 38.21, 412.6, 1234, 19_800].map(formatMs)).toEqual(['0.4 ms', '38.2 ms', '413 ms', '1.23 s', '19.8 s'])
  const scores = [-2.8984, 14.2, 0.0014, 0, 123.456, -7.6e-7].map(formatScore)
  expect(scores).toEqual(['−2.898', '14.20', '0.00140', '0.000', '123.5', '−7.6e−7'])
  expect([Math.log(0.5), 0, Math.log(1e-5)].map(formatProbability)).toEqual(['0.500', '1.000', '1e−5'])
  expect([412e6, 8e9, 999].map(formatBytes)).toEqual(['412 MB', '8.0 GB', '999 B'])
  expect([0.2, 42, 600, 9000].map(formatLeft)).toEqual([
    'under a second left',
    '42 s left',
    '10 min left',
    '2.5 h left',
  ])
})
