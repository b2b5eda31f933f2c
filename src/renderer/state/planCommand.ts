/** The plan as it stands as a command, with the bundle that is open where that is not the door's own. */
import { toCommand } from '../../shared/command.ts'
import { engine } from './engine.ts'
import { plan } from './plan.ts'

export function planCommand(): string {
  return toCommand(plan.getState().present, engine.getState().health?.bundle.folder)
}
