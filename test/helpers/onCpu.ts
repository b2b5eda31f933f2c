/** Sessions on the CPU in f32, as an engine opens them where nothing else was asked for. */
import { cpuUse } from '../../src/shared/devices.ts'
import type { KeptDevices } from '../../src/main/engine/serve/devices.ts'

export const onCpu: Pick<KeptDevices, 'running'> = {
  running: () => Promise.resolve({ threads: 2, arena: true, use: cpuUse, format: 'f32' }),
}
