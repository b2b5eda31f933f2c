/** What the engine runs on: every device as it was probed, which one is taken at the next start, and how the weights are held. */
import { useEffect } from 'react'
import { useStore } from 'zustand'
import { deviceLabels, deviceNames, weightNames, type DeviceName } from '../../../shared/deviceNames.ts'
import type { DeviceProbe } from '../../../shared/devices.ts'
import { FaultNote } from '../../parts/FaultNote.tsx'
import { formatBytes, formatMs } from '../../parts/format.ts'
import { Loading, Pane, Scroll } from '../../parts/Pane.tsx'
import { ProgressBar } from '../../parts/ProgressBar.tsx'
import { Segments } from '../../parts/Segments.tsx'
import { cancelProbe, devices, probeDevices, readDevices } from '../../state/devices.ts'
import { engine } from '../../state/engine.ts'
import { changeSettings, settings } from '../../state/settings.ts'
import { Row } from './Row.tsx'

export function Devices() {
  const ready = useStore(engine, (state) => state.status.state === 'ready')
  const { known, probing, fault } = useStore(devices)
  const { device, weights, arena } = useStore(settings, (state) => state.now)
  useEffect(() => {
    if (ready) void readDevices()
  }, [ready])
  const busy = probing.phase === 'running' || probing.phase === 'cancelling'
  return (
    <Pane
      title="Devices"
      stale={!ready && known !== null}
      note={known === null ? undefined : known.machine}
      aside={
        <button type="button" disabled={!ready || busy} onClick={() => void probeDevices()}>
          {(known?.probed ?? null) === null ? 'Probe' : 'Probe again'}
        </button>
      }
    >
      {fault !== null && (
        <FaultNote what="The devices are not known." fault={fault} onRetry={() => void readDevices()} />
      )}
      {probing.fault !== null && (
        <FaultNote what="Probing failed." fault={probing.fault} onRetry={() => void probeDevices()} />
      )}
      {busy && (
        <ProgressBar
          title="Probing devices"
          progress={probing.progress}
          cancelling={probing.phase === 'cancelling'}
          onCancel={cancelProbe}
        />
      )}
      {known === null && fault === null && <Loading label="Asking what this machine can run on" lines={5} />}
      {known !== null && (
        <>
          {known.use.fellBack !== null && (
            <p className="bad" role="status">
              {deviceLabels[known.use.fellBack.from]} was asked for and is not used: {known.use.fellBack.reason}
            </p>
          )}
          <Scroll className="scroll-devices">
            <table className="devices">
              <caption className="unseen">Devices, as each was probed in a process of its own</caption>
              <thead>
                <tr>
                  <th scope="col">run on</th>
                  <th scope="col">logits off by ↓</th>
                  <th scope="col">prefill ↓</th>
                  <th scope="col">step ↓</th>
                  <th scope="col">copied a step ↓</th>
                  <th scope="col">state</th>
                </tr>
              </thead>
              <tbody>
                <tr>
                  <th scope="row">
                    <DeviceChoice value="automatic" chosen={device} label="Automatic" />
                  </th>
                  <td colSpan={5} className="device-state">
                    the fastest that agrees with the CPU{device === 'automatic' ? `: ${deviceLabels[known.next]}` : ''}
                  </td>
                </tr>
                {deviceNames.map((name) => (
                  <DeviceRow
                    key={name}
                    name={name}
                    chosen={device}
                    inUse={known.use.device === name}
                    probe={known.probes.find((each) => each.device === name)}
                  />
                ))}
              </tbody>
            </table>
          </Scroll>
          <p className="quiet">
            {known.probed === null
              ? 'Only the CPU is known until the devices are probed: each in a process of its own, against the CPU’s numbers.'
              : `Probed ${new Date(known.probed).toLocaleString()} with onnxruntime ${known.onnxruntime}; a small decoder, medians.`}{' '}
            A choice takes effect when the engine starts again.
            {known.next !== known.use.device && ` It runs on ${known.use.label} until then.`}
          </p>
        </>
      )}
      <Row
        title="Weights"
        about="How the decoder is held, from the next start on. Smaller is faster where memory is slow, and costs some log-perplexity: eval ppl --weights measures it. f16 is for devices that compute in it; elsewhere it is held in f32."
      >
        <Segments
          label="Weights"
          value={weights}
          options={weightNames.map((value) => ({ value, label: value }))}
          onChange={(value) => void changeSettings({ weights: value })}
        />
      </Row>
      <Row title="Memory arena" about="Keeps freed memory for the next run: faster, and held. Taken at the next start.">
        <label className="field check">
          <input
            type="checkbox"
            aria-label="Memory arena"
            checked={arena}
            onChange={(event) => void changeSettings({ arena: event.target.checked })}
          />
          {arena ? 'on' : 'off'}
        </label>
      </Row>
    </Pane>
  )
}

type Chosen = DeviceName | 'automatic'

function DeviceChoice(props: { readonly value: Chosen; readonly chosen: Chosen; readonly label: string }) {
  const { value, chosen, label } = props
  return (
    <label className="field check">
      <input
        type="radio"
        name="device"
        checked={chosen === value}
        onChange={() => void changeSettings({ device: value })}
      />
      {label}
    </label>
  )
}

type DeviceRowProps = {
  readonly name: DeviceName
  readonly chosen: Chosen
  readonly inUse: boolean
  readonly probe: DeviceProbe | undefined
}

function DeviceRow({ name, chosen, inUse, probe }: DeviceRowProps) {
  const times = probe?.times ?? null
  const gap = probe?.maxAbsDiff ?? null
  return (
    <tr>
      <th scope="row">
        <DeviceChoice value={name} chosen={chosen} label={deviceLabels[name]} />
      </th>
      <td>{gap === null ? '–' : gap.toExponential(1).replace('-', '−')}</td>
      <td>{times === null ? '–' : formatMs(times.prefillMs)}</td>
      <td>{times === null ? '–' : formatMs(times.stepMs)}</td>
      <td>{times === null ? '–' : formatBytes(times.copiedBytes)}</td>
      <td className="device-state">
        {inUse && <strong>in use </strong>}
        {stateOf(probe)}
      </td>
    </tr>
  )
}

function stateOf(probe: DeviceProbe | undefined): string {
  if (probe === undefined) return 'not probed'
  if (!probe.works) return probe.reason ?? 'cannot be used'
  return probe.times?.cacheStays === false ? 'works; its KV cache is copied at each step' : 'works'
}
