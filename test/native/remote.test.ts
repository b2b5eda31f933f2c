/** Decoded elsewhere: servers on loopback that decode with our decoder must give our answer; those that misbehave give a clear fault. */
import { createServer } from 'node:net'
import { once } from 'node:events'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { ask } from '../../src/main/engine/ask.ts'
import { openElsewhere } from '../../src/main/engine/expand/remote/elsewhere.ts'
import { checkServer } from '../../src/main/engine/expand/remote/check.ts'
import type { Parts } from '../../src/main/engine/parts.ts'
import type { Plan, PlanInput } from '../../src/shared/plan.ts'
import { RemoteServer } from '../../src/shared/remote.ts'
import { endpointOf, textOnlyLabel, type RemoteKind } from '../../src/shared/remoteKinds.ts'
import type { RunEvent } from '../../src/shared/run.ts'
import { askAfresh, passages, planOf } from '../helpers/askedRun.ts'
import { servedModel, startDecodeServer, type DecodeServer } from '../helpers/decodeServer.ts'
import { tinyParts } from '../helpers/tinyBundle.ts'

let parts: Parts
let theirs: Parts
let server: DecodeServer
const key = 'sk-secret-4711'

beforeAll(async () => {
  parts = await tinyParts()
  // A bundle of its own: nothing but the rows that come over the wire can tell it what was asked.
  theirs = await tinyParts()
  server = await startDecodeServer(theirs, { key })
})
afterAll(async () => {
  await server.close()
  await parts.close()
  await theirs.close()
})
afterEach(() => {
  server.mischief = { type: 'none' }
  server.incremental = false
  server.seen.length = 0
})

const timeouts = { connectMs: 60_000, firstTokenMs: 60_000, idleMs: 60_000 }
function serverOf(kind: RemoteKind, change: Partial<RemoteServer> = {}): RemoteServer {
  const { url: endpoint, host } = endpointOf(server.url, kind)
  return RemoteServer.parse({
    name: kind,
    kind,
    endpoint,
    host,
    model: servedModel,
    timeouts,
    confirmed: 'now',
    ...change,
  })
}
async function askThere(
  own: RemoteServer,
  input: Partial<PlanInput> = {},
  watch: { signal?: AbortSignal; emit?: (event: RunEvent) => void } = {},
) {
  const plan: Plan = planOf({ decoder: own.name, target: undefined, ...input })
  return ask(parts, plan, async () => passages, { ...watch, elsewhere: openElsewhere(own, key) })
}
const askHere = (input: Partial<PlanInput> = {}) => askAfresh(parts, planOf({ target: undefined, ...input }))
const told = ({ tokens }: Awaited<ReturnType<typeof askThere>>) =>
  tokens.map(({ id, text, logProb, alternatives }) => ({ id, text, logProb, alternatives }))

describe.each(['vllm', 'sglang'] as const)(
  '%s gives the answer that the same decoder gives here, token for token',
  (kind) => {
    test.each<Partial<PlanInput>>([
      { p: 0.3, maxTokens: 12 },
      { policy: 'none', maxTokens: 3 },
      { policy: 'all', maxTokens: 40 },
      { k: 4, policy: 'random', p: 0.5, temperature: 1, seed: 11, maxTokens: 12 },
    ])('%j', async (input) => {
      const here = await askHere(input)
      const there = await askThere(serverOf(kind), input)
      expect(told(there)).toEqual(told(here))
      expect(there).toMatchObject({ answer: here.answer, stopped: here.stopped })
      expect(there.counts.positions).toBe(here.counts.positions)
      expect(there.chunks.map(({ expanded }) => expanded)).toEqual(here.chunks.map(({ expanded }) => expanded))
      expect(there.away).toMatchObject({
        kind,
        sends: 'embeddings',
        label: null,
        positions: here.counts.positions,
        dtype: 'f32',
        promptTokens: here.counts.positions,
      })
      expect(there.away?.bytes).toBe(server.seen.at(-1)?.body.length)
    })

    test('an answer that was begun goes on there as it does here', async () => {
      const free = await askHere({ maxTokens: 8 })
      const prefix = [free.tokens[0]?.id ?? -1, free.tokens[1]?.alternatives[1]?.id ?? -1]
      const here = await askHere({ maxTokens: 8, prefix })
      const there = await askThere(serverOf(kind), { maxTokens: 8, prefix })
      expect(there.tokens.map(({ id }) => id)).toEqual(here.tokens.map(({ id }) => id))
      expect(there.tokens.map(({ given = false }) => given)).toEqual(here.tokens.map(({ given = false }) => given))
      expect(there.answer).toBe(here.answer)
      await expect(askThere(serverOf(kind), { maxTokens: 2, prefix })).rejects.toMatchObject({ code: 'bad-input' })
    })

    test('a stop of several tokens ends the answer there as it does here', async () => {
      const free = await askHere({ maxTokens: 12 })
      const stop = free.tokens.slice(3, 5).map(({ id }) => id ?? -1)
      const own = { ...parts, ids: { ...parts.ids, stops: [...parts.ids.stops, stop] } }
      const plan = planOf({ target: undefined, maxTokens: 12 })
      const here = await askAfresh(own, plan)
      const stream: string[] = []
      const emit = (event: RunEvent): void => {
        if (event.type === 'tokens') stream.push(...event.tokens.map(({ text }) => text))
      }
      const elsewhere = openElsewhere(serverOf(kind), key)
      const there = await ask(own, { ...plan, decoder: kind }, async () => passages, { emit, elsewhere })
      expect(told(there)).toEqual(told(here))
      expect(there).toMatchObject({ answer: here.answer, stopped: 'end' })
      expect(there.tokens.length).toBeLessThan(free.tokens.length)
      expect(stream).toEqual(here.tokens.map(({ text }) => text))
      expect(stream.slice(-2)).toEqual(['', ''])
      await server.left()
    })

    test('without log-probabilities the answer is the same, and none is made up', async () => {
      const here = await askHere({ maxTokens: 12 })
      const there = await askThere(serverOf(kind, { logProbs: false }), { maxTokens: 12 })
      expect(there.answer).toBe(here.answer)
      for (const token of there.tokens) expect(token).toMatchObject({ logProb: null, entropy: null, alternatives: [] })
    })

    test('wherever its bytes are cut', async () => {
      server.mischief = { type: 'drip' }
      const there = await askThere(serverOf(kind), { maxTokens: 6 })
      expect(told(there)).toEqual(told(await askHere({ maxTokens: 6 })))
    })
  },
)

