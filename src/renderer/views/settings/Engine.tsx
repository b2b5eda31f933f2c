/** The engine's settings: its threads, which it takes when it starts; and the way to start it again. */
import { useStore } from 'zustand'
import { settingBounds } from '../../../shared/settings.ts'
import { FaultNote } from '../../parts/FaultNote.tsx'
import { NumberField } from '../../parts/NumberField.tsx'
import { Pane } from '../../parts/Pane.tsx'
import { Facts } from '../../parts/Facts.tsx'
import { formatBytes, plural } from '../../parts/format.ts'
import { engine } from '../../state/engine.ts'
import { house } from '../../state/house.ts'
import { changeSettings, settings } from '../../state/settings.ts'
import { perform } from '../frame/commands.ts'
import { Row } from './Row.tsx'

export function Engine() {
  const health = useStore(engine, (state) => state.health)
  const ready = useStore(engine, (state) => state.status.state === 'ready')
  const threads = useStore(settings, (state) => state.now.threads)
  const fault = useStore(house, (state) => state.fault)
  const [least, most] = settingBounds.threads
  const runs = health?.threads
  const wanted = threads ?? health?.cores
  const waits = runs !== undefined && wanted !== undefined && wanted !== runs
  return (
    <Pane title="Engine" stale={!ready && health !== null}>
      <Row
        title="Threads"
        about={
          runs === undefined
            ? 'Taken when the engine starts.'
            : `Taken when the engine starts; it runs on ${plural(runs, 'thread')} now.`
        }
      >
        <label className="field check">
          <input
            type="checkbox"
            checked={threads === null}
            onChange={(event) => void changeSettings({ threads: event.target.checked ? null : (runs ?? least) })}
          />
          one for each core{health !== null && `, ${health.cores}`}
        </label>
        {threads !== null && (
          <NumberField
            label="threads"
            value={threads}
            min={least}
            max={most}
            onChange={(value) => void changeSettings({ threads: value })}
            onSettle={() => {}}
          />
        )}
      </Row>
      <Row
        title="Process"
        about={
          waits
            ? `The engine must be restarted to run on ${plural(wanted, 'thread')}.`
            : 'Stops what runs; sweeps and trainings keep what they have.'
        }
      >
        <button
          type="button"
          className={waits ? 'primary' : undefined}
          disabled={!ready}
          onClick={() => perform('restart-engine')}
        >
          Restart the engine
        </button>
      </Row>
      {fault !== null && (
        <FaultNote what="That was not done." fault={fault} onDismiss={() => house.setState({ fault: null })} />
      )}
      {health !== null && (
        <Facts
          facts={[
            ['version', `${health.version}, Node ${health.node}, onnxruntime ${health.onnxruntime}`],
            ['device', `${health.device}, ${health.weights} weights`],
            ['memory', `${formatBytes(health.memoryBytes)} in all`],
            ['bundle', `${health.bundle.name}, ${health.bundle.hash.slice(0, 12)}`],
          ]}
        />
      )}
    </Pane>
  )
}
