/** Which Hub is asked, and with what token: given here, never shown again. */
import { useId, useState } from 'react'
import { useStore } from 'zustand'
import type { HubAccess } from '../../../shared/hub.ts'
import { FaultNote } from '../../parts/FaultNote.tsx'
import { hub, nameEndpoint, takeToken } from '../../state/modelsHub.ts'

const tokens: Readonly<Record<HubAccess['token'], string>> = {
  none: 'without a token',
  environment: 'with the token of HF_TOKEN',
  memory: 'with a token, held until the engine ends',
  kept: 'with a token that the system keeps encrypted',
}

export function HubAccessRow() {
  const { access, accessFault } = useStore(hub)
  const [open, setOpen] = useState(false)
  return (
    <div className="hub-access">
      <p className="quiet">
        {access === null
          ? 'Asking which Hub it is'
          : `${access.endpoint.replace(/^https:\/\//, '')}, ${tokens[access.token]}`}{' '}
        <button type="button" className="linkish" aria-expanded={open} onClick={() => setOpen(!open)}>
          Change
        </button>
      </p>
      {accessFault !== null && (
        <FaultNote
          what="It was not changed."
          fault={accessFault}
          onDismiss={() => hub.setState({ accessFault: null })}
        />
      )}
      {open && access !== null && <Form access={access} />}
    </div>
  )
}

function Form({ access }: { readonly access: HubAccess }) {
  const id = useId()
  const [token, setToken] = useState('')
  const [address, setAddress] = useState(access.named === 'automatic' ? '' : access.endpoint)
  const fixed = access.named === 'HF_ENDPOINT'
  return (
    <div className="hub-access-form">
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (token.trim() !== '') void takeToken(token).then((taken) => taken && setToken(''))
        }}
      >
        <label htmlFor={`${id}token`}>Token</label>
        <input
          id={`${id}token`}
          type="password"
          autoComplete="off"
          spellCheck={false}
          value={token}
          placeholder="hf_…"
          maxLength={500}
          onChange={(event) => setToken(event.target.value)}
        />
        <button type="submit" aria-disabled={token.trim() === ''}>
          Use it
        </button>
        {(access.token === 'memory' || access.token === 'kept') && (
          <button type="button" onClick={() => void takeToken(null)}>
            Forget it
          </button>
        )}
      </form>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (!fixed) void nameEndpoint(address)
        }}
      >
        <label htmlFor={`${id}address`}>Address</label>
        <input
          id={`${id}address`}
          type="text"
          value={address}
          placeholder="https://huggingface.co"
          readOnly={fixed}
          maxLength={500}
          onChange={(event) => setAddress(event.target.value)}
        />
        <button type="submit" aria-disabled={fixed}>
          Set
        </button>
      </form>
      <p className="quiet">
        {fixed ? 'HF_ENDPOINT names the address. ' : ''}The token goes to that address alone, never into a log.
      </p>
    </div>
  )
}