test('SGLang may repeat what came before in each event, or not', async () => {
  const whole = await askThere(serverOf('sglang'), { maxTokens: 12 })
  server.incremental = true
  expect(told(await askThere(serverOf('sglang'), { maxTokens: 12 }))).toEqual(told(whole))
})

test('rows rounded to f16 or bf16 are sent at half the size, and the run says so', async () => {
  const sizes: number[] = []
  for (const dtype of ['f32', 'f16', 'bf16'] as const) {
    const there = await askThere(serverOf('vllm', { dtype }))
    expect(there.away?.dtype).toBe(dtype)
    sizes.push(there.away?.bytes ?? 0)
  }
  // Their names in the file are of other lengths.
  expect(Math.abs((sizes[1] ?? 0) - (sizes[2] ?? 0))).toBeLessThan(200)
  const rows = (await askHere()).counts.positions * parts.config.decoder.hidden
  expect((sizes[0] ?? 0) - (sizes[1] ?? 0)).toBeGreaterThan(rows * 2)
})

describe('times', () => {
  test('the phases of TTFT add up to it, those of the network among them', async () => {
    const { timings, away } = await askThere(serverOf('vllm'))
    const {
      retrieveMs,
      tokenizeMs,
      compressMs,
      senseMs,
      layoutMs,
      serializeMs = NaN,
      connectMs = NaN,
      sendMs = NaN,
      prefillMs,
      sampleMs,
      otherMs,
    } = timings
    const sum =
      retrieveMs +
      tokenizeMs +
      compressMs +
      senseMs +
      layoutMs +
      serializeMs +
      connectMs +
      sendMs +
      prefillMs +
      sampleMs +
      otherMs
    expect(sum).toBeCloseTo(timings.ttftMs, 6)
    for (const each of [serializeMs, connectMs, sendMs, prefillMs]) expect(each).toBeGreaterThan(0)
    expect(away?.roundTripMs).toBeGreaterThan(0)
    expect(away?.roundTripMs).toBeLessThanOrEqual(connectMs)
  })

  test('tokens come as the server sends them, the stages in their order', async () => {
    const events: RunEvent[] = []
    await askThere(serverOf('vllm'), { maxTokens: 6 }, { emit: (event) => events.push(event) })
    const types = events.map((event) => (event.type === 'stage' ? `${event.stage} ${event.state}` : event.type))
    expect(types.indexOf('tokens')).toBeGreaterThan(types.indexOf('expand done'))
    expect(types.indexOf('tokens')).toBeLessThan(types.indexOf('decode done'))
  })
})

test('log-perplexity of a target is not measured, and not made up', async () => {
  const { quality } = await askThere(serverOf('vllm'), { target: 'Oda Rinn' })
  expect(quality).toMatchObject({ logPerplexity: null, exactMatch: false, f1: expect.any(Number) })
})

