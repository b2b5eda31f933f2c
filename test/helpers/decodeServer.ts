/**
 * Servers that decode, on loopback: vLLM, SGLang and OpenAI's formats spoken strictly. The rows that come in go to a decoder of ours, so
 * that an answer decoded there is the answer decoded here; and a server can be told to misbehave.
 */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import * as z from 'zod'
import { decode, prefill } from '../../src/main/engine/expand/session.ts'
import type { Sample } from '../../src/main/engine/expand/sample.ts'
import type { Parts } from '../../src/main/engine/parts.ts'
import { makeLock } from '../../src/main/engine/serve/lock.ts'
import { random } from '../../src/shared/random.ts'
import { torchLoad } from './torchLoad.ts'
import { textStream } from './vllmText.ts'

/** What a server does in place of answering; tokens count those that are sent before. */
export type Mischief =
  | { readonly type: 'none' }
  | {
      readonly type: 'status'
      readonly status: number
      readonly body: string
      readonly headers?: Readonly<Record<string, string>>
    }
  | { readonly type: 'hang' | 'cut' | 'half' | 'stop' | 'error'; readonly tokens: number }
  /** Every byte in a packet of its own. */
  | { readonly type: 'drip' }
  /** Says that it is alive, and nothing else. */
  | { readonly type: 'murmur' }

export type DecodeServer = {
  readonly url: string
  readonly host: string
  /** Every request, its body as it was read. */
  readonly seen: { readonly path: string; readonly key: string | undefined; readonly body: Buffer }[]
  mischief: Mischief
  /** SGLang's setting: events hold what is new alone. */
  incremental: boolean
  /** The end that vLLM's model has of its own; null for none but what it is told. */
  eos: number | null
  /** What OpenAI's formats answer, piece by piece. */
  pieces: readonly string[]
  /** Resolves when the client has closed the connection of the latest request before its answer was whole. */
  readonly left: () => Promise<void>
  readonly close: () => Promise<void>
}

export const servedModel = 'refrag/tiny'

const sampling = { temperature: z.number(), top_p: z.number().optional(), top_k: z.number().int().min(1).optional() }
const VllmBody = z.strictObject({
  model: z.string(),
  prompt: z.null(),
  prompt_embeds: z.base64(),
  max_tokens: z.number().int().min(1),
  ...sampling,
  seed: z.number().int(),
  stop_token_ids: z.array(z.number().int()),
  ignore_eos: z.boolean().optional(),
  stop: z.array(z.string().min(1)).min(1).optional(),
  logprobs: z.literal(5).optional(),
  return_tokens_as_token_ids: z.literal(true).optional(),
  stream: z.literal(true),
  stream_options: z.strictObject({ include_usage: z.literal(true) }),
})
const SglangBody = z.strictObject({
  input_embeds: z.array(z.array(z.number()).min(1)).min(1),
  sampling_params: z.strictObject({
    ...sampling,
    sampling_seed: z.number().int().optional(),
    max_new_tokens: z.number().int().min(1),
    stop_token_ids: z.array(z.number().int()),
  }),
  return_logprob: z.literal(true).optional(),
  top_logprobs_num: z.literal(5).optional(),
  stream: z.literal(true),
})
const shared = {
  model: z.string(),
  max_tokens: z.number().int().min(1),
  temperature: z.number(),
  top_p: z.number().optional(),
  seed: z.number().int(),
  stream: z.literal(true),
  stream_options: z.strictObject({ include_usage: z.literal(true) }),
}
const ChatBody = z.strictObject({
  ...shared,
  messages: z.array(z.strictObject({ role: z.literal('user'), content: z.string() })).length(1),
  logprobs: z.literal(true).optional(),
  top_logprobs: z.literal(5).optional(),
})
const TextBody = z.strictObject({ ...shared, prompt: z.string(), logprobs: z.literal(5).optional() })

type Refusal = { readonly status: number; readonly body: unknown }
type Wanted = {
  readonly rows: Float32Array
  readonly most: number
  readonly stops: readonly number[]
  readonly temperature: number
  readonly topP: number
  readonly topK: number
  readonly seed: number
}

