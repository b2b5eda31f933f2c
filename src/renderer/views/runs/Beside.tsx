/** Two to four runs side by side: their answers, the settings that differ, their figures. */
import { useStore } from 'zustand'
import { Pane, Scroll } from '../../parts/Pane.tsx'
import { compareRuns } from '../../state/comparing.ts'
import { dropBeside, openOnBench, runs } from '../../state/runs.ts'
import { figureRows, sameCase, settingRows, type BesideRow } from './beside.ts'

export function Beside() {
  const { list, beside } = useStore(runs)
  const sides = beside.flatMap((id) => list?.find((run) => run.id === id) ?? [])
  if (sides.length < 2) return null
  const rows = settingRows(sides)
  return (
    <Pane
      title="Side by side"
      note={
        rows.length === 0
          ? 'the settings are the same'
          : 'settings that differ, then figures; differences are from run A'
      }
      aside={
        <span className="button-row">
          <button type="button" onClick={() => void compareRuns(beside)}>
            Compare in full
          </button>
          <button type="button" onClick={() => runs.setState({ beside: [] })}>
            Close
          </button>
        </span>
      }
    >
      <Scroll className="scroll-tall">
        <table className="runs-beside">
          <caption className="unseen">Runs side by side</caption>
          <thead>
            <tr>
              <th scope="col">run</th>
              {sides.map(({ id }, at) => (
                <th key={id} scope="col">
                  {letter(at)}{' '}
                  <button type="button" className="linkish" onClick={() => void openOnBench(id)}>
                    Open on the bench
                  </button>
                  <button
                    type="button"
                    className="linkish"
                    aria-label={`Remove run ${letter(at)}`}
                    onClick={() => dropBeside(id)}
                  >
                    Remove
                  </button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            <Row row={{ label: 'answer', values: sides.map(({ answer }) => answer.trim()), differences: [] }} />
            {rows.map((row) => (
              <Row key={row.label} row={row} />
            ))}
          </tbody>
          <tbody>
            {figureRows(sides).map((row) => (
              <Row key={row.label} row={row} />
            ))}
          </tbody>
        </table>
      </Scroll>
      <p className="quiet">
        One run each: times are not repeated, and a difference smaller than what they scatter by says nothing.
        {!sameCase(sides) && ' The questions, gold answers or indexes differ: figures of quality do not compare.'}
      </p>
    </Pane>
  )
}

function Row({ row: { label, values, differences } }: { readonly row: BesideRow }) {
  return (
    <tr>
      <th scope="row">{label}</th>
      {values.map((value, at) => (
        <td key={letter(at)}>
          {value}
          {differences[at] && <small> {differences[at]}</small>}
        </td>
      ))}
    </tr>
  )
}

const letter = (at: number): string => 'ABCD'[at] ?? ''
