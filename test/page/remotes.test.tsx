/** A run decoded elsewhere on the page: marked wherever it is told, with nothing made up of what the server does not tell. */
import { cleanup, render, screen, within } from '@testing-library/react'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { advance, ask, beginShown } from '../../src/renderer/state/ask.ts'
import { whyNotBranch } from '../../src/renderer/state/branch.ts'
import { begin } from '../../src/renderer/state/history.ts'
import { differences, draftOf, plan, setField, toPlan } from '../../src/renderer/state/plan.ts'
import { remotes } from '../../src/renderer/state/remotes.ts'
import { Answer, Decode } from '../../src/renderer/views/bench/Decode.tsx'
import { Measure } from '../../src/renderer/views/bench/Measure.tsx'
import { RunLine } from '../../src/renderer/views/bench/RunLine.tsx'
import { WhatIf } from '../../src/renderer/views/bench/WhatIf.tsx'
import { DecoderSelect } from '../../src/renderer/views/remote/DecoderSelect.tsx'
import { columns } from '../../src/renderer/views/runs/columns.ts'
import { toCommand } from '../../src/shared/command.ts'
import { Plan } from '../../src/shared/plan.ts'
import type { RunDecoder } from '../../src/shared/remote.ts'
import { textOnlyLabel } from '../../src/shared/remoteKinds.ts'
import type { Run } from '../../src/shared/run.ts'
import { parseFilter } from '../../src/shared/runFilter.ts'
import { summaryOf } from './runSummary.ts'
import { draft, run } from './sample.ts'

const decoder: RunDecoder = {
  name: 'chat',
  kind: 'openai',
  host: 'gpu:8000',
  model: 'llama',
  sends: 'text',
  label: textOnlyLabel,
  positions: null,
  bytes: 1234,
  dtype: null,
  promptTokens: 41,
  roundTripMs: 12.3,
}
const away: Run = {
  ...run,
  plan: Plan.parse({ ...run.plan, target: 'River 741', decoder: 'chat' }),
  tokens: [{ id: null, text: 'River 741', logProb: null, entropy: null, alternatives: [] }],
  timings: { ...run.timings, serializeMs: 1, connectMs: 2, sendMs: 3, ttitMs: null, tokensPerSecond: null },
  quality: { logPerplexity: null, exactMatch: true, f1: 1 },
  manifest: { ...run.manifest, decoder },
}

beforeEach(() => {
  plan.setState(begin({ ...draft, target: 'River 741', decoder: 'chat' }), true)
  const shown = advance(beginShown({ ...draft, target: 'River 741', decoder: 'chat' }, null), {
    type: 'done',
    run: away,
  })
  ask.setState({ phase: 'done', fault: null, shown })
  remotes.setState({ list: [] })
})
afterEach(cleanup)

describe('the plan', () => {
  test('names its decoder, and leaves the field out where it is the bundle’s own', () => {
    expect(toPlan(draft)).not.toHaveProperty('decoder')
    expect(toPlan({ ...draft, decoder: 'chat' })).toMatchObject({ decoder: 'chat' })
    expect(draftOf(away.plan).decoder).toBe('chat')
    expect(draftOf(run.plan).decoder).toBeNull()
    expect(differences(draft, { ...draft, decoder: 'chat' })).toEqual(['decoder'])
    expect(toCommand(away.plan)).toContain('--decoder chat')
    expect(toCommand(run.plan)).not.toContain('--decoder')
  })

  test('changes it as one step of undo that is named', () => {
    setField('decoder', null)
    expect(plan.getState().past.at(-1)?.name).toBe('Change decoder')
  })
})

test('the choice offers what was confirmed, and says of a name that it was not', () => {
  render(<DecoderSelect label="decoder" value="chat" onChange={() => {}} />)
  const options = within(screen.getByRole('combobox', { name: 'decoder' })).getAllByRole('option')
  expect(options.map(({ textContent }) => textContent)).toEqual(['the bundle’s own', 'chat, not confirmed here'])
})

test('the run line, the measures and the tokens say what is known, and no more', () => {
  const { container } = render(
    <>
      <RunLine />
      <Measure />
      <Answer />
      <Decode />
    </>,
  )
  const text = container.textContent
  expect(text).toContain(`decoded elsewhere: OpenAI-compatible at gpu:8000, llama (${textOnlyLabel})`)
  for (const words of [
    'connect',
    'send',
    'wait for the server',
    'text, 1.2 kB',
    'needs the decoder here',
    'nobody counted the tokens',
  ])
    expect(text).toContain(words)
  expect(text).toContain('the server tells no probabilities')
  expect(within(screen.getByRole('region', { name: 'Answer' })).getByText(textOnlyLabel)).toBeDefined()
  expect(text).not.toMatch(/NaN|null|undefined/)
  expect(screen.getByRole('button', { name: /^River␣741, probability not told/ })).toBeDefined()
})

test('what-if says why it cannot, and so does going on from a token', () => {
  render(<WhatIf />)
  expect(screen.getByText(/needs the decoder of the run here/)).toBeDefined()
  const token = { ...away.tokens[0]!, alternatives: [{ text: ' lake', logProb: -2 }] }
  expect(whyNotBranch(token, 0)).toContain('tokens of its own')
})

test('the runs table marks it, and the filter finds it', () => {
  const [own, other] = [summaryOf(), summaryOf({ decoder: 'chat (text only)' })]
  expect([own, other].map(columns.bundle.say)).toEqual(['mini', 'by chat (text only), mini'])
  const filter = parseFilter('decoder:chat')
  expect(filter.ok && [own, other].map(filter.test)).toEqual([false, true])
})
