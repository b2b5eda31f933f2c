/** Earlier trainings beside the one looked at: what differs, and how far each came. Their curves are in the figures. */
import { useStore } from 'zustand'
import type { TrainingInfo } from '../../../shared/train.ts'
import { FaultNote } from '../../parts/FaultNote.tsx'
import { Scroll } from '../../parts/Pane.tsx'
import { compare, dropCompared } from '../../state/compare.ts'
import { train } from '../../state/train.ts'
import { differing, lossOf, outcomes, sameHeldOut, type Side } from './differing.ts'

/** The one looked at and those laid over it, as far as their losses are of one kind. */
export function useSides(shown: TrainingInfo): readonly Side[] {
  const { list, events } = useStore(train)
  const told = useStore(compare, (state) => state.told)
  const others = told.flatMap((each): Side[] => {
    const info = list?.find(({ id }) => id === each.id)
    if (info === undefined || info.id === shown.id || lossOf(info.input) !== lossOf(shown.input)) return []
    return [{ info, events: each.events }]
  })
  return [{ info: shown, events }, ...others]
}

export function Compare({ sides }: { readonly sides: readonly Side[] }) {
  const fault = useStore(compare, (state) => state.fault)
  const rows = differing(sides.map(({ info }) => info))
  if (fault !== null)
    return (
      <FaultNote
        what="The training could not be read."
        fault={fault}
        onDismiss={() => compare.setState({ fault: null })}
      />
    )
  if (sides.length < 2) return null
  return (
    <section className="compared" aria-label="Comparison">
      <h3>
        Compared: {rows.length === 0 ? 'the settings are the same' : 'settings that differ'}, and how far each came
      </h3>
      <Scroll>
        <table>
          <caption className="unseen">Trainings side by side</caption>
          <thead>
            <tr>
              <th scope="col">setting</th>
              {sides.map(({ info }, at) => (
                <th key={info.id} scope="col">
                  {info.id}
                  {at > 0 && (
                    <button
                      type="button"
                      className="linkish"
                      aria-label={`Remove ${info.id}`}
                      onClick={() => dropCompared(info.id)}
                    >
                      Remove
                    </button>
                  )}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {[...rows, ...outcomes(sides)].map(({ name, values }) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                {values.map((value, at) => (
                  <td key={sides[at]?.info.id}>{value}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      {!sameHeldOut(rows) && (
        <p className="quiet">
          Held-out losses are of other texts or lengths where data, k, p or lengths differ: compare their course, not
          their height.
        </p>
      )}
    </section>
  )
}
