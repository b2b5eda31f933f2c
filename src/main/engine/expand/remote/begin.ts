/** An answer decoded elsewhere: what was laid out here goes to a server, and its tokens come back as those of a run. */
import { Fault } from '../../../../shared/fault.ts'
import type { Plan } from '../../../../shared/plan.ts'
import type { RunDecoder } from '../../../../shared/remote.ts'
import { remoteKindInfo, textOnlyLabel } from '../../../../shared/remoteKinds.ts'
import type { Token } from '../../../../shared/run.ts'
import { stopLength, withoutStop, type TemplateIds } from '../../nets/template.ts'
import type { Tokenizer } from '../../tokens/tokenizer.ts'
import type { Begun } from '../begun.ts'
import type { Decoder } from '../decoder.ts'
import type { Input } from '../input.ts'
import type { Elsewhere, Sent, Told } from './elsewhere.ts'
import type { RemoteAsk, RemoteInput, RemotePart, RemoteToken } from './format.ts'
import { promptOf, type Texts } from './prompt.ts'

/** What goes out comes of the bundle: its token embeddings, its tokens. */
export type Home = {
  readonly decoder: Pick<Decoder, 'embedding' | 'config'>
  readonly tokenizer: Tokenizer
  readonly ids: TemplateIds
}

/**
 * Sends and waits for the first token: the time of the network stands apart from the waiting. Faults are those of the server, and
 * bad-input for a beginning of the answer that cannot be sent.
 */
export async function beginElsewhere(
  elsewhere: Elsewhere,
  home: Home,
  asked: { readonly plan: Plan; readonly given: readonly number[]; readonly laid: Input; readonly texts: Texts },
  signal?: AbortSignal,
): Promise<Begun> {
  const { plan, given } = asked
  const { server } = elsewhere
  const { sends } = remoteKindInfo[server.kind]
  checkGiven(given, plan, home.ids, sends)
  const input: RemoteInput =
    sends === 'embeddings' ? rowsOf(asked.laid, given, home) : { type: 'text', prompt: promptOf(asked.texts) }
  const ask = { sampling: plan, seed: plan.seed, most: plan.maxTokens - given.length, ...stopsOf(home) }
  const from = performance.now()
  const told = elsewhere.decode(input, ask, signal)
  const heard = listen(told, home, given)
  const first = await heard.next()
  const arrived = performance.now()
  const { serializeMs: serialize, wire, bytes } = heard.sent()
  const { connectMs: connect, sendMs: send } = wire

  async function* tokens(): AsyncGenerator<Token, void> {
    try {
      for (const id of given) yield { ...ofId(id, home), given: true }
      for (let made = first; made !== null; made = heard.stopped() ? null : await heard.next()) yield* made
    } finally {
      // A server that does not know a stop of several tokens would go on.
      await told.return()
    }
  }

  const rows = input.type === 'embeddings' ? input.rows.length / input.hidden : null
  return {
    times: { prefill: arrived - from - serialize - connect - send, serialize, connect, send },
    reused: 0,
    tokens: tokens(),
    ended: () => {
      const { answer, finish, count, promptTokens } = heard.end()
      const positions = rows ?? promptTokens ?? home.tokenizer.encode(promptOf(asked.texts)).length
      return { answer, stopped: finish, positions, count }
    },
    score: null,
    away: (): RunDecoder => ({
      name: server.name,
      kind: server.kind,
      host: server.host,
      model: server.model,
      sends,
      label: sends === 'text' ? textOnlyLabel : null,
      positions: rows,
      bytes,
      dtype: rows === null ? null : server.dtype,
      promptTokens: heard.end().promptTokens,
      roundTripMs: wire.roundTripMs,
    }),
  }
}

type Heard = {
  /** The tokens of the next event that has some; null at the end. */
  readonly next: () => Promise<readonly Token[] | null>
  readonly sent: () => Sent
  /** Whether the tokens so far end with a stop. */
  readonly stopped: () => boolean
  readonly end: () => {
    readonly answer: string
    readonly finish: 'end' | 'length'
    readonly count: number | null
    readonly promptTokens: number | null
  }
}