/** Starts one; `parts` decode, of a bundle of its own. It wants `key` where one is given. */
export async function startDecodeServer(parts: Parts, options: { readonly key?: string } = {}): Promise<DecodeServer> {
  const seen: { path: string; key: string | undefined; body: Buffer }[] = []
  // Of the latest request.
  let leave = Promise.withResolvers<void>()
  const server = createServer((request, response) => {
    const own = Promise.withResolvers<void>()
    leave = own
    response.on('close', () => void (response.writableEnded || own.resolve()))
    void answer(request, response).catch((error: unknown) =>
      refuse(response, { status: 500, body: { message: String(error) } }),
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  const own: DecodeServer = {
    url: `http://${host}`,
    host,
    seen,
    mischief: { type: 'none' },
    incremental: false,
    eos: null,
    pieces: [' Oda', ' Rinn', ' é', ' 🏠'],
    left: () => leave.promise,
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const body = Buffer.concat(chunks)
    const path = request.url ?? ''
    const key = request.headers.authorization
    seen.push({ path, key, body })
    if (options.key !== undefined && key !== `Bearer ${options.key}`)
      return refuse(response, {
        status: 401,
        body: { error: { message: `Unauthorized: ${key ?? 'no key'}`, code: 401 } },
      })
    if (request.method === 'GET' && path === '/v1/models')
      return refuse(response, { status: 200, body: { object: 'list', data: [{ id: servedModel, object: 'model' }] } })
    const { mischief } = own
    if (mischief.type === 'status') return void response.writeHead(mischief.status, mischief.headers).end(mischief.body)
    if (mischief.type === 'hang' && mischief.tokens === 0) return
    if (request.method !== 'POST' || request.headers['content-type'] !== 'application/json')
      return refuse(response, { status: 405, body: { detail: 'Method Not Allowed' } })
    const speak = speakers[path]
    if (speak === undefined) return refuse(response, { status: 404, body: { detail: 'Not Found' } })
    const refusal = await speak(JSON.parse(body.toString()), streamTo(response, mischief))
    if (refusal !== null) refuse(response, refusal)
  }

  /** Events of tokens go out one by one until the mischief is due. */
  function streamTo(response: ServerResponse, mischief: Mischief): Stream {
    let told = 0
    const write = async (text: string): Promise<void> => {
      if (!response.headersSent) response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' })
      if (text === '') return
      if (mischief.type !== 'drip') return void response.write(text)
      for (const byte of Buffer.from(text)) {
        response.write(Buffer.from([byte]))
        await new Promise((resolve) => setImmediate(resolve))
      }
    }
    return {
      token: async (event) => {
        const data = `data: ${JSON.stringify(event)}\r\n\r\n`
        if (mischief.type === 'murmur') {
          await write(': alive\n\n')
          return false
        }
        if ('tokens' in mischief && told === mischief.tokens) {
          if (mischief.type !== 'cut') await write('')
          if (mischief.type === 'half') response.end(data.slice(0, data.length >> 1))
          if (mischief.type === 'cut') response.destroy()
          if (mischief.type === 'stop') response.end('data: [DONE]\n\n')
          if (mischief.type === 'error')
            response.end(
              `data: ${JSON.stringify({ error: { message: 'out of memory', code: 500 } })}\n\ndata: [DONE]\n\n`,
            )
          return false
        }
        told += 1
        await write(data)
        return true
      },
      end: async (...events) => {
        for (const event of events) await write(`data: ${JSON.stringify(event)}\n\n`)
        await write('data: [DONE]\n\n')
        response.end()
      },
    }
  }

  const { decoder, tokenizer } = parts

  // One sequence at a time: a client that has gone leaves its own being decoded.
  const lock = makeLock()

  async function* samplesOf({ rows, most, stops, temperature, topP, topK, seed }: Wanted): AsyncGenerator<Sample> {
    const release = await lock.take()
    try {
      const keys = Array.from({ length: rows.length / decoder.config.hidden }, (_, i) => `${i}`)
      parts.held.keys = []
      const { logits } = await prefill(decoder, parts.held, { rows, keys, room: most })
      yield* decode(decoder, logits, {
        sampling: { temperature, topP, topK },
        random: random(seed),
        stops: stops.map((id) => [id]),
        most,
      })
    } finally {
      release()
    }
  }

  const speakers: Readonly<Record<string, (body: unknown, stream: Stream) => Promise<Refusal | null>>> = {
    '/v1/completions': async (body, stream) => {
      if (typeof body === 'object' && body !== null && !('prompt_embeds' in body)) return speakText(body, stream)
      const read = VllmBody.safeParse(body)
      if (!read.success) return { status: 400, body: { object: 'error', message: read.error.message, code: 400 } }
      const {
        model,
        prompt_embeds,
        max_tokens,
        temperature,
        top_p = 1,
        top_k = 0,
        seed,
        stop_token_ids,
        ignore_eos = false,
        stop: stopTexts = [],
        logprobs,
      } = read.data
      if (model !== servedModel)
        return {
          status: 404,
          body: {
            object: 'error',
            message: `The model \`${model}\` does not exist.`,
            type: 'NotFoundError',
            code: 404,
          },
        }
      const { shape, values } = torchLoad(Buffer.from(prompt_embeds, 'base64'))
      if (shape.length !== 2 || shape[1] !== decoder.config.hidden)
        return {
          status: 400,
          body: {
            error: {
              message: `prompt_embeds has hidden size ${shape[1]}, the model ${decoder.config.hidden}`,
              code: 400,
            },
          },
        }
      let made = 0
      const words = textStream(stopTexts)
      const ends = ignore_eos || own.eos === null ? stop_token_ids : [...stop_token_ids, own.eos]
      const named = (id: number): string => `token_id:${id}`
      for await (const sample of samplesOf({
        rows: values,
        most: max_tokens,
        stops: ends,
        temperature,
        topP: top_p,
        topK: top_k,
        seed,
      })) {
        made += 1
        const ended = ends.includes(sample.id)
        // A stop token's own text is told, but where it is a special one, which has none.
        const said = words.push(ended ? tokenizer.decode([sample.id]) : tokenizer.piece(sample.id))
        const last = ended || made === max_tokens
        const choice = {
          index: 0,
          text: said.stop === null && last ? said.text + words.rest() : said.text,
          logprobs:
            logprobs === undefined
              ? null
              : {
                  text_offset: [0],
                  tokens: [named(sample.id)],
                  token_logprobs: [sample.logProb],
                  top_logprobs: [
                    Object.fromEntries([...sample.alternatives, sample].map(({ id, logProb }) => [named(id), logProb])),
                  ],
                },
          finish_reason: ended || said.stop !== null ? 'stop' : last ? 'length' : null,
          stop_reason: said.stop ?? (stop_token_ids.includes(sample.id) ? sample.id : null),
        }
        if (
          !(await stream.token({
            id: 'cmpl-1',
            object: 'text_completion',
            created: 1,
            model,
            choices: [choice],
            usage: null,
          }))
        )
          return null
        if (said.stop !== null) break
      }
      const usage = { prompt_tokens: shape[0], completion_tokens: made, total_tokens: 0 }
      await stream.end({ id: 'cmpl-1', object: 'text_completion', created: 1, model, choices: [], usage })
      return null
    },
    '/generate': async (body, stream) => {
      const read = SglangBody.safeParse(body)
      if (!read.success) return { status: 400, body: { error: { message: read.error.message } } }
      const { input_embeds: rows, sampling_params: asked, return_logprob } = read.data
      const { hidden } = decoder.config
      if (rows.some((row) => row.length !== hidden))
        return { status: 400, body: { error: { message: `input_embeds must have ${hidden} numbers a row` } } }
      const stops = asked.stop_token_ids
      const all: Sample[] = []
      const wanted = {
        rows: Float32Array.from(rows.flat()),
        most: asked.max_new_tokens,
        stops,
        temperature: asked.temperature,
        topP: asked.top_p ?? 1,
        topK: asked.top_k ?? 0,
        seed: asked.sampling_seed ?? 0,
      }
      for await (const sample of samplesOf(wanted)) {
        all.push(sample)
        const ended = stops.includes(sample.id)
        const told = own.incremental ? [sample] : all
        const event = {
          text: tokenizer.decode(told.map(({ id }) => id).filter((id) => !stops.includes(id))),
          output_ids: told.map(({ id }) => id),
          meta_info: {
            id: 'r',
            finish_reason: ended
              ? { type: 'stop', matched: sample.id }
              : all.length === asked.max_new_tokens
                ? { type: 'length', length: all.length }
                : null,
            prompt_tokens: rows.length,
            completion_tokens: all.length,
            cached_tokens: 0,
            ...(return_logprob === undefined
              ? {}
              : {
                  output_token_logprobs: told.map(({ id, logProb }) => [logProb, id, null]),
                  output_top_logprobs: told.map(({ alternatives }) =>
                    alternatives.map(({ id, logProb }) => [logProb, id, null]),
                  ),
                }),
          },
        }
        if (!(await stream.token(event))) return null
      }
      await stream.end()
      return null
    },
    '/v1/chat/completions': async (body, stream) => {
      const read = ChatBody.safeParse(body)
      if (!read.success) return { status: 400, body: { error: { message: read.error.message } } }
      const head = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: read.data.model }
      await stream.token({
        ...head,
        choices: [{ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null }],
        usage: null,
      })
      for (const piece of own.pieces) {
        const logprobs =
          read.data.logprobs === undefined
            ? null
            : {
                content: [
                  {
                    token: piece,
                    logprob: -0.5,
                    bytes: null,
                    top_logprobs: [
                      { token: piece, logprob: -0.5, bytes: null },
                      { token: ' no', logprob: -2, bytes: null },
                    ],
                  },
                ],
              }
        if (
          !(await stream.token({
            ...head,
            choices: [{ index: 0, delta: { content: piece }, logprobs, finish_reason: null }],
            usage: null,
          }))
        )
          return null
      }
      await stream.end(
        { ...head, choices: [{ index: 0, delta: {}, finish_reason: 'stop' }], usage: null },
        { ...head, choices: [], usage: { prompt_tokens: 41, completion_tokens: own.pieces.length } },
      )
      return null
    },
  }

  async function speakText(body: unknown, stream: Stream): Promise<Refusal | null> {
    const read = TextBody.safeParse(body)
    if (!read.success) return { status: 400, body: { error: { message: read.error.message } } }
    for (const [at, text] of own.pieces.entries()) {
      const finish = at + 1 === own.pieces.length ? 'stop' : null
      if (!(await stream.token({ choices: [{ index: 0, text, logprobs: null, finish_reason: finish }] }))) return null
    }
    await stream.end()
    return null
  }

  return own
}

type Stream = {
  /** False where nothing more is to be sent. */
  readonly token: (event: unknown) => Promise<boolean>
  readonly end: (...events: readonly unknown[]) => Promise<void>
}

function refuse(response: ServerResponse, { status, body }: Refusal): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
