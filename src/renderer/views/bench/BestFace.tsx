/** Best set: the flips that a greedy search makes one on top of the other, and the way to take them into the plan. */
import { useStore } from 'zustand'
import { NumberField } from '../../parts/NumberField.tsx'
import { Empty, Scroll } from '../../parts/Pane.tsx'
import { formatNats, plural } from '../../parts/format.ts'
import { ask } from '../../state/ask.ts'
import { cancelWhatIf, isBusy, searchBest, setWhatIf, takeBest, whatIf } from '../../state/whatIf.ts'
import { ChunkCell, ChunkWords } from './ChunkCell.tsx'
import { WhatIfBar } from './WhatIfBar.tsx'

export function BestFace() {
  const { jobs, most, steps, ended, run, base } = useStore(whatIf)
  const shown = useStore(ask, (state) => state.shown?.run?.id ?? null)
  const job = jobs.best
  return (
    <>
      <WhatIfBar
        title="Searching the best set"
        job={job}
        begin="Search"
        onBegin={searchBest}
        onCancel={() => cancelWhatIf('best')}
        fields={
          <NumberField
            label="flips, at most"
            value={most}
            min={1}
            max={1000}
            onChange={(value) => setWhatIf({ most: value })}
            onSettle={() => {}}
          />
        }
      >
        The flip that helps most is made, all others are tried again on top of it, and so on. Greedy: a pair that helps
        only together is not found.
      </WhatIfBar>
      {steps.length === 0 && !isBusy(job) && job.fault === null && (
        <Empty>
          {ended === 'no-gain'
            ? 'No single flip lowers the NLL of the target.'
            : 'Search for the flips that lower the NLL of the target most together.'}
        </Empty>
      )}
      {steps.length > 0 && (
        <>
          <Scroll>
            <table>
              <caption className="unseen">Flips of the greedy search, in the order in which they were made</caption>
              <thead>
                <tr>
                  <th scope="col">step</th>
                  <th scope="col">chunk</th>
                  <th scope="col">to</th>
                  <th scope="col">gain ↑, nats/token</th>
                  <th scope="col">delta NLL so far ↓</th>
                  <th scope="col" className="words">
                    greedy answer
                  </th>
                  <th scope="col">positions ↓</th>
                  <th scope="col" className="words">
                    text
                  </th>
                </tr>
              </thead>
              <tbody>
                {steps.map((step, at) => (
                  <tr key={step.index}>
                    <td>{at + 1}</td>
                    <td>
                      <ChunkCell index={step.index} />
                    </td>
                    <td>{step.to === 'expand' ? '≣ expanded' : '▣ compressed'}</td>
                    <td>{formatNats(step.gain)}</td>
                    <td>{formatNats(step.deltaNll)}</td>
                    <td className="clip words" title={step.answer}>
                      {step.answer === base?.answer ? <span className="quiet">stays</span> : step.answer}
                    </td>
                    <td>{step.positions}</td>
                    <ChunkWords index={step.index} run={run} />
                  </tr>
                ))}
              </tbody>
            </table>
          </Scroll>
          <div className="what-if-bar">
            <p className="quiet grow">{isBusy(job) ? 'Going on…' : whyEnded(ended)}</p>
            <button type="button" disabled={shown === null || run !== shown} onClick={() => takeBest(steps.length)}>
              Take {plural(steps.length, 'flip')} into the plan
            </button>
          </div>
        </>
      )}
    </>
  )
}

function whyEnded(ended: 'most' | 'no-gain' | null): string {
  if (ended === 'most') return 'As many flips as asked for.'
  return ended === 'no-gain' ? 'No other flip lowers the NLL further.' : 'Partial: the search was stopped.'
}
