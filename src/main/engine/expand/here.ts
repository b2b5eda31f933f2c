/** An answer decoded here, by the bundle's own decoder. */
import { random } from '../../../shared/random.ts'
import type { Plan } from '../../../shared/plan.ts'
import type { Token } from '../../../shared/run.ts'
import { stopLength, withoutStop, type TemplateIds } from '../nets/template.ts'
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
  async function* tokens(): AsyncGenerator<Token, void> {
    const how = { sampling: plan, random: random(plan.seed), stops: ids.stops, most: plan.maxTokens, given }
    for await (const sample of decode(decoder, filled.logits, how, signal)) {
      const token = toToken(sample, tokenizer)
      made.push(sample.id)
      yield made.length > given.length ? token : { ...token, given: true }
    }
    decoder.rewind(laid.slots.length)
  }
  return {
    times,
    reused: filled.reused,
    tokens: tokens(),
    ended: () => ({
      answer: tokenizer.decode(withoutStop(ids, made)).trim(),
      stopped: stopLength(ids, made) > 0 ? 'end' : 'length',
      positions: laid.slots.length,
      count: made.length,
    }),
    score: (target, stop) => scoreTargets(decoder, filled.logits, target, stop),
    away: null,
  }
}
