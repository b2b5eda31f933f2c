/** What the data of a training holds, and whether what is held out can be met in training. */
import type { DataReport } from '../../../shared/train.ts'
import { Facts, type Fact } from '../../parts/Facts.tsx'
import { formatCount, plural } from '../../parts/format.ts'

/** The leak check in a few words. */
export function leakOf({ unit, sides, leak }: DataReport): string {
  if (sides === null || leak === null) return 'apart by construction'
  const checked = sides.valid.items - leak.short
  if (checked === 0) return `held-out ${unit}s too short to check`
  const whole = leak.shared === 0 ? 'none' : formatCount(leak.shared)
  return `${whole} of ${formatCount(checked)} held out ${leak.shared === 1 ? 'shares' : 'share'} a run`
}

export function DataFacts({ report }: { readonly report: DataReport }) {
  const { unit, sides, repeated, leak } = report
  if (sides === null || leak === null)
    return (
      <p className="quiet">
        Synthetic sheets, drawn as they are needed. The entities of the two sides are apart by construction: there is no
        leak to look for.
      </p>
    )
  const facts: Fact[] = [
    ['trains on', plural(sides.train.items, unit)],
    ['characters to train on', formatCount(sides.train.characters)],
    ['held out', plural(sides.valid.items, unit)],
    ['characters held out', formatCount(sides.valid.characters)],
    ['repeated, left out', formatCount(repeated)],
    [
      'leak check',
      leak.shared > 0 ? (
        <b className="bad" key="leak">
          {leakOf(report)}
        </b>
      ) : (
        leakOf(report)
      ),
    ],
  ]
  return (
    <>
      <Facts facts={facts} />
      {leak.first !== null ? (
        <p className="leak">
          {plural(leak.shared, `held-out ${unit}`)} {leak.shared === 1 ? 'has' : 'have'} {leak.words} words in a row
          that training reads too: held-out scores will flatter. First, {leak.first.held} with {leak.first.trained}:{' '}
          <q>{leak.first.run}</q>
        </p>
      ) : (
        <p className="quiet">
          No held-out {unit} has {leak.words} words in a row that training reads too
          {leak.short > 0 && `; ${formatCount(leak.short)} too short to check`}.
        </p>
      )}
    </>
  )
}