describe('OpenAI’s formats get text alone', () => {
  test('chat: the expanded chunks and the question, under the label that says so', async () => {
    const plan = { forced: { expand: [1], compress: [] }, policy: 'none' as const }
    const there = await askThere(serverOf('openai'), plan)
    const here = await askHere(plan)
    const { messages } = JSON.parse(String(server.seen.at(-1)?.body))
    const [context, question] = String(messages[0].content).split('\n\nQuestion: ')
    expect(question).toBe('Who is the mayor of Kardova?')
    expect(context).toContain(here.chunks.find(({ expanded }) => expanded)?.text.trim())
    const compressed = here.chunks.filter(({ expanded, text }) => !expanded && text.trim().length > 5)
    expect(compressed.length).toBeGreaterThan(3)
    for (const { text } of compressed) expect(context).not.toContain(text.trim())
    expect(there).toMatchObject({
      answer: 'Oda Rinn é 🏠',
      stopped: 'end',
      away: { sends: 'text', label: textOnlyLabel, positions: null, dtype: null, promptTokens: 41 },
      counts: { positions: 41, rate: 1 },
    })
    expect(there.tokens[0]).toEqual({
      id: null,
      text: ' Oda',
      logProb: -0.5,
      entropy: null,
      alternatives: [
        { text: ' Oda', logProb: -0.5 },
        { text: ' no', logProb: -2 },
      ],
    })
  })

  test('text completions, by their address; where nobody counts tokens, no time a token is given', async () => {
    const endpoint = `${server.url}/v1/completions`
    const there = await askThere(serverOf('openai', { endpoint }))
    expect(there.answer).toBe('Oda Rinn é 🏠')
    expect(there.timings).toMatchObject({ ttitMs: null, tokensPerSecond: null })
    expect(JSON.parse(String(server.seen.at(-1)?.body)).prompt).toMatch(/Answer:$/)
    // Its tokens by our own tokenizer, since the server counts none.
    expect(there.counts.positions).toBeGreaterThan(5)
  })

  test('and cannot be made to begin an answer', async () => {
    await expect(askThere(serverOf('openai'), { prefix: 'Oda' })).rejects.toMatchObject({ code: 'bad-input' })
    expect(server.seen).toEqual([])
  })
})

describe('a server that refuses is told in its own words', () => {
  test.each<[number, string, RegExp]>([
    [400, '{"error":{"message":"max_tokens is too large"}}', /objects/],
    [401, `{"error":{"message":"Incorrect API key provided: ${key}"}}`, /key/],
    [429, '{"error":{"message":"Rate limit reached"}}', /Wait/],
    [500, 'EngineCore died', /log/],
    [503, '', /log/],
  ])('%i %s', async (status, body, remedy) => {
    server.mischief = { type: 'status', status, body }
    const fault = await askThere(serverOf('vllm')).catch((error: unknown) => error)
    expect(fault).toMatchObject({ code: 'remote-refused', remedy: expect.stringMatching(remedy) })
    expect(String(fault)).toContain(String(status))
    expect(JSON.stringify(fault) + String(fault)).not.toContain(key)
    // Once: what was refused is not sent again.
    expect(server.seen).toHaveLength(1)
  })

  test('another hidden size, another model, and a server without the key', async () => {
    const other = { ...theirs, decoder: { ...theirs.decoder, config: { ...theirs.decoder.config, hidden: 16 } } }
    const wide = await startDecodeServer(other)
    for (const kind of ['vllm', 'sglang'] as const) {
      const { url: endpoint, host } = endpointOf(wide.url, kind)
      await expect(askThere(serverOf(kind, { endpoint, host }))).rejects.toMatchObject({
        code: 'remote-refused',
        message: expect.stringContaining('16'),
        remedy: expect.stringContaining('very decoder that the bundle was made with'),
      })
    }
    await wide.close()
    await expect(askThere(serverOf('vllm', { model: 'llama' }))).rejects.toMatchObject({
      code: 'remote-refused',
      message: expect.stringContaining('404: “The model `llama` does not exist.”'),
    })
    const plan = planOf({ decoder: 'vllm' })
    await expect(
      ask(parts, plan, async () => passages, { elsewhere: openElsewhere(serverOf('vllm'), null) }),
    ).rejects.toMatchObject({ code: 'remote-refused', message: expect.stringContaining('401') })
  })

  test('a redirect is not followed, and what is no stream is no answer', async () => {
    server.mischief = {
      type: 'status',
      status: 307,
      body: '',
      headers: { location: 'http://127.0.0.1:1/v1/completions' },
    }
    await expect(askThere(serverOf('vllm'))).rejects.toMatchObject({
      message: expect.stringContaining('not confirmed'),
    })
    server.mischief = { type: 'status', status: 200, body: '<html>', headers: { 'content-type': 'text/html' } }
    await expect(askThere(serverOf('vllm'))).rejects.toMatchObject({
      message: expect.stringContaining('did not stream'),
    })
  })
})

