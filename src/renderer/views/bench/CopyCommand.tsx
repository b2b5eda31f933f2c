/** Copies the command line that makes the same run. */
import { CopyButton } from '../../parts/CopyButton.tsx'
import { planCommand } from '../../state/planCommand.ts'
import { say } from '../../state/view.ts'

export function CopyCommand() {
  return <CopyButton label="Copy as command" text={planCommand} done="Command copied." onSay={say} />
}
