/** The chunks that a plan forces by hand, as two lists of their numbers. */
import { useId, useState } from 'react'
import type { ForcedChunks } from '../../state/plan.ts'

/** `settle` is called when a list is left. */
export function ByHand(props: {
  readonly label: string
  readonly value: ForcedChunks
  readonly set: (value: ForcedChunks) => void
  readonly settle: () => void
}) {
  const { label, value, set, settle } = props
  return (
    <span className="by-hand">
      <Indexes
        word="expand"
        label={label}
        value={value.expand}
        set={(expand) => set({ ...value, expand })}
        settle={settle}
      />
      <Indexes
        word="compress"
        label={label}
        value={value.compress}
        set={(compress) => set({ ...value, compress })}
        settle={settle}
      />
    </span>
  )
}

function Indexes(props: {
  readonly word: string
  readonly label: string
  readonly value: readonly number[]
  readonly set: (value: readonly number[]) => void
  readonly settle: () => void
}) {
  const { word, label, value, set, settle } = props
  const id = useId()
  // What is being typed may be no list yet; it is kept apart until the field is left.
  const [typed, setTyped] = useState<string | null>(null)
  const wrong = typed !== null && readIndexes(typed) === null
  return (
    <label className="by-hand-list">
      <span className="label">{word}</span>
      <input
        type="text"
        aria-label={`${label}: ${word}`}
        placeholder="none"
        value={typed ?? value.join(', ')}
        aria-invalid={wrong}
        aria-describedby={wrong ? id : undefined}
        onChange={(event) => {
          setTyped(event.target.value)
          const indexes = readIndexes(event.target.value)
          if (indexes !== null) set(indexes)
        }}
        onBlur={() => {
          setTyped(null)
          settle()
        }}
      />
      {wrong && (
        <span id={id} className="bad">
          Chunk numbers, parted by commas.
        </span>
      )}
    </label>
  )
}

/** Chunk indexes of a text, each once and in order; none is fine, a word that is no index is not. */
export function readIndexes(text: string): readonly number[] | null {
  const words = text.split(/[\s,;]+/).filter((word) => word !== '')
  const indexes = words.map(Number)
  if (!indexes.every((index) => Number.isInteger(index) && index >= 0)) return null
  return [...new Set(indexes)].toSorted((a, b) => a - b)
}