/** What a server tells, gathered into an answer. */
function listen(told: AsyncGenerator<Told, void>, home: Home, given: readonly number[]): Heard {
  let sent: Sent | null = null
  let finish: RemotePart['finish'] = null
  let text = home.tokenizer.decode(given)
  let ids: number[] | null = [...given]
  let count = given.length
  // A server may tell of tokens, or send text a few tokens at a time.
  let single = true
  let usage: Pick<RemotePart, 'promptTokens' | 'answerTokens'> = { promptTokens: null, answerTokens: null }

  function take(part: RemotePart): readonly Token[] {
    finish = part.finish ?? finish
    const said = withoutStopText(part, home)
    text += said
    usage = {
      promptTokens: part.promptTokens ?? usage.promptTokens,
      answerTokens: part.answerTokens ?? usage.answerTokens,
    }
    const made = untilStop(part.tokens.map((token) => toToken(token, home)))
    const known = made.flatMap(({ id }) => id ?? [])
    const pieces = made.length === 0 && said !== '' ? [pieceOf(said)] : made
    if (pieces !== made) single = false
    ids = ids !== null && known.length === pieces.length ? [...ids, ...known] : null
    count += pieces.length
    return pieces
  }

  /** What a server sends in one event may go past a stop that it does not know. */
  function untilStop(tokens: readonly Token[]): readonly Token[] {
    const after = [...(ids ?? [])]
    const at = tokens.findIndex(
      ({ id }) => ids !== null && id !== null && stopLength(home.ids, (after.push(id), after)) > 0,
    )
    return at < 0 ? tokens : tokens.slice(0, at + 1)
  }
  const stopped = (): boolean => ids !== null && stopLength(home.ids, ids) > 0

  return {
    stopped,
    next: async () => {
      for (;;) {
        const { done, value } = await told.next()
        if (done === true) return null
        if (value.type === 'sent') sent = value
        else {
          const made = take(value)
          if (made.length > 0) return made
        }
      }
    },
    sent: () => {
      if (sent === null) throw new Error('internal: a server answered what was not sent')
      return sent
    },
    end: () => ({
      answer: (ids === null ? text : home.tokenizer.decode(withoutStop(home.ids, ids))).trim(),
      finish: stopped() ? 'end' : (finish ?? 'length'),
      count: single ? count : usage.answerTokens,
      promptTokens: usage.promptTokens,
    }),
  }
}

/** A stop that is no special token is left in the text by some servers. */
function withoutStopText({ text, stopId }: RemotePart, { tokenizer }: Home): string {
  const stop = stopId === null ? '' : tokenizer.decode([stopId])
  return stop !== '' && text.endsWith(stop) ? text.slice(0, -stop.length) : text
}

function toToken({ id, text, logProb, alternatives }: RemoteToken, home: Home): Token {
  const own = id === null ? pieceOf(text) : ofId(id, home)
  return {
    ...own,
    logProb,
    alternatives: alternatives.map((other) =>
      other.id === null
        ? { text: other.text, logProb: other.logProb }
        : { id: other.id, text: home.tokenizer.piece(other.id), logProb: other.logProb },
    ),
  }
}

/** A token of which nothing but its place in the answer is known. */
function pieceOf(text: string): Token {
  return { id: null, text, logProb: null, entropy: null, alternatives: [] }
}

function ofId(id: number, { tokenizer }: Home): Token {
  return { ...pieceOf(tokenizer.piece(id)), id }
}

/** Stops as a server can be told them: tokens by their ids, several in a row by their text. */
function stopsOf({ ids, tokenizer }: Home): Pick<RemoteAsk, 'stopIds' | 'stopTexts'> {
  const several = ids.stops.filter((stop) => stop.length > 1)
  return {
    stopIds: ids.stops.flatMap((stop) => (stop.length === 1 ? stop : [])),
    stopTexts: several.map((stop) => tokenizer.decode(stop)).filter((text) => text !== ''),
  }
}

/** The rows that a decoder here would be fed, the beginning of the answer behind them. */
function rowsOf({ rows }: Input, given: readonly number[], { decoder }: Home): RemoteInput {
  const { hidden } = decoder.config
  const all = new Float32Array(rows.length + given.length * hidden)
  all.set(rows)
  given.forEach((id, at) =>
    all.set(decoder.embedding.subarray(id * hidden, (id + 1) * hidden), rows.length + at * hidden),
  )
  if (!all.every(Number.isFinite)) throw new Error('internal: the rows are not all finite numbers')
  return { type: 'embeddings', rows: all, hidden }
}

function checkGiven(
  given: readonly number[],
  { maxTokens }: Plan,
  ids: TemplateIds,
  sends: 'embeddings' | 'text',
): void {
  if (given.length === 0) return
  if (sends === 'text')
    throw new Fault('bad-input', 'A server that is sent text alone cannot be made to begin its answer as asked.', {
      remedy: 'Let the answer begin freely, or choose a server that takes embeddings.',
    })
  if (given.length >= maxTokens || stopLength(ids, given) > 0)
    throw new Fault('bad-input', 'The beginning given is the whole answer: there is nothing left to decode.', {
      remedy: 'Raise max tokens, or leave out the end token.',
    })
}
