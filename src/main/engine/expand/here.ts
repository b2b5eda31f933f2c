/** An answer decoded here, by the bundle's own decoder. */
import { random } from '../../../shared/random.ts'
import type { Plan } from '../../../shared/plan.ts'
import type { Token } from '../../../shared/run.ts'
import type { TemplateIds } from '../nets/template.ts'
import type { Tokenizer } from '../tokens/tokenizer.ts'
import type { Begun } from './begun.ts'
import type { Decoder } from './decoder.ts'
import type { Input } from './input.ts'
import { decode, prefill, scoreTargets, toToken, type Held } from './session.ts'

/** What decodes: the parts of an opened bundle. */
export type Here = {
  readonly decoder: Decoder
  readonly held: Held
  readonly tokenizer: Tokenizer
  readonly ids: TemplateIds
}

/** Prefills `laid` with room for `room` more positions; tokens `given` stand first in the answer. Fault context-too-long. */
export async function beginHere(
  { decoder, held, tokenizer, ids }: Here,
  laid: Input,
  asked: { readonly plan: Plan; readonly given: readonly number[]; readonly room: number },
  signal?: AbortSignal,
): Promise<Begun> {
  const { plan, given, room } = asked
  const from = performance.now()
  const filled = await prefill(decoder, held, { ...laid, room }, signal)
  const times = { prefill: performance.now() - from }
  const made: number[] = []
  let stopped: 'end' | 'length' = 'length'
  async function* tokens(): AsyncGenerator<Token, void> {
    const how = { sampling: plan, random: random(plan.seed), end: ids.end, most: plan.maxTokens, given }
    for await (const sample of decode(decoder, filled.logits, how, signal)) {
      const token = toToken(sample, tokenizer)
      const own = made.length < given.length ? { ...token, given: true } : token
      made.push(sample.id)
      // The end has a probability worth seeing, but adds nothing to the text.
      if (sample.id === ids.end) stopped = 'end'
      yield sample.id === ids.end ? { ...own, text: '' } : own
    }
    decoder.rewind(laid.slots.length)
  }
  return {
    times,
    reused: filled.reused,
    tokens: tokens(),
    ended: () => ({
      answer: tokenizer.decode(made.filter((id) => id !== ids.end)).trim(),
      stopped,
      positions: laid.slots.length,
      count: made.length,
    }),
    score: (target, stop) => scoreTargets(decoder, filled.logits, target, stop),
    away: null,
  }
}
