/** What a format of servers is: the body of a request, and what the events of its answer say. */
import type { RemoteServer } from '../../../../shared/remote.ts'
import type { Sampling } from '../sample.ts'

/** What a server decodes from: the rows [positions, hidden] that a decoder here would be fed, or the same question as text. */
export type RemoteInput =
  | { readonly type: 'embeddings'; readonly rows: Float32Array; readonly hidden: number }
  | { readonly type: 'text'; readonly prompt: string }

/**
 * How the answer is decoded. Each of `stopIds` ends it, where the server has the bundle's own tokens; `stopTexts` are what else ends it, as text:
 * where tokens come back by their ids, they are seen here, to the token.
 */
export type RemoteAsk = {
  readonly sampling: Sampling
  readonly seed: number
  readonly most: number
  readonly stopIds: readonly number[]
  readonly stopTexts: readonly string[]
}

/** A token as a server tells it; null is what it does not tell. */
export type RemoteToken = {
  readonly id: number | null
  readonly text: string
  readonly logProb: number | null
  readonly alternatives: readonly { readonly id: number | null; readonly text: string; readonly logProb: number }[]
}

/** What one event says. `text` is the answer's next part; tokens may be told of it, one by one, or not. */
export type RemotePart = {
  readonly text: string
  readonly tokens: readonly RemoteToken[]
  readonly finish: 'end' | 'length' | null
  /** The stop token whose own text may end `text`: some servers leave it there. Null where none is named. */
  readonly stopId: number | null
  readonly promptTokens: number | null
  readonly answerTokens: number | null
}

export type Format = {
  readonly body: (server: RemoteServer, input: RemoteInput, ask: RemoteAsk) => string
  /** A reader for one answer: events may count on those before. Throws where an event is not of the format. */
  readonly reader: (server: RemoteServer) => (event: unknown) => RemotePart
}
