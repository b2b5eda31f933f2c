/** An answer begun: laid out and prefilled, here or elsewhere, its tokens ready to be taken one by one. */
import type { RunDecoder } from '../../../shared/remote.ts'
import type { Token } from '../../../shared/run.ts'

export type Begun = {
  /** Milliseconds up to where the first token can be taken; what elsewhere costs on the way there stands apart. */
  readonly times: {
    readonly prefill: number
    readonly serialize?: number
    readonly connect?: number
    readonly send?: number
  }
  /** Positions of the prefill that the cache held. */
  readonly reused: number
  readonly tokens: AsyncGenerator<Token, void>
  /** Known when the tokens are taken. */
  readonly ended: () => Ended
  /** Log-probabilities of the ids of a target; null where the decoder is not here. */
  readonly score: ((target: readonly number[], signal?: AbortSignal) => Promise<readonly number[]>) | null
  /** What a decoder elsewhere was sent; null for the one here. */
  readonly away: (() => RunDecoder) | null
}

export type Ended = {
  readonly answer: string
  readonly stopped: 'end' | 'length'
  /** Positions of the prefill. */
  readonly positions: number
  /** Tokens of the answer, its end among them; null where a server sends text and counts nothing. */
  readonly count: number | null
}
