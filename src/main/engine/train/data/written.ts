/** Texts that a decoder writes itself, drawn with a seed: data that it can surely foretell, where none of its own is at hand. */
import { random } from '../../../../shared/random.ts'
import type { WriteInput } from '../../../../shared/pair.ts'
import type { Decoder } from '../../expand/decoder.ts'
import { layRows, type Slot } from '../../expand/layout.ts'
import { decode, prefill } from '../../expand/session.ts'
import { breathe } from '../../expand/flow.ts'
import { withoutStop, type TemplateIds } from '../../nets/template.ts'
import type { Tokenizer } from '../../tokens/tokenizer.ts'
import { stepRandom } from '../recipe/tasks.ts'

/** One text as it was written. */
export type Written = { readonly text: string; readonly tokens: number; readonly ended: boolean }

/**
 * Texts one after another, each of a seed of its own, so that one more changes none before it. Each begins as the template's start and
 * `prompt` say. Throws an AbortError on abort.
 */
export async function* writeTexts(
  parts: {
    readonly decoder: Decoder
    readonly ids: Pick<TemplateIds, 'start' | 'stops'>
    readonly tokenizer: Pick<Tokenizer, 'encode' | 'decode'>
  },
  input: Pick<WriteInput, 'texts' | 'tokens' | 'prompt' | 'temperature' | 'topP' | 'seed'>,
  signal?: AbortSignal,
): AsyncGenerator<Written> {
  const { decoder, ids, tokenizer } = parts
  const opening = input.prompt === '' ? [] : [...tokenizer.encode(input.prompt)]
  const slots = [...ids.start, ...opening].map((id): Slot => ({ kind: 'token', id }))
  const keys = slots.map((_, i) => `${i}`)
  const rows = layRows(slots, decoder.embedding, decoder.config.hidden, () => new Float32Array(0))
  const most = Math.max(1, Math.min(input.tokens, decoder.config.window - slots.length))
  const held = { keys: [] as readonly string[] }
  const sampling = { temperature: input.temperature, topP: input.topP, topK: 0 }
  for (let at = 0; at < input.texts; at++) {
    const { logits } = await prefill(decoder, held, { rows, keys, room: most }, signal)
    const own = random(stepRandom(input.seed, at).int(0, 0x7fff_ffff))
    const made: number[] = []
    for await (const { id } of decode(decoder, logits, { sampling, random: own, stops: ids.stops, most }, signal))
      made.push(id)
    const said = withoutStop(ids, made)
    yield {
      text: tokenizer.decode([...opening, ...said]).trim(),
      tokens: made.length,
      ended: said.length < made.length,
    }
    await breathe()
  }
}
