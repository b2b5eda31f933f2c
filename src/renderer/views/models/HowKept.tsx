/** What an import is called and how its weights are kept. */
import { useId } from 'react'
import type { ModelDtype } from '../../../shared/models.ts'
import { Choice } from '../../parts/Choice.tsx'

/** True for a name that an import may have. */
export function isName(name: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$/.test(name)
}

export type HowKeptProps = {
  readonly name: string
  readonly onName: (name: string) => void
  readonly dtype: ModelDtype
  readonly onDtype: (dtype: ModelDtype) => void
}

const dtypes = [
  ['f32', 'f32, as they are'],
  ['f16', 'f16, rounded, half the size'],
] as const

export function HowKept({ name, onName, dtype, onDtype }: HowKeptProps) {
  const id = useId()
  return (
    <>
      <span className="field">
        <label htmlFor={`${id}name`}>Name</label>
        <input
          id={`${id}name`}
          type="text"
          value={name}
          maxLength={80}
          aria-invalid={!isName(name)}
          onChange={(event) => onName(event.target.value)}
        />
      </span>
      {!isName(name) && <p className="bad">A name has letters, digits, dots, dashes and underscores.</p>}
      <Choice label="Weights" value={dtype} options={dtypes} onChange={onDtype} />
    </>
  )
}
