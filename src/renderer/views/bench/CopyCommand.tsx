/** Copies the command line that makes the same run. */
import { toCommand } from '../../../shared/command.ts'
import { CopyButton } from '../../parts/CopyButton.tsx'
import { plan } from '../../state/plan.ts'
import { say } from '../../state/view.ts'

export function CopyCommand() {
  return (
    <CopyButton
      label="Copy as command"
      text={() => toCommand(plan.getState().present)}
      done="Command copied."
      onSay={say}
    />
  )
}
