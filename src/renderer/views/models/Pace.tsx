/** How a speed is taken: on what, with which weights, how long and how often. */
import { useEffect } from 'react'
import { useStore } from 'zustand'
import { deviceLabels, weightNames, type DeviceName, type WeightName } from '../../../shared/deviceNames.ts'
import { settingBounds } from '../../../shared/settings.ts'
import { Choice } from '../../parts/Choice.tsx'
import { NumberField } from '../../parts/NumberField.tsx'
import { devices, readDevices } from '../../state/devices.ts'
import { engine } from '../../state/engine.ts'
import { setPace, speeds } from '../../state/speeds.ts'

/** What of a pace says something of what is timed. */
export type Timed = {
  /** Tokens are made. */
  readonly decodes: boolean
  /** The number format can be chosen. */
  readonly weights: boolean
}

export function Pace({ timed }: { readonly timed: Timed }) {
  const { prompt, tokens, repeats, device, weights, threads } = useStore(speeds, (state) => state.pace)
  const health = useStore(engine, (state) => state.health)
  const known = useStore(devices, (state) => state.known)
  useEffect(() => {
    if (known === null) void readDevices()
  }, [known])
  const able = (known?.probes ?? []).filter(({ works }) => works).map((probe) => probe.device)
  const names = [...new Set<DeviceName>(['cpu', ...able])]
  const [least, most] = settingBounds.threads
  const numbers = { min: 1, width: 68, onSettle: () => {} } as const
  return (
    <>
      <Choice<DeviceName | 'now'>
        label="On"
        value={device ?? 'now'}
        options={[
          ['now', `${health?.device ?? 'what'} in use`],
          ...names.map((name) => [name, deviceLabels[name]] as const),
        ]}
        onChange={(name) => setPace({ device: name === 'now' ? null : name })}
      />
      {timed.weights && (
        <Choice<WeightName | 'now'>
          label="Weights"
          value={weights ?? 'now'}
          options={[['now', `${health?.weights ?? 'as'} in use`], ...weightNames.map((name) => [name, name] as const)]}
          onChange={(name) => setPace({ weights: name === 'now' ? null : name })}
        />
      )}
      <NumberField
        {...numbers}
        label="Threads"
        value={threads ?? health?.threads ?? least}
        max={most}
        onChange={(value) => setPace({ threads: value })}
      />
      <NumberField
        {...numbers}
        label="Tokens read"
        value={prompt}
        min={32}
        max={131_072}
        onChange={(value) => setPace({ prompt: value })}
      />
      {timed.decodes && (
        <NumberField
          {...numbers}
          label="Tokens made"
          value={tokens}
          min={2}
          max={4096}
          onChange={(value) => setPace({ tokens: value })}
        />
      )}
      <NumberField
        {...numbers}
        label="Repeats"
        value={repeats}
        max={1000}
        onChange={(value) => setPace({ repeats: value })}
      />
    </>
  )
}
