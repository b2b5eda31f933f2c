/** A text that an imported decoder goes on from, and the text that it goes on with. */
import { Fault } from '../../../shared/fault.ts'
import { openingOf } from '../tokens/special.ts'
import { openTokenizer, type Tokenizer } from '../tokens/tokenizer.ts'
import type { StoredModel } from './library.ts'

/** A text begun as its tokenizer begins one; where that says nothing of it, with the token that its config names. */
export function promptIds(
  tokenizer: Tokenizer,
  text: string,
  { manifest, tokenizer: json }: Pick<StoredModel, 'manifest' | 'tokenizer'>,
): number[] {
  const { bos } = manifest.special
  const ids = tokenizer.encode(text)
  const isSilent = ids.length === 0 || ((json as { post_processor?: unknown }).post_processor ?? null) === null
  const opening = openingOf(tokenizer.frame)
  return [...(opening.length === 0 && isSilent && bos !== null ? [bos] : opening), ...ids]
}

/** Tokens of a prompt that a continuation is read behind: whether a space stands before it depends on there being any. */
const behind = 8

/** The text of ids that go on from a prompt, without the tokens that begin and end a text. */
export function continuation(
  { decode }: Pick<Tokenizer, 'decode'>,
  prompt: readonly number[],
  { bos, eos }: StoredModel['manifest']['special'],
): (ids: readonly number[]) => string {
  const spoken = (ids: readonly number[]): number[] => ids.filter((id) => id !== bos && !eos.includes(id))
  const last = spoken(prompt.slice(-behind))
  const before = decode(last).replace(/\ufffd+$/, '').length
  return (ids) => decode([...last, ...spoken(ids)]).slice(before)
}

/** The tokenizer that reads a text for a model. Fault bad-input where it came without one. */
export function tokenizerOf(json: unknown, name: string): Tokenizer {
  if (json === null)
    throw new Fault('bad-input', `${name} came without a tokenizer.json.`, {
      remedy: 'Give the prompt as token ids: --ids',
    })
  return openTokenizer(json)
}

/** For ids alone a tokenizer is not needed, and one that is not understood is none. */
export function tokenizerOrNone(json: unknown): Tokenizer | null {
  try {
    return json === null ? null : openTokenizer(json)
  } catch (error) {
    if (error instanceof Fault) return null
    throw error
  }
}
