/** A fault as a person meets it: what failed, what to do, retry, details to copy. It stays until dismissed. */
import { useState } from 'react'
import type { FaultData } from '../../shared/fault.ts'
import { Icon } from './Icon.tsx'

export type FaultNoteProps = {
  readonly what: string
  readonly fault: FaultData
  readonly onRetry?: (() => void) | undefined
  readonly onDismiss?: (() => void) | undefined
}

export function FaultNote({ what, fault, onRetry, onDismiss }: FaultNoteProps) {
  const [copied, setCopied] = useState(false)
  async function copy() {
    await navigator.clipboard.writeText(`${what}\n${fault.code}: ${fault.message}\n${fault.remedy}`)
    setCopied(true)
  }
  return (
    <div className="fault" role="alert">
      <Icon name="warn" />
      <div className="fault-text">
        <p>
          <strong>{what}</strong> {fault.message}
        </p>
        <p className="quiet">{fault.remedy}</p>
      </div>
      <div className="fault-actions">
        {onRetry !== undefined && (
          <button type="button" onClick={onRetry}>
            Retry
          </button>
        )}
        <button type="button" onClick={() => void copy().catch(() => setCopied(false))}>
          {copied ? 'Copied' : 'Copy details'}
        </button>
        {onDismiss !== undefined && (
          <button type="button" onClick={onDismiss}>
            Dismiss
          </button>
        )}
      </div>
    </div>
  )
}
