/** The health line: one sentence when all is well, fix text when it is not. */
import { useStore } from 'zustand'
import { formatBytes, plural } from '../../parts/format.ts'
import { engine } from '../../state/engine.ts'

const scarceDiskBytes = 1e9

export function HealthLine() {
  const health = useStore(engine, (state) => state.health)
  const { state } = useStore(engine, (value) => value.status)
  if (health === null) {
    return (
      <p className="health">
        {state === 'gone' ? 'The engine cannot be reached; trying again…' : 'Waiting for the engine…'}
      </p>
    )
  }
  const { bundle } = health
  return (
    <p className="health">
      <span>
        engine {health.version} on {health.device}, {plural(health.threads, 'thread')}
      </span>
      <span>onnxruntime {health.onnxruntime}</span>
      <span>
        {bundle.name}, {(bundle.parameters / 1e6).toFixed(1)} M parameters, window {bundle.window}
      </span>
      <span>{formatBytes(health.memoryBytes)} memory</span>
      <span className={health.freeDiskBytes < scarceDiskBytes ? 'bad' : undefined}>
        {formatBytes(health.freeDiskBytes)} free disk
        {health.freeDiskBytes < scarceDiskBytes && ': free some before indexing'}
      </span>
      <span>no account, no telemetry</span>
    </p>
  )
}
