/** One setting of one plan, as it is edited in its column. */
import { useId, useState, type ReactNode } from 'react'
import { useStore } from 'zustand'
import { NumberField } from '../../parts/NumberField.tsx'
import { baseName } from '../../parts/format.ts'
import { columns, setColumn, type Column, type Field } from '../../state/columns.ts'
import { sync } from '../../state/comparing.ts'
import { corpus } from '../../state/corpus.ts'
import { engine } from '../../state/engine.ts'
import { fieldNames, type Draft } from '../../state/plan.ts'

type EditorProps<F extends Field> = {
  readonly label: string
  readonly value: Draft[F]
  readonly set: (value: Draft[F]) => void
}

const number =
  (min: number, max: number, step: number) =>
  ({ label, value, set }: { label: string; value: number; set: (value: number) => void }): ReactNode => (
    <NumberField
      label={label}
      value={value}
      min={min}
      max={max}
      step={step}
      width={84}
      onChange={set}
      onSettle={settle}
    />
  )

/** Where a plan is what one of its runs was made of again, that comparison comes back. */
function settle(): void {
  void sync()
}

const editors: { readonly [F in Field]: (props: EditorProps<F>) => ReactNode } = {
  question: Words,
  target: Words,
  index: IndexChoice,
  passages: number(0, 200, 1),
  k: ChunkSize,
  p: number(0, 1, 0.01),
  policy: PolicyChoice,
  forced: ByHand,
  seed: number(0, 2_147_483_647, 1),
  maxTokens: number(1, 2048, 1),
  temperature: number(0, 5, 0.1),
}

export function PlanField<F extends Field>({
  column,
  letter,
  field,
}: {
  readonly column: Column
  readonly letter: string
  readonly field: F
}) {
  // Components by name, not by call: each keeps what is being typed in it.
  const Editor = editors[field] as (props: EditorProps<F>) => ReactNode
  const label = `${fieldNames[field]} of ${letter}`
  return <Editor label={label} value={column.draft[field]} set={(value) => setColumn(column.key, field, value)} />
}

function Words({ label, value, set }: { label: string; value: string; set: (value: string) => void }) {
  return (
    <input type="text" aria-label={label} value={value} onChange={(event) => set(event.target.value)} onBlur={settle} />
  )
}

function ChunkSize({ label, value, set }: EditorProps<'k'>) {
  const known = useStore(engine, (state) => state.health?.bundle.ks) ?? [value]
  const ks = [...new Set([...known, value])].toSorted((a, b) => a - b)
  return (
    <select
      aria-label={label}
      value={value}
      onChange={(event) => {
        set(Number(event.target.value))
        settle()
      }}
    >
      {ks.map((k) => (
        <option key={k}>{k}</option>
      ))}
    </select>
  )
}

function PolicyChoice({ label, value, set }: EditorProps<'policy'>) {
  const policies = useStore(engine, (state) => state.policies)
  return (
    <select
      aria-label={label}
      value={value}
      onChange={(event) => {
        const chosen = policies.find(({ name }) => name === event.target.value)
        if (chosen !== undefined) set(chosen.name)
        settle()
      }}
    >
      {!policies.some(({ name }) => name === value) && <option value={value}>{value}</option>}
      {policies.map(({ name, label: words, about }) => (
        <option key={name} value={name} title={about}>
          {words}
        </option>
      ))}
    </select>
  )
}

function IndexChoice({ label, value, set }: EditorProps<'index'>) {
  const indexes = useStore(corpus, (state) => state.indexes) ?? []
  return (
    <select
      aria-label={label}
      value={value}
      onChange={(event) => {
        set(event.target.value)
        settle()
      }}
    >
      {!indexes.some(({ path }) => path === value) && <option value={value}>{baseName(value) || 'none'}</option>}
      {indexes.map(({ path, name }) => (
        <option key={path} value={path}>
          {name}
        </option>
      ))}
    </select>
  )
}

function ByHand({ label, value, set }: EditorProps<'forced'>) {
  return (
    <span className="by-hand">
      <Indexes word="expand" label={label} value={value.expand} set={(expand) => set({ ...value, expand })} />
      <Indexes word="compress" label={label} value={value.compress} set={(compress) => set({ ...value, compress })} />
    </span>
  )
}

function Indexes(props: {
  readonly word: string
  readonly label: string
  readonly value: readonly number[]
  readonly set: (value: readonly number[]) => void
}) {
  const { word, label, value, set } = props
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

/** A setting in words, where it is not being edited. */
export function saidOf(draft: Draft, field: Field): string {
  if (field === 'forced') {
    const { expand, compress } = draft.forced
    return expand.length + compress.length === 0 ? 'none' : `${expand.length + compress.length} chunks`
  }
  if (field === 'index') {
    const info = corpus.getState().indexes?.find(({ path }) => path === draft.index)
    return info?.name ?? (baseName(draft.index) || 'none')
  }
  return String(draft[field]).trim() || 'none'
}

/** Kept here so that a field opened by its chip takes the focus. */
export function focusField(field: Field): void {
  const [first] = columns.getState().columns
  if (first === undefined) return
  requestAnimationFrame(() => {
    const row = document.querySelector<HTMLElement>(`[data-field="${field}"]`)
    row?.querySelector<HTMLElement>('td:last-of-type :is(input, select)')?.focus()
  })
}
