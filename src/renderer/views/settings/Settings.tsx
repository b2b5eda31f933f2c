/** The settings: how the page looks, the engine's threads and devices, what is measured by default, what lies on disk, and every key. */
import { useEffect, type ReactNode } from 'react'
import { useStore } from 'zustand'
import type { Density, Motion, Theme } from '../../../shared/settings.ts'
import { FaultNote } from '../../parts/FaultNote.tsx'
import { Loading, Pane } from '../../parts/Pane.tsx'
import { Segments, type Segment } from '../../parts/Segments.tsx'
import { engine } from '../../state/engine.ts'
import { changeSettings, readSettings, settings } from '../../state/settings.ts'
import { Devices } from './Devices.tsx'
import { Engine } from './Engine.tsx'
import { KeyTable } from './KeyTable.tsx'
import { Measuring } from './Measuring.tsx'
import { Places } from './Places.tsx'
import { Remotes } from './Remotes.tsx'
import { Row } from './Row.tsx'

export function Settings() {
  const fault = useStore(settings, (state) => state.fault)
  const known = useStore(settings, (state) => state.known)
  const ready = useStore(engine, (state) => state.status.state === 'ready')
  const health = useStore(engine, (state) => state.health)
  useEffect(() => {
    if (ready) void readSettings()
  }, [ready])
  return (
    <main className="settings">
      <div className="settings-body">
        <h1>Settings</h1>
        <p className="quiet">
          Kept by the engine for every door, the desktop and the browser alike
          {health !== null && (
            <>
              , in <code>{health.home}</code>
            </>
          )}
          . No account, no telemetry; nothing is sent but what you ask of a model’s Hub or server.
        </p>
        {fault !== null && (
          <FaultNote what="The settings could not be kept." fault={fault} onRetry={() => void readSettings()} />
        )}
        {known || fault !== null ? <General stale={!ready} /> : <Waiting />}
        <Engine />
        <Devices />
        <Measuring />
        <Remotes />
        <Places />
        <KeyTable />
      </div>
    </main>
  )
}

function Waiting() {
  return (
    <Pane title="General">
      <Loading label="Asking the engine what it keeps" lines={4} />
    </Pane>
  )
}

const themes: readonly Segment<Theme>[] = [
  { value: 'system', label: 'As the system' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
]
const densities: readonly Segment<Density>[] = [
  { value: 'comfortable', label: 'Comfortable' },
  { value: 'compact', label: 'Compact' },
]
const motions: readonly Segment<Motion>[] = [
  { value: 'system', label: 'As the system' },
  { value: 'reduced', label: 'Reduced' },
]

function General({ stale }: { readonly stale: boolean }) {
  const { theme, density, motion, singleKeys } = useStore(settings, (state) => state.now)
  return (
    <Pane title="General" stale={stale}>
      <Row title="Theme">
        <Segments label="Theme" value={theme} options={themes} onChange={(value) => set({ theme: value })} />
      </Row>
      <Row title="Density" about="Compact shows more at once.">
        <Segments label="Density" value={density} options={densities} onChange={(value) => set({ density: value })} />
      </Row>
      <Row title="Motion" about="Reduced stills what moves, whatever the system asks for.">
        <Segments label="Motion" value={motion} options={motions} onChange={(value) => set({ motion: value })} />
      </Row>
      <Row title="Single-key shortcuts" about="Keys without Ctrl or Alt, such as ? and J, are commands.">
        <Check label="Single-key shortcuts" checked={singleKeys} onChange={(value) => set({ singleKeys: value })} />
      </Row>
    </Pane>
  )
}

function set(change: Parameters<typeof changeSettings>[0]): void {
  void changeSettings(change)
}

type CheckProps = {
  readonly label: string
  readonly checked: boolean
  readonly onChange: (checked: boolean) => void
}

function Check({ label, checked, onChange }: CheckProps): ReactNode {
  return (
    <label className="field check">
      <input
        type="checkbox"
        aria-label={label}
        checked={checked}
        onChange={(event) => onChange(event.target.checked)}
      />
      {checked ? 'on' : 'off'}
    </label>
  )
}
