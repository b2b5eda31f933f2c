/** The axes of the grid: every value of one is measured with every value of the others. */
import { useState } from 'react'
import { useStore } from 'zustand'
import { Retriever } from '../../../shared/evaluate.ts'
import { NumbersField } from '../../parts/NumbersField.tsx'
import { engine } from '../../state/engine.ts'
import { setSweepSettings, sweepSetUp, sweptKs } from '../../state/sweepSetUp.ts'

export function Axes() {
  const settings = useStore(sweepSetUp)
  const bundle = useStore(engine, (state) => state.health?.bundle)
  const policies = useStore(engine, (state) => state.policies)
  // Where everything or nothing is expanded is p 1 and p 0 of any policy.
  const choosing = policies.filter(({ name }) => name !== 'all' && name !== 'none')
  return (
    <>
      <Several
        legend="k, tokens per chunk"
        options={(bundle?.ks ?? []).map((k) => ({ value: k, label: String(k) }))}
        chosen={sweptKs(settings)}
        onChange={(ks) => setSweepSettings({ ks: ks.toSorted((a, b) => a - b) })}
      />
      <div className="set-up-lists">
        <NumbersField
          label="p, fraction expanded"
          values={settings.ps}
          min={0}
          max={1}
          whole={false}
          onChange={(ps) => setSweepSettings({ ps })}
        />
        <NumbersField
          label="Passages read"
          values={settings.passages}
          min={1}
          max={200}
          whole
          onChange={(passages) => setSweepSettings({ passages })}
        />
      </div>
      <Several
        legend="Policies"
        options={choosing.map(({ name, label, about }) => ({ value: name, label, about }))}
        chosen={settings.policies}
        onChange={(chosen) => setSweepSettings({ policies: chosen })}
      />
      <Several
        legend="Retriever"
        options={Retriever.options.map((name) => ({ value: name, label: name, about: retrievers[name] }))}
        chosen={settings.retrievers}
        onChange={(chosen) => setSweepSettings({ retrievers: chosen })}
      />
    </>
  )
}

const retrievers: Readonly<Record<Retriever, string>> = {
  strong: 'The passages nearest to the question',
  weak: 'As many drawn at random from the nearest 200',
}

type Option<T> = { readonly value: T; readonly label: string; readonly about?: string }

/** Any of a few, one at least. */
function Several<T extends string | number>({
  legend,
  options,
  chosen,
  onChange,
}: {
  readonly legend: string
  readonly options: readonly Option<T>[]
  readonly chosen: readonly T[]
  readonly onChange: (chosen: readonly T[]) => void
}) {
  const [why, setWhy] = useState('')
  function toggle(value: T) {
    const next = options.map((option) => option.value).filter((each) => chosen.includes(each) !== (each === value))
    setWhy(next.length === 0 ? 'One at least is measured.' : '')
    if (next.length > 0) onChange(next)
  }
  return (
    <fieldset className="several">
      <legend>{legend}</legend>
      {options.map(({ value, label, about }) => (
        <label key={value} className="field check" title={about}>
          <input type="checkbox" checked={chosen.includes(value)} onChange={() => toggle(value)} />
          {label}
        </label>
      ))}
      {why !== '' && (
        <span className="quiet" role="status">
          {why}
        </span>
      )}
    </fieldset>
  )
}