describe('a stream that breaks is a fault, and the tokens that came are not an answer', () => {
  test.each(['cut', 'half', 'stop'] as const)('%s', async (type) => {
    for (const tokens of [0, 2]) {
      server.mischief = { type, tokens }
      const events: RunEvent[] = []
      const asked = askThere(serverOf('vllm'), { maxTokens: 12 }, { emit: (event) => events.push(event) })
      await expect(asked).rejects.toMatchObject({ code: 'remote-broken' })
    }
  })

  test('an error in its middle is told in the server’s words', async () => {
    server.mischief = { type: 'error', tokens: 1 }
    await expect(askThere(serverOf('vllm'))).rejects.toMatchObject({
      code: 'remote-refused',
      message: expect.stringContaining('out of memory'),
    })
  })

  test('but behind the end of an answer there is nothing to lose', async () => {
    const event = { choices: [{ delta: { content: 'Oda Rinn' }, finish_reason: 'stop' }] }
    const body = `data: ${JSON.stringify(event)}\n\ndata: {"choices": [], "usa`
    server.mischief = { type: 'status', status: 200, headers: { 'content-type': 'text/event-stream' }, body }
    expect(await askThere(serverOf('openai'))).toMatchObject({ answer: 'Oda Rinn', stopped: 'end' })
  })

  test('and the next ask is answered', async () => {
    expect((await askThere(serverOf('vllm'))).answer).toBe((await askHere()).answer)
  })
})

describe('time runs out', () => {
  const short = (change: Partial<typeof timeouts>) => serverOf('vllm', { timeouts: { ...timeouts, ...change } })

  test('before the first token: without a word, or with signs of life alone', async () => {
    for (const mischief of [{ type: 'hang', tokens: 0 }, { type: 'murmur' }] as const) {
      server.mischief = mischief
      await expect(askThere(short({ firstTokenMs: 150 }))).rejects.toMatchObject({
        code: 'remote-timeout',
        message: expect.stringContaining('begin its answer within 0.15 s'),
      })
      await server.left()
    }
  })

  test('between two tokens', async () => {
    server.mischief = { type: 'hang', tokens: 2 }
    await expect(askThere(short({ idleMs: 150 }), { maxTokens: 12 })).rejects.toMatchObject({
      code: 'remote-timeout',
      message: expect.stringContaining('go on'),
    })
    await server.left()
  })

  test('a host that is not there, or does not let in', async () => {
    const nobody = createServer().listen(0, '127.0.0.1')
    await once(nobody, 'listening')
    const address = nobody.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    nobody.close()
    await once(nobody, 'close')
    const gone = serverOf('vllm', { endpoint: `http://127.0.0.1:${port}/v1/completions`, host: `127.0.0.1:${port}` })
    await expect(askThere(gone)).rejects.toMatchObject({
      code: 'remote-refused',
      message: expect.stringContaining('nothing listens there'),
    })
    expect(await checkServer(gone, null)).toMatchObject({
      answers: false,
      words: expect.stringContaining('nothing listens there'),
    })
  })
})

describe('cancelling closes the request', () => {
  test.each([0, 2])('after %i tokens', async (tokens) => {
    server.mischief = { type: 'hang', tokens }
    const stop = new AbortController()
    const asked = askThere(
      serverOf('vllm'),
      { maxTokens: 12 },
      {
        signal: stop.signal,
        emit: (event) => tokens > 0 && event.type === 'tokens' && stop.abort(),
      },
    )
    if (tokens === 0) setTimeout(() => stop.abort(), 50)
    await expect(asked).rejects.toMatchObject({ name: 'AbortError' })
    await server.left()
  })
})

test('a check asks for the models alone', async () => {
  expect(await checkServer(serverOf('sglang'), key)).toEqual({
    answers: true,
    models: [servedModel],
    agrees: true,
    words: expect.stringContaining(servedModel),
  })
  expect(await checkServer(serverOf('vllm', { model: 'llama' }), key)).toMatchObject({
    agrees: false,
    words: expect.stringContaining('no llama'),
  })
  expect(await checkServer(serverOf('openai'), 'wrong')).toMatchObject({
    answers: false,
    words: expect.stringContaining('401'),
  })
  expect(server.seen.map(({ path, body }) => [path, body.length])).toEqual([
    ['/v1/models', 0],
    ['/v1/models', 0],
    ['/v1/models', 0],
  ])
})
