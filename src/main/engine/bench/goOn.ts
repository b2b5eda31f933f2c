/** A decoder on its own: it goes on from a prompt, without passages and without a template. */
import { Fault } from '../../../shared/fault.ts'
import { random } from '../../../shared/random.ts'
import { openDecoder, type DecoderOptions } from '../expand/decoder.ts'
import { sampleToken } from '../expand/sample.ts'
import type { StoredModel } from '../models/library.ts'
import { rowsOf } from './reference.ts'

export type Continuation = {
  readonly ids: number[]
  readonly stopped: 'end' | 'length'
  readonly prefillMs: number
  readonly tokensPerSecond: number | null
}

/** Goes on from `prompt` for at most `tokens`; `tell` hears each token. Faults bad-input and context-too-long. */
export async function goOn(
  { manifest, weights }: Pick<StoredModel, 'manifest' | 'weights'>,
  prompt: readonly number[],
  options: {
    readonly tokens: number
    readonly temperature: number
    readonly seed: number
    readonly on: DecoderOptions
    readonly signal: AbortSignal
    readonly tell: (id: number) => void
  },
): Promise<Continuation> {
  const { decoder: config, special } = manifest
  const unknown = prompt.find((id) => id >= config.vocabulary)
  if (unknown !== undefined)
    throw new Fault('bad-input', `Token ${unknown} is beyond the vocabulary of ${config.vocabulary}.`)
  const decoder = await openDecoder(config, weights, options.on)
  try {
    const [draws, sampling] = [random(options.seed), { temperature: options.temperature, topP: 1, topK: 0 }]
    decoder.reserve(prompt.length + options.tokens)
    const began = performance.now()
    let logits = await decoder.feed(rowsOf(decoder, prompt), 'last', options.signal)
    const prefillMs = performance.now() - began
    const ids: number[] = []
    const ended = (): boolean => special.eos.includes(ids.at(-1) ?? -1)
    const first = performance.now()
    for (;;) {
      ids.push(sampleToken(logits, sampling, draws).id)
      options.tell(ids.at(-1) as number)
      if (ended() || ids.length === options.tokens) break
      logits = await decoder.feed(rowsOf(decoder, ids.slice(-1)), 'last', options.signal)
    }
    const seconds = (performance.now() - first) / 1000
    const steps = ids.length - 1
    const tokensPerSecond = steps > 0 ? steps / seconds : null
    return { ids, stopped: ended() ? 'end' : 'length', prefillMs, tokensPerSecond }
  } finally {
    await decoder.close()
  }
}
