/** The grid of the next sweep: its axes, how often each case is asked, and how long that will take. */
import { useStore } from 'zustand'
import { FaultNote } from '../../parts/FaultNote.tsx'
import { NumberField } from '../../parts/NumberField.tsx'
import { Pane } from '../../parts/Pane.tsx'
import { baseName, plural } from '../../parts/format.ts'
import { corpus } from '../../state/corpus.ts'
import { engine } from '../../state/engine.ts'
import { beginSweep, probeSweep, sweeps } from '../../state/sweeps.ts'
import { plannedCells, setSweepSettings, sweepSetUp, takePreset } from '../../state/sweepSetUp.ts'
import { Axes } from './Axes.tsx'
import { DecodedBy } from './DecodedBy.tsx'
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
    <Pane title={beside === null ? 'Next sweep' : 'Next grid'} className="set-up sweep-set-up">
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
      <DecodedBy />
      <Repeats />
      <More />
      <Estimate />
      {busy && phase !== 'beginning' && <p className="quiet">One sweep at a time: stop the one that runs first.</p>}
      {fault !== null && (
        <FaultNote what="That did not work." fault={fault} onDismiss={() => sweeps.setState({ fault: null })} />
      )}
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
    </Pane>
  )
}

const counts = { limit: 'Cases of each set', repeats: 'Asks of a case' } as const

/** How often what is asked; beside a sweep its own stand. */
function Repeats() {
  const settings = useStore(sweepSetUp)
  if (settings.beside !== null) return null
  return (
    <div className="set-up-numbers">
      {(Object.keys(counts) as (keyof typeof counts)[]).map((name) => (
        <NumberField
          key={name}
          label={counts[name]}
          value={settings[name]}
          min={1}
          max={100_000}
          width={84}
          onChange={(value) => setSweepSettings({ [name]: value })}
          onSettle={() => {}}
        />
      ))}
    </div>
  )
}

/** What is seldom changed, said in a line while it is closed. */
function More() {
  const { beside, warmups, seed, minutes, bundles } = useStore(sweepSetUp)
  const known = useStore(engine, (state) => state.health?.bundle.name) ?? 'the loaded bundle'
  const names = beside?.bundles.map(({ name }) => name) ?? (bundles.length === 0 ? [known] : bundles.map(baseName))
  const limit = minutes === null ? 'no time limit' : `${plural(minutes, 'minute')} at most`
  return (
    <details className="more">
      <summary>
        {plural(warmups, 'warm-up')} a cell, seed {seed}, {limit}, {names.join(', ')}
      </summary>
      <div className="set-up-numbers">
        {beside === null && (
          <>
            <NumberField
              label="Warm-ups a cell"
              value={warmups}
              min={0}
              max={1000}
              width={84}
              onChange={(value) => setSweepSettings({ warmups: value })}
              onSettle={() => {}}
            />
            <NumberField
              label="Seed"
              value={seed}
              min={0}
              max={2_147_483_647}
              width={84}
              onChange={(value) => setSweepSettings({ seed: value })}
              onSettle={() => {}}
            />
          </>
        )}
        <NumberField
          label="Minutes at most (0: no limit)"
          value={minutes ?? 0}
          min={0}
          max={100_000}
          width={84}
          onChange={(value) => setSweepSettings({ minutes: value === 0 ? null : value })}
          onSettle={() => {}}
        />
        {beside === null && <Bundles known={known} />}
      </div>
    </details>
  )
}

/** Folders of bundles to compare, a line each. */
function Bundles({ known }: { readonly known: string }) {
  const bundles = useStore(sweepSetUp, (state) => state.bundles)
  return (
    <label className="stacked">
      <span className="label">Folders of bundles to compare, a line each</span>
      <textarea
        rows={2}
        spellCheck={false}
        placeholder={`${known} alone`}
        defaultValue={bundles.join('\n')}
        onChange={(event) => {
          const folders = event.target.value.split('\n').map((line) => line.trim())
          setSweepSettings({ bundles: folders.filter((line) => line !== '') })
        }}
      />
    </label>
  )
}
