/** Where an answer ends: what vLLM is told of stops, and that an answer decoded there ends where the one decoded here does. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import * as z from 'zod'
import { ask } from '../../src/main/engine/ask.ts'
import { openElsewhere } from '../../src/main/engine/expand/remote/elsewhere.ts'
import type { Parts } from '../../src/main/engine/parts.ts'
import { RemoteServer } from '../../src/shared/remote.ts'
import { endpointOf } from '../../src/shared/remoteKinds.ts'
import type { RunEvent } from '../../src/shared/run.ts'
import { askAfresh, passages, planOf } from '../helpers/askedRun.ts'
import { servedModel, startDecodeServer, type DecodeServer } from '../helpers/decodeServer.ts'
import { tinyParts } from '../helpers/tinyBundle.ts'
import { textStream } from '../helpers/vllmText.ts'

let parts: Parts
let theirs: Parts
let server: DecodeServer
/** Ids and texts of an answer that nothing ends. */
let free: readonly { readonly id: number; readonly text: string }[]

beforeAll(async () => {
  parts = await tinyParts()
  theirs = await tinyParts()
  server = await startDecodeServer(theirs)
  const { tokens } = await askAfresh(parts, planOf({ target: undefined, maxTokens: 12 }))
  free = tokens.map(({ id, text }) => ({ id: id ?? -1, text }))
})
afterAll(async () => {
  await server.close()
  await parts.close()
  await theirs.close()
})
afterEach(() => {
  server.eos = null
  server.seen.length = 0
})

const withStops = (...stops: readonly (readonly number[])[]): Parts => ({
  ...parts,
  ids: { ...parts.ids, stops: [...parts.ids.stops, ...stops] },
})
const Body = z.object({
  stop: z.array(z.string()).optional(),
  stop_token_ids: z.array(z.number()),
  ignore_eos: z.boolean(),
})

/** The answer there with what was streamed of it and what was sent, beside the one here. */
async function both(own: Parts, logProbs: boolean, maxTokens = 12) {
  const { url: endpoint, host } = endpointOf(server.url, 'vllm')
  const timeouts = { connectMs: 60_000, firstTokenMs: 60_000, idleMs: 60_000 }
  const known = { name: 'gpu', kind: 'vllm', endpoint, host, model: servedModel, timeouts, confirmed: 'now', logProbs }
  const elsewhere = openElsewhere(RemoteServer.parse(known), null)
  const stream: string[] = []
  const emit = (event: RunEvent): void => {
    if (event.type === 'tokens') stream.push(...event.tokens.map(({ text }) => text))
  }
  const plan = planOf({ target: undefined, maxTokens })
  const here = await askAfresh(own, plan)
  const there = await ask(own, { ...plan, decoder: 'gpu' }, async () => passages, { emit, elsewhere })
  const body = Body.parse(JSON.parse(server.seen.at(-1)?.body.toString() ?? ''))
  return { here, there, stream: stream.join(''), body }
}

describe('stops of one token', () => {
  const single = () => parts.ids.stops.flatMap((stop) => (stop.length === 1 ? stop : []))

  test.each([true, false])('are told by their ids, log-probabilities %s', async (logProbs) => {
    const stop = free[4]?.id ?? -1
    const { here, there, body } = await both(withStops([stop]), logProbs)
    expect(body).toEqual({ stop_token_ids: [...single(), stop], ignore_eos: true })
    expect(here.stopped).toBe('end')
    expect(there).toMatchObject({ answer: here.answer, stopped: 'end' })
    expect(there.tokens.length).toBeLessThanOrEqual(here.tokens.length)
  })

  test('that the server leaves in its text are cut off, in the stream too', async () => {
    const stop = free.find(({ id, text }) => text.trim() !== '' && free[0]?.id !== id)
    if (stop === undefined) throw new Error('the answer has no second token of its own')
    const { here, there, stream } = await both(withStops([stop.id]), false)
    expect(here.tokens.at(-1)?.id).toBe(stop.id)
    expect(there.answer).toBe(here.answer)
    expect(stream.trim()).toBe(here.answer)
  })

  test.each([true, false])(
    'are all that ends it: an end of the model’s own does not, log-probabilities %s',
    async (logProbs) => {
      server.eos = free[3]?.id ?? -1
      const { here, there } = await both(parts, logProbs)
      expect(here.tokens.length).toBe(12)
      expect(there).toMatchObject({ answer: here.answer, stopped: 'length' })
    },
  )
})

describe('a stop of several tokens', () => {
  const pair = () => free.slice(4, 6).map(({ id }) => id)

  test('is told as text where no token comes back by its id, and held back until it is known to be none', async () => {
    const own = withStops(pair())
    const { here, there, stream, body } = await both(own, false)
    expect(body.stop).toEqual([own.tokenizer.decode(pair())])
    expect(body.stop_token_ids).not.toContain(pair()[0])
    expect(here.stopped).toBe('end')
    expect(there).toMatchObject({ answer: here.answer, stopped: 'end' })
    expect(stream.trim()).toBe(here.answer)
    expect(there.tokens.every(({ id }) => id === null)).toBe(true)
  })

  test('is seen here where tokens come back by their ids, and not told', async () => {
    const { here, there, body } = await both(withStops(pair()), true)
    expect(body.stop).toBe(undefined)
    expect(there).toMatchObject({ answer: here.answer, stopped: 'end' })
    expect(there.tokens.map(({ id }) => id)).toEqual(here.tokens.map(({ id }) => id))
  })

  test('of which the answer has only the beginning when its tokens are used up takes nothing from it', async () => {
    const { here, there, stream } = await both(withStops(pair()), false, 5)
    expect(here.stopped).toBe('length')
    expect(there).toMatchObject({ answer: here.answer, stopped: 'length' })
    expect(stream.trim()).toBe(here.answer)
  })
})

test('the server of these tests holds back what may become a stop, as vLLM does', () => {
  const words = textStream(['\nQ:', 'END'])
  expect(words.push('It is 4')).toEqual({ text: 'It is', stop: null })
  expect(words.push('\n')).toEqual({ text: ' ', stop: null })
  expect(words.push('Q:who')).toEqual({ text: '4', stop: '\nQ:' })
  expect(textStream([]).push('all')).toEqual({ text: 'all', stop: null })
  const cut = textStream(['END'])
  expect([cut.push('E').text, cut.push('N').text, cut.rest()]).toEqual(['', '', 'EN'])
})
