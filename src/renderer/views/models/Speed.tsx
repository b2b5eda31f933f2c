/** How fast a model or a bundle is here: taken as a job, and what was kept of it, marked where it need not hold any more. */
import { useEffect, useMemo } from 'react'
import { useStore } from 'zustand'
import { toBench } from '../../../shared/command.ts'
import type { SpeedTarget } from '../../../shared/speed.ts'
import { CopyButton } from '../../parts/CopyButton.tsx'
import { FaultNote } from '../../parts/FaultNote.tsx'
import { ProgressBar } from '../../parts/ProgressBar.tsx'
import { engine } from '../../state/engine.ts'
import { cancelSpeed, listSpeeds, noSpeeds, speedInput, speedKey, speeds, takeSpeed } from '../../state/speeds.ts'
import { say } from '../../state/view.ts'
import { Pace, type Timed } from './Pace.tsx'
import { SpeedTable } from './SpeedTable.tsx'

type SpeedProps = {
  readonly kind: SpeedTarget['kind']
  /** A model's name, or a bundle's folder. */
  readonly id: string
  readonly name: string
  /** What of the pace can be chosen. */
  readonly timed: Timed
  /** The engine is away: nothing can be timed now. */
  readonly stale: boolean
}

export function Speed({ kind, id, name, timed, stale }: SpeedProps) {
  const target = useMemo<SpeedTarget>(() => (kind === 'model' ? { kind, name: id } : { kind, folder: id }), [kind, id])
  const key = speedKey(target)
  const { phase, progress, fault, kept, keptFault } = useStore(speeds, ({ of }) => of[key] ?? noSpeeds)
  const set = useStore(speeds, (state) => state.pace)
  const home = useStore(engine, (state) => state.health?.home)
  // What an encoder or a model of smaller weights is not asked for does not go with it.
  const pace = timed.weights ? set : { ...set, weights: null }
  useEffect(() => {
    if (!stale) void listSpeeds(target)
  }, [target, stale])
  const busy = phase === 'running' || phase === 'cancelling'
  return (
    <section className="speed" aria-label={`Speed of ${name}`}>
      <h3>Speed</h3>
      <form
        className="speed-form"
        onSubmit={(event) => {
          event.preventDefault()
          if (!busy && !stale) void takeSpeed(target, name, pace)
        }}
      >
        <Pace timed={timed} />
        <span className="speed-go">
          <button type="submit" aria-disabled={busy || stale}>
            Benchmark
          </button>
          <CopyButton
            label="Copy command"
            text={() => toBench(speedInput(target, pace), home)}
            done="The command that times it is copied."
            onSay={say}
          />
        </span>
      </form>
      {busy && (
        <ProgressBar
          title={`Timing ${name}`}
          progress={progress}
          cancelling={phase === 'cancelling'}
          onCancel={() => cancelSpeed(target)}
        />
      )}
      {fault !== null && <FaultNote what={`${name} was not timed.`} fault={fault} />}
      {keptFault !== null && (
        <FaultNote what="What was kept could not be read." fault={keptFault} onRetry={() => void listSpeeds(target)} />
      )}
      {kept !== null &&
        (kept.length === 0 ? (
          !busy && <p className="quiet">Not timed yet. One run is dropped; then medians and quartiles are kept here.</p>
        ) : (
          <SpeedTable kept={kept} />
        ))}
    </section>
  )
}
