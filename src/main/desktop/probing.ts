/** Devices probed for the engine: each in a utility process of its own, which may crash or hang. */
import { utilityProcess } from 'electron'
import type { RelayMessage } from '../relay.ts'

const running = new Map<number, ReturnType<typeof utilityProcess.fork>>()

/** Starts `script`, the built probe, as the engine asks; `tell` sends to the engine. */
export function startProbe(
  script: string,
  { id, asked }: Extract<RelayMessage, { type: 'probe' }>,
  tell: (message: RelayMessage) => void,
): void {
  const child = utilityProcess.fork(script, [asked], { serviceName: 'REFRAG device probe', stdio: 'ignore' })
  running.set(id, child)
  child.on('message', (message: unknown) => tell({ type: 'probe-told', id, message }))
  child.on('exit', (code) => {
    running.delete(id)
    tell({ type: 'probe-ended', id, ending: `exit code ${code}` })
  })
}

/** Ends a probe that has said what was asked, or hangs. */
export function killProbe(id: number): void {
  running.get(id)?.kill()
}
