/** The slider of p: percent steps, with the count that it means beside it. */
import { useId } from 'react'

export type ShareSliderProps = {
  readonly value: number
  /** What the share means now, such as "expand 12 of 48 chunks". */
  readonly meaning: string
  readonly onChange: (value: number) => void
  readonly onSettle: () => void
}

export function ShareSlider({ value, meaning, onChange, onSettle }: ShareSliderProps) {
  const id = useId()
  const percent = Math.round(value * 100)
  return (
    <span className="field share">
      <label htmlFor={id}>p</label>
      <input
        id={id}
        type="range"
        min={0}
        max={100}
        step={1}
        value={percent}
        style={{ '--share': `${percent}%` }}
        aria-valuetext={`${percent} %, ${meaning}`}
        onChange={(event) => onChange(Number(event.target.value) / 100)}
        onPointerUp={onSettle}
        onBlur={onSettle}
      />
      <output htmlFor={id}>{value.toFixed(2)}</output>
      <span className="quiet share-meaning">{meaning}</span>
    </span>
  )
}
