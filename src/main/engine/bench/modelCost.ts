/** What smaller matrices cost a decoder on its own: nats a token of the same stretches of text, each read anew. */
import { Fault } from '../../../shared/fault.ts'
import { random } from '../../../shared/random.ts'
import type { Decoder } from '../expand/decoder.ts'
import { breathe } from '../expand/flow.ts'
import { sampleToken } from '../expand/sample.ts'
import { logProbOf } from '../expand/session.ts'
import { rowsOf } from './reference.ts'

/** Token ids; the first is read and not foretold. */
type Stretch = readonly number[]

/** Rows whose logits are held at a time. */
const most = 128

/** Stretches that the decoder writes itself, likely tokens more often: what it can surely foretell. */
export async function ownStretches(
  decoder: Decoder,
  at: { readonly first: number; readonly texts: number; readonly tokens: number; readonly seed: number },
  signal: AbortSignal,
): Promise<Stretch[]> {
  const stretches: Stretch[] = []
  decoder.reserve(at.tokens)
  for (let text = 0; text < at.texts; text++) {
    const draws = random(at.seed + text)
    const ids = [at.first]
    decoder.rewind(0)
    while (ids.length < at.tokens) {
      const logits = await decoder.feed(rowsOf(decoder, ids.slice(-1)), 'last', signal)
      ids.push(sampleToken(logits, { temperature: 1, topP: 1, topK: 0 }, draws).id)
    }
    stretches.push(ids)
    await breathe()
  }
  return stretches
}

/** Stretches of a text, spread over it evenly. Fault corpus-short where it has no two. */
export function stretchesOf(
  ids: ArrayLike<number>,
  at: { readonly opening: readonly number[]; readonly texts: number; readonly tokens: number },
): Stretch[] {
  const each = at.tokens - at.opening.length
  const count = Math.min(at.texts, Math.floor(ids.length / each))
  if (count < 2) throw new Fault('corpus-short', `The text has ${ids.length} tokens; two stretches take ${2 * each}.`)
  const own = Array.from(ids)
  return Array.from({ length: count }, (_, i) => {
    const from = Math.floor((i * (own.length - each)) / (count - 1))
    return [...at.opening, ...own.slice(from, from + each)]
  })
}

/** Mean NLL of each stretch, and how long it took to read. */
export async function* foretell(
  decoder: Decoder,
  stretches: readonly Stretch[],
  signal: AbortSignal,
): AsyncGenerator<{ readonly nll: number; readonly ms: number }> {
  const { vocabulary } = decoder.config
  for (const ids of stretches) {
    decoder.reserve(ids.length)
    decoder.rewind(0)
    let [sum, ms] = [0, 0]
    for (let from = 0; from < ids.length - 1; from += most) {
      const to = Math.min(from + most, ids.length - 1)
      const rows = rowsOf(decoder, ids.slice(from, to))
      const began = performance.now()
      const logits = await decoder.feed(rows, 'all', signal)
      ms += performance.now() - began
      for (let at = from; at < to; at++)
        sum -= logProbOf(logits.subarray((at - from) * vocabulary, (at - from + 1) * vocabulary), ids[at + 1] as number)
    }
    yield { nll: sum / (ids.length - 1), ms }
    await breathe()
  }
}
