/** A labelled list of numbers, parted by commas, that takes effect when all of it can be read. */
import { useId, useState } from 'react'

export type NumbersFieldProps = {
  readonly label: string
  readonly values: readonly number[]
  readonly min: number
  readonly max: number
  readonly whole: boolean
  readonly onChange: (values: readonly number[]) => void
}

/** The numbers of a text, each once and in order; null where one is none or lies outside. */
export function readNumbers(
  text: string,
  { min, max, whole }: Pick<NumbersFieldProps, 'min' | 'max' | 'whole'>,
): readonly number[] | null {
  const words = text.split(/[\s,;]+/).filter((word) => word !== '')
  const numbers = words.map(Number)
  const fits = (value: number): boolean => value >= min && value <= max && (!whole || Number.isInteger(value))
  if (numbers.length === 0 || !numbers.every(fits)) return null
  return [...new Set(numbers)].toSorted((a, b) => a - b)
}

export function NumbersField({ label, values, onChange, ...range }: NumbersFieldProps) {
  const id = useId()
  // What is being typed may be no list yet; it is kept apart until the field is left.
  const [typed, setTyped] = useState<string | null>(null)
  const wrong = typed !== null && readNumbers(typed, range) === null
  return (
    <span className="field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        type="text"
        value={typed ?? values.join(', ')}
        aria-invalid={wrong}
        aria-describedby={wrong ? `${id}why` : undefined}
        onChange={(event) => {
          setTyped(event.target.value)
          const numbers = readNumbers(event.target.value, range)
          if (numbers !== null) onChange(numbers)
        }}
        onBlur={() => setTyped(null)}
      />
      {wrong && (
        <span id={`${id}why`} className="why">
          {range.whole ? 'Whole numbers' : 'Numbers'} from {range.min} to {range.max}, parted by commas.
        </span>
      )}
    </span>
  )
}
