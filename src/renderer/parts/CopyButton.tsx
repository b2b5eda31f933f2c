/** Copies a text; says so on itself for a moment, or has the refusal told. */
import { useState } from 'react'

export type CopyButtonProps = {
  readonly label: string
  readonly text: () => string
  /** What is said when it is done. */
  readonly done?: string
  /** Said to a screen reader, either way. */
  readonly onSay: (said: string) => void
}

export function CopyButton({ label, text, done = 'Copied.', onSay }: CopyButtonProps) {
  const [copied, setCopied] = useState(false)
  async function copy() {
    await navigator.clipboard.writeText(text())
    setCopied(true)
    onSay(done)
    setTimeout(() => setCopied(false), 2000)
  }
  return (
    <button type="button" onClick={() => void copy().catch(() => onSay('The clipboard cannot be written.'))}>
      {copied ? 'Copied' : label}
    </button>
  )
}
