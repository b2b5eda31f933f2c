/** The run against its baselines: full context and all compressed, through the same code on the same case. */
import { useStore } from 'zustand'
import type { Run } from '../../../shared/run.ts'
import { FaultNote } from '../../parts/FaultNote.tsx'
import { formatMs, formatScore } from '../../parts/format.ts'
import { ask } from '../../state/ask.ts'
import { baseline, cancelBaselines, runBaselines, sameCase } from '../../state/baseline.ts'

export function Against() {
  const shown = useStore(ask, (state) => state.shown)
  const idle = useStore(ask, (state) => state.phase !== 'running' && state.phase !== 'cancelling')
  const { phase, fault, of, rows } = useStore(baseline)
  const run = shown?.run ?? null
  if (shown === null || run === null) return null
  const fitting = of !== null && sameCase(of, shown.plan) ? rows : []
  const busy = phase === 'running' || phase === 'cancelling'
  return (
    <div className="against">
      <table>
        <caption className="unseen">This run against its baselines</caption>
        <thead>
          <tr>
            <th scope="col">against</th>
            <th scope="col">answer</th>
            <th scope="col">log-ppl</th>
            <th scope="col">exact</th>
            <th
              scope="col"
              title="One run each; baselines after a warm-up. The sweep below repeats and gives quartiles."
            >
              TTFT
            </th>
          </tr>
        </thead>
        <tbody>
          <Row name="this run" run={run} />
          {fitting.map((row) => (
            <Row key={row.name} name={row.name} run={row.run} />
          ))}
        </tbody>
      </table>
      {fault !== null && fitting.length === 0 && <FaultNote what="The baselines failed." fault={fault} />}
      {fitting.length < 2 && (
        <button type="button" disabled={!idle} onClick={busy ? cancelBaselines : () => void runBaselines()}>
          {busy ? 'Cancel the baselines' : 'Run full context and all compressed beside it'}
        </button>
      )}
    </div>
  )
}

function Row({ name, run }: { readonly name: string; readonly run: Run }) {
  const { quality, timings, answer } = run
  return (
    <tr>
      <th scope="row">{name}</th>
      <td className="clip" title={answer}>
        {answer.trim()}
      </td>
      <td>{quality.logPerplexity === null ? '—' : formatScore(quality.logPerplexity)}</td>
      <td>{quality.exactMatch === null ? '—' : quality.exactMatch ? 'yes' : 'no'}</td>
      <td>{formatMs(timings.ttftMs)}</td>
    </tr>
  )
}
