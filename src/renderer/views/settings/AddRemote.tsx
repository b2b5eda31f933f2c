/** The form that adds a server, and the question before it: which host, and what will be sent there. */
import { useState, type ReactNode } from 'react'
import { useStore } from 'zustand'
import { Fault } from '../../../shared/fault.ts'
import { endpointOf, remoteKindInfo, remoteKinds, textOnlyLabel, type Endpoint } from '../../../shared/remoteKinds.ts'
import { Choice } from '../../parts/Choice.tsx'
import { Confirm } from '../../parts/Confirm.tsx'
import { addRemote, remotes, type RemoteForm } from '../../state/remotes.ts'

const empty: RemoteForm = { url: '', kind: 'vllm', model: '', name: '', key: '', keyEnv: '' }
const kinds = remoteKinds.map((kind) => [kind, remoteKindInfo[kind].label] as const)

export function AddRemote({ ready }: { readonly ready: boolean }) {
  const adding = useStore(remotes, (state) => state.adding)
  const [form, setForm] = useState(empty)
  const [asked, setAsked] = useState<Endpoint | null>(null)
  const [why, setWhy] = useState<string | null>(null)
  const set = (change: Partial<RemoteForm>): void => {
    setWhy(null)
    setForm((before) => ({ ...before, ...change }))
  }
  function ask() {
    const found = read(form)
    if (typeof found === 'string') setWhy(found)
    else setAsked(found)
  }
  async function add(host: string) {
    setAsked(null)
    if (await addRemote(form, host)) setForm(empty)
  }
  return (
    <form
      className="remote-form"
      aria-label="Add a server"
      onSubmit={(event) => {
        event.preventDefault()
        if (ready && !adding) ask()
      }}
    >
      <Choice label="kind" value={form.kind} options={kinds} onChange={(kind) => set({ kind })} />
      <Text label="address" value={form.url} hint="http://127.0.0.1:8000" onChange={(url) => set({ url })} />
      <Text label="model" value={form.model} hint="as the server calls it" onChange={(model) => set({ model })} />
      <Text label="name" value={form.name} hint="KIND@HOST" onChange={(name) => set({ name })} />
      <Text label="key" value={form.key} hint="if it wants one" secret onChange={(key) => set({ key })} />
      <Text label="or key of" value={form.keyEnv} hint="environment variable" onChange={(keyEnv) => set({ keyEnv })} />
      <button type="submit" aria-disabled={!ready || adding}>
        {adding ? 'Adding…' : 'Add a server…'}
      </button>
      {why !== null && (
        <p className="bad" role="alert">
          {why}
        </p>
      )}
      {asked !== null && (
        <Confirm
          title={`Send to ${asked.host}?`}
          keepLabel="Do not add it"
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

/** Where the server is, or what is missing. */
function read({ url, kind, model }: RemoteForm): Endpoint | string {
  if (url.trim() === '') return 'Give the address of the server.'
  if (model.trim() === '') return 'Give the name of the model, as the server calls it.'
  try {
    return endpointOf(url, kind)
  } catch (error) {
    if (error instanceof Fault) return `${error.message} ${error.remedy}`
    throw error
  }
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
