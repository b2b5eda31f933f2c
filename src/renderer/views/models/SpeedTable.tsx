/** Speeds that were kept, the latest first: medians with their quartiles, what was read, on what, and when. */
import { deviceLabels } from '../../../shared/deviceNames.ts'
import type { KeptSpeed, Rate } from '../../../shared/speed.ts'
import { Scroll } from '../../parts/Pane.tsx'
import { formatCount, plural } from '../../parts/format.ts'

type Column = { readonly key: 'prefill' | 'decode' | 'encode'; readonly label: string; readonly over: Over }
type Over = (speed: KeptSpeed) => string

const columns: readonly Column[] = [
  { key: 'prefill', label: 'prefill, tokens/s ↑', over: ({ positions }) => plural(positions ?? 0, 'position') },
  { key: 'decode', label: 'decode, tokens/s ↑', over: ({ tokens }) => plural((tokens ?? 1) - 1, 'step') },
  {
    key: 'encode',
    label: 'encode, chunks/s ↑',
    over: ({ chunks }) => `${formatCount(chunks?.count ?? 0)} chunks of ${chunks?.k ?? 0}`,
  },
]

export function SpeedTable({ kept }: { readonly kept: readonly KeptSpeed[] }) {
  const shown = columns.filter(({ key }) => kept.some((speed) => speed[key] !== null))
  return (
    <Scroll className="models-table">
      <table className="speeds">
        <caption className="unseen">Speeds, medians with quartiles</caption>
        <thead>
          <tr>
            <th scope="col">taken</th>
            {shown.map(({ key, label }) => (
              <th key={key} scope="col">
                {label}
              </th>
            ))}
            <th scope="col">n</th>
            <th scope="col" className="words">
              on
            </th>
          </tr>
        </thead>
        <tbody>
          {kept.map((speed) => (
            <tr key={speed.measured} data-stale={speed.stale === null ? undefined : true}>
              <th scope="row">
                {new Date(speed.measured).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' })}
                {speed.stale !== null && <small className="speed-stale">stale: {speed.stale}</small>}
              </th>
              {shown.map(({ key, over }) => (
                <Cell key={key} rate={speed[key]} over={over(speed)} />
              ))}
              <td>{(speed.prefill ?? speed.encode)?.n}</td>
              <td className="words speed-on">
                {deviceLabels[speed.device]}, {speed.weights}, {plural(speed.threads, 'thread')}
                <small>{speed.machine}</small>
                {speed.disturbed.length > 0 && <small className="speed-stale">{speed.disturbed.join('; ')}</small>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  )
}

function Cell({ rate, over }: { readonly rate: Rate | null; readonly over: string }) {
  if (rate === null) return <td>–</td>
  const [low, high] = rate.quartiles
  return (
    <td>
      {digits(rate.median)}
      <small>
        {digits(low)} to {digits(high)}
      </small>
      <small>{over}</small>
    </td>
  )
}

function digits(rate: number): string {
  return rate < 100 ? rate.toFixed(1) : formatCount(Math.round(rate))
}
