/** The address of a server, its events cut anywhere, its words of refusal, and what is left of a question where text alone is sent. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readEvents } from '../../src/main/engine/expand/remote/events.ts'
import { promptOf } from '../../src/main/engine/expand/remote/prompt.ts'
import { refusal, wordsOf } from '../../src/main/engine/expand/remote/words.ts'
import { RemoteServer } from '../../src/shared/remote.ts'
import { endpointOf, type RemoteKind } from '../../src/shared/remoteKinds.ts'
import { Fault } from '../../src/shared/fault.ts'

describe('the address', () => {
  test.each<[string, RemoteKind, string]>([
    ['http://127.0.0.1:8000', 'vllm', 'http://127.0.0.1:8000/v1/completions'],
    ['http://gpu:8000/v1/', 'vllm', 'http://gpu:8000/v1/completions'],
    ['https://gpu/a/v1/completions', 'vllm', 'https://gpu/a/v1/completions'],
    ['http://gpu:30000/', 'sglang', 'http://gpu:30000/generate'],
    ['http://gpu:30000/generate', 'sglang', 'http://gpu:30000/generate'],
    ['https://api.example.org/v1', 'openai', 'https://api.example.org/v1/chat/completions'],
    ['https://api.example.org/v1/completions', 'openai', 'https://api.example.org/v1/completions'],
  ])('%s of a %s server is asked at %s', (typed, kind, url) => {
    expect(endpointOf(typed, kind)).toMatchObject({ url, encrypted: typed.startsWith('https') })
  })

  test('says what host it is, and whether that is here', () => {
    expect(endpointOf('http://[::1]:8000', 'vllm')).toMatchObject({ host: '[::1]:8000', local: true })
    expect(endpointOf('http://127.9.0.1', 'vllm')).toMatchObject({ host: '127.9.0.1', local: true })
    // A name that only begins like this machine's.
    expect(endpointOf('http://localhost.example.org', 'vllm').local).toBe(false)
    expect(endpointOf('http://127.0.0.1.example.org', 'vllm').local).toBe(false)
  })

  test.each(['gpu:8000', 'ftp://gpu', 'http://', 'http://me:secret@gpu', 'http://gpu/?key=secret', 'http://gpu/#a'])(
    '%s is refused',
    (typed) => {
      expect(() => endpointOf(typed, 'vllm')).toThrow(expect.objectContaining({ code: 'bad-input' }))
    },
  )
})

async function* packets(bytes: Uint8Array, cuts: readonly number[]): AsyncGenerator<Uint8Array> {
  let from = 0
  for (const cut of [...new Set(cuts.map((at) => at % bytes.length)), bytes.length].toSorted((a, b) => a - b)) {
    if (cut > from) yield bytes.subarray(from, cut)
    from = cut
  }
}
async function eventsOf(text: string, cuts: readonly number[] = []): Promise<string[]> {
  const found: string[] = []
  for await (const event of readEvents(packets(new TextEncoder().encode(text), cuts))) found.push(event)
  return found
}

describe('events', () => {
  const text = ': hello\n\ndata: {"a":"é🏠"}\r\n\r\nevent: x\rdata:one\rdata: two\r\rid: 4\ndata: [DONE]\n\n'
  const expected = ['{"a":"é🏠"}', 'one\ntwo', '[DONE]']

  test('are the same wherever the stream is cut: within lines, ends of lines and characters', async () => {
    expect(await eventsOf(text)).toEqual(expected)
    expect(await eventsOf(text, [...new TextEncoder().encode(text).keys()])).toEqual(expected)
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(200)), async (cuts) => {
        expect(await eventsOf(text, cuts)).toEqual(expected)
      }),
      { numRuns: 100, seed: 7 },
    )
  })

  test('that are cut off are a fault, and the last mark needs no blank line', async () => {
    expect(await eventsOf('data: [DONE]')).toEqual(['[DONE]'])
    expect(await eventsOf('data: 1\n\ndata: [DONE]\n')).toEqual(['1', '[DONE]'])
    for (const half of ['data: {"a"', 'data: 1\n\ndata: {"a":1}\n', 'dat'])
      await expect(eventsOf(half)).rejects.toMatchObject({ code: 'remote-broken' })
  })

  test('that never end do not fill the memory', async () => {
    await expect(eventsOf(`data: ${'x'.repeat(17 * 2 ** 20)}`)).rejects.toMatchObject({
      code: 'remote-broken',
      message: expect.stringContaining('16 MiB'),
    })
  })
})

describe('a refusal', () => {
  const server = RemoteServer.parse({
    name: 'gpu',
    kind: 'vllm',
    endpoint: 'http://gpu:8000/v1/completions',
    host: 'gpu:8000',
    model: 'tiny',
    confirmed: '2026-11-26T09:00:00Z',
  })

  test.each([
    ['{"error":{"message":"no such model","code":404}}', 'no such model'],
    ['{"object":"error","message":"too long","code":400}', 'too long'],
    ['{"error":"overloaded"}', 'overloaded'],
    ['{"detail":"Not Found"}', 'Not Found'],
    ['{"detail":[{"loc":["body","seed"],"msg":"not a number","type":"int"}]}', 'body.seed: not a number'],
    ['<h1>502\n Bad  Gateway</h1>', '<h1>502 Bad Gateway</h1>'],
    ['', ''],
  ])('%s says “%s”', (body, words) => expect(wordsOf(body, null)).toBe(words))

  test('does not repeat the key that it was shown, and is not told without end', () => {
    expect(wordsOf('{"error":{"message":"Incorrect key sk-123 given"}}', 'sk-123')).toBe('Incorrect key … given')
    expect(wordsOf('x'.repeat(5000), null)).toHaveLength(601)
  })

  test.each<[number, string, RegExp]>([
    [401, 'no', /key/],
    [404, 'The model x does not exist', /model/],
    [413, 'too large', /passages/],
    [429, 'slow down', /Wait/],
    [500, 'boom', /log/],
    [400, 'prompt_embeds has hidden size 32', /very decoder/],
    [307, '', /address/],
  ])('with status %i says the status, the words, and what to do', (status, words, remedy) => {
    const fault = refusal(server, status, words)
    expect(fault).toBeInstanceOf(Fault)
    expect(fault).toMatchObject({ code: 'remote-refused', remedy: expect.stringMatching(remedy) })
    expect(fault.message).toContain('gpu:8000')
    expect(fault.message).toContain(String(status))
    if (status !== 307) expect(fault.message).toContain(`“${words}”`)
  })
})

test('text is that of the expanded chunks, in their passages, with what was left out marked once', () => {
  const span = { file: 'a', lineFrom: 1, lineTo: 1, charFrom: 0, charTo: 1 }
  const chunk = (index: number, passage: string, text: string) => ({
    index,
    passage,
    text,
    span,
    tokens: new Int32Array(1),
  })
  const chunks = [
    chunk(0, 'p0', 'Selm '),
    chunk(1, 'p0', 'has two '),
    chunk(2, 'p0', 'mills. '),
    chunk(3, 'p0', 'It is '),
    chunk(4, 'p0', 'old.'),
    chunk(5, 'p1', 'Left out.'),
    chunk(6, 'p2', 'Oda.'),
  ]
  const texts = { passages: [{ id: 'p0' }, { id: 'p1' }, { id: 'p2' }], chunks, question: 'Who?' }
  const prompt = promptOf({ ...texts, expanded: [false, true, true, false, false, false, true] })
  expect(prompt).toContain('[1] […] has two mills.  […]\n\n[2] Oda.\n\nQuestion: Who?')
  expect(prompt).not.toMatch(/Selm|old|Left/)
  expect(promptOf({ ...texts, expanded: [] })).toBe('Answer the question in a few words.\n\nQuestion: Who?')
})
