/** The grid of the next sweep: its axes, how often each case is asked, and how long that will take. */
import { useStore } from 'zustand'
import { FaultNote } from '../../parts/FaultNote.tsx'
import { NumberField } from '../../parts/NumberField.tsx'
import { Pane } from '../../parts/Pane.tsx'
import { corpus } from '../../state/corpus.ts'
import { engine } from '../../state/engine.ts'
import { beginSweep, probeSweep, sweeps } from '../../state/sweeps.ts'
import { plannedCells, setSweepSettings, sweepSetUp, takePreset } from '../../state/sweepSetUp.ts'
import { Axes } from './Axes.tsx'
import { Estimate } from './Estimate.tsx'
import { Questions } from './Questions.tsx'

export function SetUp() {
  const settings = useStore(sweepSetUp)
  const { phase, probing, fault } = useStore(sweeps)
  const away = useStore(engine, (state) => state.status.state !== 'ready' || state.health === null)
  // What is asked for hangs on these too.
  useStore(corpus)
  const { beside } = settings
  const busy = phase !== 'idle' && phase !== 'reading'
  const nothing = plannedCells(settings).length === 0
  return (
    <Pane title={beside === null ? 'Next sweep' : 'Next grid'} className="set-up">
      {beside !== null && (
        <div className="beside">
          <p>
            Measured beside what <strong>{beside.id}</strong> holds: index, questions, repeats and seed stand.
          </p>
          <button type="button" onClick={() => setSweepSettings({ beside: null })}>
            A new sweep instead
          </button>
        </div>
      )}
      <Questions />
      <div className="set-up-row">
        <span className="label">Presets</span>
        <span className="button-row">
          <button type="button" disabled={away} onClick={() => takePreset('quick')}>
            Quick
          </button>
          <button type="button" disabled={away} onClick={() => takePreset('paper')}>
            As the paper
          </button>
        </span>
      </div>
      <Axes />
      {beside === null && <Repeats />}
      <Minutes />
      <Estimate />
      <div className="set-up-go">
        <button
          type="button"
          aria-disabled={busy || probing || away || nothing}
          title="A few asks of this sweep, timed (Ctrl+Shift+Enter)"
          onClick={() => void (nothing ? undefined : probeSweep())}
        >
          Estimate
        </button>
        <button
          type="button"
          className="primary"
          aria-disabled={busy || probing || away || nothing}
          onClick={() => void (nothing ? undefined : beginSweep())}
        >
          {phase === 'beginning' ? 'Retrieving…' : beside === null ? 'Measure' : 'Measure beside'} <kbd>Ctrl+Enter</kbd>
        </button>
      </div>
      {busy && phase !== 'beginning' && <p className="quiet">One sweep at a time: stop the one that runs first.</p>}
      {fault !== null && (
        <FaultNote what="That did not work." fault={fault} onDismiss={() => sweeps.setState({ fault: null })} />
      )}
    </Pane>
  )
}

const counts = { limit: 'Cases of each set', repeats: 'Asks of a case', warmups: 'Warm-ups a cell', seed: 'Seed' }

function Repeats() {
  const settings = useStore(sweepSetUp)
  return (
    <div className="set-up-numbers">
      {(Object.keys(counts) as (keyof typeof counts)[]).map((name) => (
        <NumberField
          key={name}
          label={counts[name]}
          value={settings[name]}
          min={name === 'seed' || name === 'warmups' ? 0 : 1}
          max={name === 'seed' ? 2_147_483_647 : 100_000}
          width={84}
          onChange={(value) => setSweepSettings({ [name]: value })}
          onSettle={() => {}}
        />
      ))}
    </div>
  )
}

function Minutes() {
  const minutes = useStore(sweepSetUp, (state) => state.minutes)
  return (
    <div className="set-up-numbers">
      <NumberField
        label="Minutes at most (0: no limit)"
        value={minutes ?? 0}
        min={0}
        max={100_000}
        width={84}
        onChange={(value) => setSweepSettings({ minutes: value === 0 ? null : value })}
        onSettle={() => {}}
      />
    </div>
  )
}
