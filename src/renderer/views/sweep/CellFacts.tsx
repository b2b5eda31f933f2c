/** The selected cell: what it came to, where its time went, and every case that it asked. */
import { useStore } from 'zustand'
import { sweepPhases, type SweepCell } from '../../../shared/sweep.ts'
import { Facts, type Fact } from '../../parts/Facts.tsx'
import { Scroll } from '../../parts/Pane.tsx'
import { formatMs, formatScore } from '../../parts/format.ts'
import { measureAgain, sweeps } from '../../state/sweeps.ts'
import { planName, type Standing } from './cases.ts'
import { metricOf, metrics, sayReading, titleOf, type MetricName } from './metrics.ts'
import { toBench, whyNotBench } from './toBench.ts'

export function CellFacts({
  standing,
  cell,
  onClose,
}: {
  readonly standing: Standing
  readonly cell: SweepCell
  readonly onClose: () => void
}) {
  const why = whyNotBench(standing, cell)
  const idle = useStore(sweeps, ({ phase, probing }) => phase === 'idle' && !probing)
  const name = `${planName(cell)}, ${cell.passages} passages${cell.retriever === 'weak' ? ', weak retriever' : ''}`
  return (
    <section className="cell" aria-label={`Cell: ${name}`}>
      <div className="job-line">
        <h3 className="grow">{name}</h3>
        <button
          type="button"
          disabled={why !== null}
          title={why ?? undefined}
          onClick={() => toBench(standing, cell, 0)}
        >
          Use on the bench
        </button>
        <button type="button" disabled={!idle} onClick={() => void measureAgain(standing.info, [cell.key])}>
          Measure again
        </button>
        <button type="button" onClick={onClose}>
          Close
        </button>
      </div>
      {why !== null && cell.cases.length > 0 && <p className="quiet">Not on the bench: {why}</p>}
      {cell.fault !== null && (
        <p className="bad">
          {cell.fault.message} {cell.fault.remedy}
        </p>
      )}
      <div className="cell-facts">
        <Facts facts={[...awayOf(standing), ...factsOf(cell)]} />
        <Facts facts={phasesOf(cell)} />
      </div>
      {cell.cases.length > 0 && (
        <Scroll className="scroll-tall">
          <table className="cases">
            <caption className="unseen">Cases of the cell</caption>
            <thead>
              <tr>
                <th scope="col">question</th>
                <th scope="col">gold answer</th>
                <th scope="col">answer</th>
                <th scope="col">EM ↑</th>
                <th scope="col">F1 ↑</th>
                <th scope="col">log-perplexity ↓</th>
                <th scope="col">TTFT ↓</th>
              </tr>
            </thead>
            <tbody>
              {cell.cases.map((each, at) => (
                <tr key={each.id}>
                  <td>
                    {why === null ? (
                      <button
                        type="button"
                        className="linkish"
                        title="Ask it on the bench under this plan"
                        onClick={() => toBench(standing, cell, at)}
                      >
                        {each.question}
                      </button>
                    ) : (
                      each.question
                    )}
                  </td>
                  <td>{each.gold}</td>
                  <td>{each.answer}</td>
                  <td>{formatScore(each.em)}</td>
                  <td>{formatScore(each.f1)}</td>
                  <td>{each.logPerplexity === null ? '—' : formatScore(each.logPerplexity)}</td>
                  <td>{formatMs(each.ttftMs)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
    </section>
  )
}

/** A server that decoded: its times are not those of this machine alone, and it scores nothing. */
function awayOf({ info }: Standing): readonly Fact[] {
  const { decoder } = info.machine
  return decoder === undefined
    ? []
    : [
        ['decoded elsewhere', decoder],
        ['times', 'with the network and what the server had to do beside'],
        ['log-perplexity', 'not measured: it needs the decoder here'],
      ]
}

function factsOf(cell: SweepCell): readonly Fact[] {
  const facts = (Object.keys(metrics) as MetricName[]).flatMap((name): Fact[] => {
    const metric = metricOf(name)
    const reading = metric.of(cell)
    return reading === null ? [] : [[titleOf(metric), sayReading(metric, reading)]]
  })
  const recall = cell.quality?.recall ?? null
  return recall === null ? facts : [...facts, ['gold passages read ↑', formatScore(recall)]]
}

/** Medians of the phases, each of its own: they need not add up to the median of TTFT. */
function phasesOf({ timing, seconds }: SweepCell): readonly Fact[] {
  if (timing === null) return []
  const phases = sweepPhases.map((name): Fact => [`${name}, median`, formatMs(timing.phases[name])])
  const full: Fact[] =
    timing.full === null ? [] : [['TTFT of full context in turn, median', formatMs(timing.full.median)]]
  const network: Fact[] = timing.networkMs === undefined ? [] : [['network, median', formatMs(timing.networkMs)]]
  return [...phases, ...network, ...full, ['the whole cell took', formatMs(1000 * seconds)]]
}
