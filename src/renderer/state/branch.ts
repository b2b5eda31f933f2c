/** Another way for the answer to go on: its tokens up to a place are kept, one of the alternatives stands there, and the plan runs again. */
import type { Token } from '../../shared/run.ts'
import { ask, run } from './ask.ts'
import { setPrefix } from './plan.ts'
import { say } from './view.ts'

/** Why an alternative cannot be gone on from; null where it can. */
export function whyNotBranch(token: Token | undefined, rank: number): string | null {
  const other = token?.alternatives[rank]
  if ((ask.getState().shown?.run ?? null) === null) return 'The run is not whole yet.'
  if (other === undefined) return 'There is no such alternative.'
  if (other.id === undefined)
    return token?.id === null
      ? 'The server that decoded it has tokens of its own: an answer cannot be begun with them.'
      : 'The run is of an earlier version, which kept no ids of alternatives: run again.'
  return other.id === token?.id ? 'This is the token that stands there.' : null
}

/** Runs the plan of the shown run with its answer kept up to `index`, and there the alternative of that rank, from 0. */
export function continueFrom(index: number, rank: number): void {
  const tokens = ask.getState().shown?.tokens ?? []
  const reason = whyNotBranch(tokens[index], rank)
  const other = tokens[index]?.alternatives[rank]
  if (reason !== null || other?.id === undefined) return say(reason ?? 'There is no such alternative.')
  const prefix = [...tokens.slice(0, index).flatMap(({ id }) => id ?? []), other.id]
  setPrefix(prefix, `Go on from “${other.text.trim()}” at token ${index}`)
  void run()
}

/** Lets the answer begin freely again, and runs. */
export function freeAnswer(): void {
  setPrefix(null, 'Let the answer begin freely')
  void run()
}
