/** What each chunk contributes to each token of the target: by leaving it out, and by the attention that goes to it. */
import { Fault } from '../../../shared/fault.ts'
import type { AttentionMass, ContributionBase, LeftOutChunk } from '../../../shared/whatif.ts'
import { prefill } from '../expand/session.ts'
import { mean } from '../measure/statistics.ts'
import { withoutStop } from '../nets/template.ts'
import { chosenChunks, type Restored } from './restore.ts'
import { fedAsRun, inputOf, roomOf, score, type Scored, type Turn } from './score.ts'

/** The target as the run has it comes first, then where its tokens look. */
export type ContributionEvent =
  | { readonly type: 'base'; readonly base: ContributionBase }
  | { readonly type: 'attention'; readonly attention: AttentionMass }
  | { readonly type: 'leftOut'; readonly leftOut: LeftOutChunk }

type Over = { readonly layers?: readonly number[] | undefined; readonly heads?: readonly number[] | undefined }

/**
 * First what the target is as the run has it, then where its tokens look, then each of `chunks` left out, from the last to the first so
 * that what stands before one is in the KV cache. Fault bad-input for a layer or head that the decoder has not.
 */
export async function* contribution(
  at: Restored,
  input: Over & { readonly chunks?: readonly number[] | undefined },
  turn: Turn,
  signal?: AbortSignal,
): AsyncGenerator<ContributionEvent> {
  const chunks = chosenChunks(at, input.chunks)
  const { run, target, parts } = at
  const over = chosenHeads(at, input)
  const base = await turn(() => score(at, fedAsRun(at), null, signal))
  const said = withoutStop(parts.ids, target.ids).length
  // The end stands for no text.
  const textOf = (id: number, i: number): string => (i < said ? parts.tokenizer.piece(id) : '')
  const tokens = target.ids.map((id, i) => ({ text: textOf(id, i), logProb: base.logProbs[i] as number }))
  yield { type: 'base', base: { run: run.id, target: target.kind, nll: base.nll, tokens } }
  yield { type: 'attention', attention: await turn(() => attend(at, over, signal)) }
  for (const index of chunks.toReversed()) {
    signal?.throwIfAborted()
    const fed = fedAsRun(at).map((how, other) => (other === index ? 'out' : how))
    const without = await turn(() => score(at, fed, null, signal))
    yield { type: 'leftOut', leftOut: { index, ...changeOf(base, without) } }
  }
}

/** Log-probabilities with the chunk less those without it. */
function changeOf(base: Scored, without: Scored) {
  const change = base.logProbs.map((logProb, i) => logProb - (without.logProbs[i] as number))
  return { change, deltaNll: mean(change) }
}

function chosenHeads({ parts }: Restored, { layers, heads }: Over): Required<Pick<AttentionMass, 'layers' | 'heads'>> {
  const pick = (noun: string, count: number, asked: readonly number[] | undefined): number[] => {
    const wrong = asked?.find((at) => at >= count)
    if (wrong !== undefined)
      throw new Fault('bad-input', `There is no ${noun} ${wrong}: they run from 0 to ${count - 1}.`)
    return asked === undefined ? [...Array(count).keys()] : [...new Set(asked)].toSorted((a, b) => a - b)
  }
  const { layers: deep, heads: wide } = parts.config.decoder
  return { layers: pick('layer', deep, layers), heads: pick('head', wide, heads) }
}

/** The attention of the positions that foretell the target, one a token, added up by chunk and by the rest. */
async function attend(
  at: Restored,
  over: Pick<AttentionMass, 'layers' | 'heads'>,
  signal?: AbortSignal,
): Promise<AttentionMass> {
  const { decoder, held, attention } = at.parts
  const { hidden } = decoder.config
  const { slots, rows, keys } = inputOf(at, fedAsRun(at))
  // The last position foretells the first token: it is the first of the rows that are looked at.
  const before = slots.length - 1
  await prefill(
    decoder,
    held,
    { rows: rows.subarray(0, before * hidden), keys: keys.slice(0, before), room: roomOf(at) + 1 },
    signal,
  )
  const fed = at.target.ids.slice(0, -1)
  const observed = new Float32Array((fed.length + 1) * hidden)
  observed.set(rows.subarray(before * hidden))
  fed.forEach((id, i) => observed.set(decoder.embedding.subarray(id * hidden, (id + 1) * hidden), (i + 1) * hidden))
  const chunks = at.expanded.length
  const groups = { of: [...groupsOf(at), ...fed.map(() => chunks + 1)], count: chunks + 3 }
  const { mass } = await attention.mass(decoder, observed, groups, over)
  return {
    ...over,
    rows: mass.map((sums) => ({
      chunks: [...sums.subarray(0, chunks)],
      question: sums[chunks] as number,
      answer: sums[chunks + 1] as number,
      marks: sums[chunks + 2] as number,
    })),
  }
}

/** What stands at each position of the run's input: a chunk by its index, then the question, the answer, and the template's tokens. */
function groupsOf({ cut, expanded, parts: { ids } }: Restored): readonly number[] {
  const [question, mark] = [expanded.length, expanded.length + 2]
  const marks = (piece: readonly number[]): number[] => piece.map(() => mark)
  return [
    ...marks(ids.start),
    ...cut.passages.flatMap(({ id }) => [
      ...marks(ids.passage),
      ...cut.chunks.flatMap((chunk) => {
        if (chunk.passage !== id) return []
        return Array<number>(expanded[chunk.index] ? chunk.tokens.length : 1).fill(chunk.index)
      }),
    ]),
    ...marks(ids.question),
    ...Array<number>(cut.question.length).fill(question),
    ...marks(ids.answer),
  ]
}
