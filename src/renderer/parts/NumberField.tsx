/** A labelled number that takes effect when it is whole and within its range. */
import { useId, useState } from 'react'

export type NumberFieldProps = {
  readonly label: string
  readonly value: number
  readonly min: number
  readonly max: number
  readonly step?: number
  readonly width?: number
  readonly onChange: (value: number) => void
  readonly onSettle: () => void
}

export function NumberField({ label, value, min, max, step = 1, width = 62, onChange, onSettle }: NumberFieldProps) {
  const id = useId()
  // What is being typed may be no number yet; it is kept apart until the field is left.
  const [typed, setTyped] = useState<string | null>(null)
  const wrong = typed !== null && !fits(typed)
  function fits(text: string): boolean {
    const number = Number(text)
    return text.trim() !== '' && number >= min && number <= max && (step < 1 || Number.isInteger(number))
  }
  return (
    <span className="field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        type="number"
        style={{ width }}
        min={min}
        max={max}
        step={step}
        value={typed ?? value}
        aria-invalid={wrong}
        title={wrong ? `From ${min} to ${max}` : undefined}
        onChange={(event) => {
          setTyped(event.target.value)
          if (fits(event.target.value)) onChange(Number(event.target.value))
        }}
        onBlur={() => {
          setTyped(null)
          onSettle()
        }}
      />
    </span>
  )
}
