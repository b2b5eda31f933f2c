/** The form that adds a server or changes one, and the question before it: which host, and what will be sent there. */
import { useState, type ReactNode } from 'react'
import { useStore } from 'zustand'
import type { RemoteInfo } from '../../../shared/remote.ts'
import { remoteKindInfo, remoteKinds, textOnlyLabel, type Endpoint } from '../../../shared/remoteKinds.ts'
import { Choice } from '../../parts/Choice.tsx'
import { Confirm } from '../../parts/Confirm.tsx'
import { NumberField } from '../../parts/NumberField.tsx'
import { addRemote, remotes, type RemoteForm } from '../../state/remotes.ts'
import {
  dtypeOptions,
  emptyForm,
  formOf,
  isNew,
  logProbOptions,
  readForm,
  timeBounds,
  timeFields,
  timesNote,
} from './remoteForm.ts'

const kinds = remoteKinds.map((kind) => [kind, remoteKindInfo[kind].label] as const)

/** `before` is the server that is changed; null where one is added. */
export function AddRemote(props: {
  readonly ready: boolean
  readonly before: RemoteInfo | null
  readonly onDone: () => void
}) {
  const { ready, before, onDone } = props
  const adding = useStore(remotes, (state) => state.adding)
  const [form, setForm] = useState(before === null ? emptyForm : formOf(before))
  const [asked, setAsked] = useState<Endpoint | null>(null)
  const [why, setWhy] = useState<string | null>(null)
  const set = (change: Partial<RemoteForm>): void => {
    setWhy(null)
    setForm((now) => ({ ...now, ...change }))
  }
  function ask() {
    const found = readForm(form)
    if (typeof found === 'string') setWhy(found)
    else if (isNew(form, found, before)) setAsked(found)
    else void add(found.host)
  }
  async function add(host: string) {
    setAsked(null)
    if (!(await addRemote(form, host, before !== null))) return
    setForm(emptyForm)
    onDone()
  }
  const { sends } = remoteKindInfo[form.kind]
  return (
    <form
      className="remote-form"
      aria-label={before === null ? 'Add a server' : `Change ${before.name}`}
      onSubmit={(event) => {
        event.preventDefault()
        if (ready && !adding) ask()
      }}
    >
      <Choice label="kind" value={form.kind} options={kinds} onChange={(kind) => set({ kind })} />
      <Text label="address" value={form.url} hint="http://127.0.0.1:8000" onChange={(url) => set({ url })} />
      <Text label="model" value={form.model} hint="as the server calls it" onChange={(model) => set({ model })} />
      {before === null && <Text label="name" value={form.name} hint="KIND@HOST" onChange={(name) => set({ name })} />}
      <Text label="key" value={form.key} hint={keyHint(before)} secret onChange={(key) => set({ key })} />
      <Text label="or key of" value={form.keyEnv} hint="environment variable" onChange={(keyEnv) => set({ keyEnv })} />
      {sends === 'embeddings' && (
        <Choice label="rows as" value={form.dtype} options={dtypeOptions} onChange={(dtype) => set({ dtype })} />
      )}
      <Choice
        label="log-probs"
        value={form.logProbs ? 'yes' : 'no'}
        options={logProbOptions}
        onChange={(word) => set({ logProbs: word === 'yes' })}
      />
      {timeFields.map(({ name, label }) => (
        <NumberField
          key={name}
          label={label}
          value={form.timeouts[name] / 1000}
          min={timeBounds[0]}
          max={timeBounds[1]}
          step={0.1}
          width={86}
          onChange={(seconds) => set({ timeouts: { ...form.timeouts, [name]: Math.round(1000 * seconds) } })}
          onSettle={() => {}}
        />
      ))}
      <p className="quiet">{timesNote}</p>
      <span className="remotes-actions">
        <button type="submit" aria-disabled={!ready || adding}>
          {before === null ? (adding ? 'Adding…' : 'Add a server…') : `Keep ${before.name}`}
        </button>
        {before !== null && (
          <button type="button" onClick={onDone}>
            Leave it as it was
          </button>
        )}
      </span>
      {why !== null && (
        <p className="bad" role="alert">
          {why}
        </p>
      )}
      {asked !== null && (
        <Confirm
          title={`Send to ${asked.host}?`}
          keepLabel={before === null ? 'Do not add it' : 'Do not change it'}
          doLabel={`Confirm ${asked.host}`}
          onKeep={() => setAsked(null)}
          onDo={() => void add(asked.host)}
        >
          {sentence(form, asked)}
        </Confirm>
      )}
    </form>
  )
}

/** Another host under the name does not get the key. */
function keyHint(before: RemoteInfo | null): string {
  return before?.key === 'memory' || before?.key === 'kept' ? 'as it is, for this host' : 'if it wants one'
}

function sentence({ kind, key, keyEnv }: RemoteForm, { url, host, encrypted, local }: Endpoint): ReactNode {
  const { sent, sends } = remoteKindInfo[kind]
  return (
    <>
      Each run of a plan that names this server sends to <strong>{host}</strong>, at <code>{url}</code>
      {key !== '' || keyEnv !== '' ? ', with its key' : ''}: {sent}
      {sends === 'text' ? ` (${textOnlyLabel})` : ''}.{' '}
      {encrypted
        ? 'The way there is encrypted.'
        : local
          ? 'It is on this machine.'
          : 'The way there is not encrypted: who is on it can read along.'}
    </>
  )
}

function Text(props: {
  readonly label: string
  readonly value: string
  readonly hint: string
  readonly secret?: boolean
  readonly onChange: (value: string) => void
}) {
  const { label, value, hint, secret = false, onChange } = props
  return (
    <label className="field">
      <span className="label">{label}</span>
      <input
        type={secret ? 'password' : 'text'}
        value={value}
        placeholder={hint}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => onChange(event.target.value)}
      />
    </label>
  )
}
