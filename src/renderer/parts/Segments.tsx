/** A row of choices, one of them on; a choice that cannot be taken stays reachable and says why. */
import { useRef, type KeyboardEvent } from 'react'

export type Segment<T> = { readonly value: T; readonly label: string; readonly why?: string }
export type SegmentsProps<T> = {
  readonly label: string
  readonly value: T
  readonly options: readonly Segment<T>[]
  readonly onChange: (value: T) => void
  /** Called with the reason when a choice that cannot be taken is tried. */
  readonly onRefuse?: (why: string) => void
}

export function Segments<T extends string | number>({ label, value, options, onChange, onRefuse }: SegmentsProps<T>) {
  const group = useRef<HTMLDivElement>(null)
  const at = options.findIndex((option) => option.value === value)
  const stop = at === -1 ? 0 : at
  function take(option: Segment<T>) {
    if (option.why === undefined) onChange(option.value)
    else onRefuse?.(option.why)
  }
  function move(event: KeyboardEvent<HTMLButtonElement>, from: number) {
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key]
    if (by === undefined) return
    event.preventDefault()
    const to = (from + by + options.length) % options.length
    const option = options[to]
    if (option === undefined) return
    group.current?.querySelectorAll('button')[to]?.focus()
    take(option)
  }
  return (
    <div className="segments" role="radiogroup" aria-label={label} ref={group}>
      {options.map((option, index) => (
        <button
          key={option.value}
          type="button"
          role="radio"
          aria-checked={option.value === value}
          aria-disabled={option.why !== undefined}
          title={option.why}
          tabIndex={index === stop ? 0 : -1}
          onClick={() => take(option)}
          onKeyDown={(event) => move(event, index)}
        >
          {option.label}
        </button>
      ))}
    </div>
  )
}
