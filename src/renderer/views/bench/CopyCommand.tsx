/** Copies the command line that makes the same run. */
import { useState } from 'react'
import { toCommand } from '../../../shared/command.ts'
import { plan } from '../../state/plan.ts'
import { say } from '../../state/view.ts'

export function CopyCommand() {
  const [copied, setCopied] = useState(false)
  async function copy() {
    await navigator.clipboard.writeText(toCommand(plan.getState().present))
    setCopied(true)
    say('Command copied.')
    setTimeout(() => setCopied(false), 2000)
  }
  return (
    <button type="button" onClick={() => void copy().catch(() => say('The clipboard cannot be written.'))}>
      {copied ? 'Copied' : 'Copy as command'}
    </button>
  )
}
