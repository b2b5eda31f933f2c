/** One setting of one plan, as it is edited in its column. */
import type { ReactNode } from 'react'
import { useStore } from 'zustand'
import { NumberField } from '../../parts/NumberField.tsx'
import { baseName, plural } from '../../parts/format.ts'
import { columns, setColumn, settleColumns, type Column, type Field } from '../../state/columns.ts'
import { sync } from '../../state/comparing.ts'
import { corpus } from '../../state/corpus.ts'
import { engine } from '../../state/engine.ts'
import { fieldNames, type Draft } from '../../state/plan.ts'
import { DecoderSelect } from '../remote/DecoderSelect.tsx'
import { ByHand } from './ByHand.tsx'

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
  settleColumns()
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
  forced: (props) => <ByHand {...props} settle={settle} />,
  seed: number(0, 2_147_483_647, 1),
  maxTokens: number(1, 2048, 1),
  temperature: number(0, 5, 0.1),
  prefix: ({ label, value, set }) =>
    value === null ? (
      <span className="quiet">freely</span>
    ) : (
      <button type="button" aria-label={`${label}: begin freely`} onClick={() => set(null)}>
        {saidOfPrefix(value)}, free it
      </button>
    ),
  decoder: DecoderChoice,
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

function DecoderChoice({ label, value, set }: EditorProps<'decoder'>) {
  return (
    <DecoderSelect
      label={label}
      value={value}
      onChange={(name) => {
        set(name)
        settle()
      }}
    />
  )
}

/** A setting in words, where it is not being edited. */
export function saidOf(draft: Draft, field: Field): string {
  if (field === 'forced') {
    const { expand, compress } = draft.forced
    const count = expand.length + compress.length
    return count === 0 ? 'none' : plural(count, 'chunk')
  }
  if (field === 'index') {
    const info = corpus.getState().indexes?.find(({ path }) => path === draft.index)
    return info?.name ?? (baseName(draft.index) || 'none')
  }
  if (field === 'prefix') return saidOfPrefix(draft.prefix)
  if (field === 'decoder') return draft.decoder ?? 'the bundle’s own'
  return String(draft[field]).trim() || 'none'
}

function saidOfPrefix(prefix: Draft['prefix']): string {
  if (prefix === null) return 'freely'
  return typeof prefix === 'string' ? prefix : plural(prefix.length, 'given token')
}

/** Puts the focus into the last column of a setting that was just opened. */
export function focusField(field: Field): void {
  const [first] = columns.getState().columns
  if (first === undefined) return
  requestAnimationFrame(() => {
    const row = document.querySelector<HTMLElement>(`[data-field="${field}"]`)
    row?.querySelector<HTMLElement>('td:last-of-type :is(input, select)')?.focus()
  })
}
