/** `devices`: what this machine can run on, each device probed in a process of its own, and which is in use. */
import { deviceLabels } from '../../shared/deviceNames.ts'
import type { DeviceProbe, Devices } from '../../shared/devices.ts'
import { follow, type Command } from './command.ts'
import { table } from './table.ts'

export const devices: Command = {
  name: 'devices',
  about: 'what this machine can run on, probed one by one and timed, and what is in use',
  note: 'Probes are kept until the machine, the runtime or the driver changes. A setting chooses: refrag settings device=NAME',
  flags: { probe: { type: 'boolean', about: 'probe anew, though probes are kept' } },
  run: async (scene, values) => {
    const kept = await scene.client.devices.read()
    const whole = kept.probes.length === Object.keys(deviceLabels).length
    const found =
      whole && !values.flag('probe')
        ? kept
        : await follow(scene, scene.client.devices.probe(undefined, { signal: scene.signal }), (probe) =>
            scene.warn(sayProbe(probe)),
          )
    scene.print(
      table(
        ['device', 'listed', 'works', 'f16', 'off by', 'prefill ms', 'step ms', 'bytes a step', 'why not'],
        found.probes.map(({ device, listed, works, half, maxAbsDiff, times, reason }) => [
          deviceLabels[device],
          listed ? 'yes' : 'no',
          works ? 'yes' : 'no',
          half ? 'yes' : 'no',
          maxAbsDiff === null ? '-' : maxAbsDiff.toExponential(1),
          times === null ? '-' : times.prefillMs.toFixed(1),
          times === null ? '-' : times.stepMs.toFixed(2),
          times === null ? '-' : String(times.copiedBytes),
          reason ?? '',
        ]),
      ),
    )
    scene.print(`\n${sayUse(found)}`)
    return found
  },
}

function sayProbe({ device, works, reason }: DeviceProbe): string {
  return `${deviceLabels[device]}: ${works ? 'works' : reason}`
}

function sayUse({ use, weights, next }: Devices): string {
  const chosen = use.wanted === 'automatic' ? 'the fastest that agrees with the CPU' : `asked for: ${use.wanted}`
  const fell = use.fellBack === null ? '' : `; ${deviceLabels[use.fellBack.from]} was given up: ${use.fellBack.reason}`
  const later = next === use.device ? '' : ` From the next start on: ${deviceLabels[next]}.`
  return `In use: ${use.label} (${chosen}${fell}), weights ${weights}.${later}`
}
