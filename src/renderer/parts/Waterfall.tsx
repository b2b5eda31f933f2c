/** Phases one after the other on one time axis, ending in their sum. */
import { formatMs } from './format.ts'

export type Phase = { readonly name: string; readonly note?: string; readonly ms: number }

export function Waterfall({
  phases,
  total,
  totalMs,
  scaleMs = totalMs,
}: {
  readonly phases: readonly Phase[]
  readonly total: string
  readonly totalMs: number
  /** What the whole width stands for: several waterfalls may share one scale. */
  readonly scaleMs?: number
}) {
  const span = Math.max(scaleMs, 1e-9)
  const rows = phases.map((phase, at) => ({ ...phase, from: phases.slice(0, at).reduce((sum, { ms }) => sum + ms, 0) }))
  return (
    <table className="waterfall">
      <caption className="unseen">Time to first token by phase</caption>
      <thead className="unseen">
        <tr>
          <th scope="col">phase</th>
          <th scope="col">when</th>
          <th scope="col">time</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ name, note, ms, from }) => (
          <tr key={name}>
            <th scope="row">
              {name}
              {note !== undefined && <small> {note}</small>}
            </th>
            <td className="waterfall-track">
              <span className="unseen">from {formatMs(from)}</span>
              <span
                className="bar"
                style={{ marginLeft: `${(from / span) * 100}%`, width: `max(2px, ${(ms / span) * 100}%)` }}
              />
            </td>
            <td>{formatMs(ms)}</td>
          </tr>
        ))}
        <tr className="waterfall-sum">
          <th scope="row">{total}</th>
          <td className="waterfall-track">
            <span className="unseen">whole</span>
            <span className="bar bar-sum" style={{ width: `${(totalMs / span) * 100}%` }} />
          </td>
          <td>{formatMs(totalMs)}</td>
        </tr>
      </tbody>
    </table>
  )
}
