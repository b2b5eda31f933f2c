/** A fault as a person meets it: what failed, what to do, retry, details to copy. It stays until dismissed. */
import { useState, type ReactNode } from 'react'
import type { FaultData } from '../../shared/fault.ts'
import { Icon } from './Icon.tsx'

export type FaultNoteProps = {
  readonly what: string
  readonly fault: FaultData
  readonly onRetry?: (() => void) | undefined
  readonly onDismiss?: (() => void) | undefined
  /** What else can be done about it, before all that every fault offers. */
  readonly actions?: ReactNode
}

export function FaultNote({ what, fault, onRetry, onDismiss, actions }: FaultNoteProps) {
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
        {actions}
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
