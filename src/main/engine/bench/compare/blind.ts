/** Blind votes: which answers are shown beside each other, in an order that only the seed knows. */
import type { Ballot, BlindVote, Vote } from '../../../../shared/comparison.ts'
import { Fault } from '../../../../shared/fault.ts'
import { random } from '../../../../shared/random.ts'

/** Every pair of runs once; order and sides are shuffled. The runs stand in an order of their own, so that letters tell nothing. */
export function beginBlind(runs: readonly string[], seed: number): BlindVote {
  const draws = random(seed)
  const known = runs.toSorted()
  const pairs = known.flatMap((left, at) => known.slice(at + 1).map((right) => [left, right] as const))
  const ballots = draws.shuffle(pairs).map((pair): Ballot => {
    const [left = '', right = ''] = draws.int(0, 1) === 0 ? pair : pair.toReversed()
    return { left, right, vote: null }
  })
  return { seed, ballots, opened: false }
}

/** Fault bad-input once the names were shown, and for a ballot that there is not. */
export function castVote(blind: BlindVote, at: number, vote: Vote): BlindVote {
  if (blind.opened)
    throw new Fault('bad-input', 'The names were shown: this vote is over.', { remedy: 'Begin another blind vote.' })
  if (blind.ballots[at] === undefined)
    throw new Fault('bad-input', `There is no ballot ${at + 1}, only ${blind.ballots.length}.`)
  return { ...blind, ballots: blind.ballots.map((ballot, i) => (i === at ? { ...ballot, vote } : ballot)) }
}
