/** The choice of a decoder: the bundle's own, or a server that was confirmed. */
import { useStore } from 'zustand'
import { remotes } from '../../state/remotes.ts'

export type DecoderSelectProps = {
  readonly label: string
  /** Id of what says more of it. */
  readonly describedBy?: string
  readonly value: string | null
  readonly onChange: (name: string | null) => void
}

export function DecoderSelect({ label, describedBy, value, onChange }: DecoderSelectProps) {
  const list = useStore(remotes, (state) => state.list) ?? []
  const known = value === null || list.some(({ name }) => name === value)
  return (
    <select
      aria-label={label}
      aria-describedby={describedBy}
      value={value ?? ''}
      aria-invalid={!known}
      onChange={(event) => onChange(event.target.value === '' ? null : event.target.value)}
    >
      <option value="">the bundle’s own</option>
      {!known && value !== null && <option value={value}>{value}, not confirmed here</option>}
      {list.map(({ name, sends }) => (
        <option key={name} value={name}>
          {name}
          {sends === 'text' ? ' (text only)' : ''}
        </option>
      ))}
    </select>
  )
}
