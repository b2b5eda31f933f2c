/** What can become of a training: a bundle of its checkpoint, where it comes from, and how it is used next. */
import { useId, useState } from 'react'
import { useStore } from 'zustand'
import type { MadeBundle, TrainingInfo } from '../../../shared/train.ts'
import { CopyButton } from '../../parts/CopyButton.tsx'
import { FaultNote } from '../../parts/FaultNote.tsx'
import { formatCount, plural } from '../../parts/format.ts'
import { toServe } from '../../../shared/command.ts'
import { engine } from '../../state/engine.ts'
import { makeBundle, nameFor, register } from '../../state/register.ts'
import { train } from '../../state/train.ts'
import { say } from '../../state/view.ts'

export function Register({ info }: { readonly info: TrainingInfo }) {
  const resting = useStore(train, ({ phase }) => phase === 'idle') && info.state !== 'running'
  const fault = useStore(register, (state) => (state.id === info.id ? state.fault : null))
  const offered = resting && info.step > 0
  if (!offered && info.bundles.length === 0) return null
  return (
    <section className="register" aria-label="Bundles of this training">
      {offered && <Form key={info.id} info={info} />}
      {fault !== null && (
        <FaultNote
          what="No bundle was made."
          fault={fault}
          onDismiss={() => register.setState({ fault: null, id: null })}
        />
      )}
      {info.bundles.toReversed().map((made) => (
        <Made key={made.out} made={made} />
      ))}
    </section>
  )
}

function Form({ info }: { readonly info: TrainingInfo }) {
  const list = useStore(train, (state) => state.list)
  const away = useStore(engine, (state) => state.status.state !== 'ready')
  const making = useStore(register, (state) => state.phase === 'making')
  // What a person typed; null for the name that is free, which is another one as soon as this one is taken.
  const [typed, setTyped] = useState<string | null>(null)
  const name = typed ?? nameFor(info, list ?? [])
  const nameless = name.trim() === ''
  const id = useId()
  return (
    <form
      className="register-form"
      onSubmit={(event) => {
        event.preventDefault()
        if (!away && !nameless) void makeBundle(info.id, name).then((made) => made && setTyped(null))
      }}
    >
      <label className="quiet" htmlFor={`${id}name`}>
        Bundle name
      </label>
      <input
        id={`${id}name`}
        type="text"
        value={name}
        maxLength={80}
        required
        aria-describedby={`${id}about`}
        onChange={(event) => setTyped(event.target.value)}
      />
      <button type="submit" aria-disabled={making || away || nameless}>
        {making ? 'Making the bundle…' : 'Make a bundle'}
      </button>
      <span id={`${id}about`} className="quiet">
        {nameless
          ? 'A bundle needs a name.'
          : `of step ${formatCount(info.step)}, weights rounded to f16, in the workbench’s bundles`}
      </span>
      {making && (
        <div className="track track-open" role="progressbar" aria-label="Making the bundle">
          <span />
        </div>
      )}
    </form>
  )
}

function Made({ made }: { readonly made: MadeBundle }) {
  const home = useStore(engine, (state) => state.health?.home)
  const { name, hash, step, out, lineage } = made
  const command = toServe(out, home)
  return (
    <article className="made" aria-label={`Bundle ${name}`}>
      <p>
        <strong>{name}</strong>{' '}
        <span className="quiet">
          bundle {hash.slice(0, 8)}, of step {formatCount(step)}
        </span>
      </p>
      <ol className="lineage quiet" aria-label="Lineage">
        {lineage.map(({ from, trainer, steps, data, seed }) => (
          <li key={`${from} ${trainer}`}>
            bundle {from.slice(0, 8)} → {trainer}, {plural(steps, 'step')}, seed {seed}, {data}
          </li>
        ))}
      </ol>
      <p className="quiet">
        The engine holds one bundle for as long as it runs. To ask with this one, open the workbench with it:
      </p>
      <div className="made-use">
        <code>{command}</code>
        <CopyButton label="Copy command" text={() => command} done="Command copied." onSay={say} />
      </div>
    </article>
  )
}
