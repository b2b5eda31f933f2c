/** Shapley: what each flip changes on average when chunks are flipped in random order, with its interval. */
import { useStore } from 'zustand'
import { NumberField } from '../../parts/NumberField.tsx'
import { Empty, Scroll } from '../../parts/Pane.tsx'
import { formatCount, formatNats } from '../../parts/format.ts'
import { cancelWhatIf, isBusy, sampleShapley, setWhatIf, whatIf } from '../../state/whatIf.ts'
import { ChunkCell, ChunkWords } from './ChunkCell.tsx'
import { WhatIfBar } from './WhatIfBar.tsx'

export function ShapleyFace() {
  const { jobs, permutations, round, run } = useStore(whatIf)
  const job = jobs.shapley
  const sorted = round?.values.toSorted((a, b) => a.mean - b.mean || a.index - b.index) ?? []
  return (
    <>
      <WhatIfBar
        title="Sampling Shapley values"
        job={job}
        begin="Sample"
        onBegin={sampleShapley}
        onCancel={() => cancelWhatIf('shapley')}
        fields={
          <NumberField
            label="permutations"
            value={permutations}
            min={1}
            max={100_000}
            onChange={(value) => setWhatIf({ permutations: value })}
            onSettle={() => {}}
          />
        }
      >
        Chunks are flipped one after the other in random order, drawn from the run’s seed; each value is the mean change
        of NLL. The values add up to what flipping all at once changes.
      </WhatIfBar>
      {round === null && !isBusy(job) && job.fault === null && (
        <Empty>Sample how much each flip changes in the company of others.</Empty>
      )}
      {round !== null && (
        <>
          <p className="quiet">
            n {formatCount(round.permutations)} permutations; all chunks flipped together {formatNats(round.together)}{' '}
            nats/token
            {job.phase === 'cancelled' && '; partial'}
          </p>
          <Scroll>
            <table>
              <caption className="unseen">Shapley values of flips, most helpful first</caption>
              <thead>
                <tr>
                  <th scope="col">chunk</th>
                  <th scope="col">Shapley delta NLL ↓, nats/token</th>
                  <th scope="col">95 % interval</th>
                  <th scope="col" className="words">
                    text
                  </th>
                </tr>
              </thead>
              <tbody>
                {sorted.map(({ index, mean, ci }) => (
                  <tr key={index}>
                    <td>
                      <ChunkCell index={index} />
                    </td>
                    <td>{formatNats(mean)}</td>
                    <td className="quiet">{ci === null ? '—' : ci.map(formatNats).join(' to ')}</td>
                    <ChunkWords index={index} run={run} />
                  </tr>
                ))}
              </tbody>
            </table>
          </Scroll>
        </>
      )}
    </>
  )
}
