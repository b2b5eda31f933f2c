/** The greedy answer, followed along an expected one: as long as they agree, one pass of the decoder serves for all tokens. */
import { random } from '../../../shared/random.ts'
import type { Decoder } from '../expand/decoder.ts'
import { stopLength, type TemplateIds } from '../nets/template.ts'
import { sampleToken } from '../expand/sample.ts'
import { decode } from '../expand/session.ts'

const sampling = { temperature: 0, topP: 1, topK: 0 }
/** Greedy sampling draws nothing. */
const unused = random(0)
const likeliest = (logits: Float32Array): number => sampleToken(logits, sampling, unused).id

/**
 * The greedy answer behind the positions now in the cache, whose last logits are given, up to one of `stops` or `most` tokens; the cache
 * is left as it was. `expected` changes what it costs, not what it is; but for its first `given` tokens, with which a branch begins.
 */
export async function greedyAnswer(
  decoder: Decoder,
  logits: Float32Array,
  options: {
    readonly expected: readonly number[]
    readonly stops: TemplateIds['stops']
    readonly most: number
    readonly given?: number
  },
  signal?: AbortSignal,
): Promise<readonly number[]> {
  const { expected, stops, most, given = 0 } = options
  const { hidden, vocabulary } = decoder.config
  const before = decoder.length()
  const rowOf = (id: number): Float32Array => decoder.embedding.subarray(id * hidden, (id + 1) * hidden)
  const known = expected.slice(0, most)
  const rows = new Float32Array(Math.max(0, known.length - 1) * hidden)
  known.slice(0, -1).forEach((id, i) => rows.set(rowOf(id), i * hidden))
  const rest = rows.length > 0 ? await decoder.feed(rows, 'all', signal) : rows
  const made: number[] = []
  for (const [i, id] of known.entries()) {
    const own = i === 0 ? logits : rest.subarray((i - 1) * vocabulary, i * vocabulary)
    made.push(i < given ? id : likeliest(own))
    if (made[i] !== id) break
  }
  decoder.rewind(before + Math.max(0, made.length - 1))
  const last = made.at(-1)
  if (stopLength({ stops }, made) === 0 && made.length < most) {
    const next = last === undefined ? logits : await decoder.feed(rowOf(last), 'last', signal)
    for await (const { id } of decode(
      decoder,
      next,
      { sampling, random: unused, stops, most: most - made.length, before: made.slice() },
      signal,
    ))
      made.push(id)
  }
  decoder.rewind(before)
  return made
}
