/** Decoders elsewhere on the page: the servers that were confirmed, what each said of itself, and one that is about to be added. */
import { createStore } from 'zustand/vanilla'
import type { FaultData } from '../../shared/fault.ts'
import type { AddRemoteInput, RemoteCheck, RemoteInfo, RemoteTimeouts } from '../../shared/remote.ts'
import type { RemoteDtype, RemoteKind } from '../../shared/remoteKinds.ts'
import { link } from '../link.ts'
import { noteFault } from './engine.ts'
import { say } from './view.ts'

/** What is typed of a server. */
export type RemoteForm = {
  readonly url: string
  readonly kind: RemoteKind
  readonly model: string
  readonly name: string
  readonly key: string
  readonly keyEnv: string
  readonly dtype: RemoteDtype
  readonly logProbs: boolean
  readonly timeouts: RemoteTimeouts
}

export type RemotesState = {
  /** Null until the engine has told. */
  readonly list: readonly RemoteInfo[] | null
  readonly fault: FaultData | null
  /** What each said when it was asked; null while it is being asked. */
  readonly checks: ReadonlyMap<string, RemoteCheck | null>
  readonly adding: boolean
}

export const remotes = createStore<RemotesState>()(() => ({
  list: null,
  fault: null,
  checks: new Map(),
  adding: false,
}))

export async function readRemotes(): Promise<void> {
  try {
    remotes.setState({ list: await link().remote.list(), fault: null })
  } catch (error) {
    remotes.setState({ fault: noteFault('list the servers', error) })
  }
}

/**
 * Adds a server whose host a person was shown and confirmed, or changes one of that name, which keeps its key for the same host where
 * none is typed; true where it was kept. A key is not kept on the page.
 */
export async function addRemote(
  { name, key, keyEnv, ...form }: RemoteForm,
  confirm: string,
  changed = false,
): Promise<boolean> {
  const asked: AddRemoteInput = {
    ...form,
    confirm,
    ...(name === '' ? {} : { name }),
    ...(key === '' ? {} : { key }),
    ...(keyEnv === '' ? {} : { keyEnv }),
  }
  remotes.setState({ adding: true, fault: null })
  try {
    const added = await link().remote.add(asked)
    say(changed ? `${added.name} is changed.` : `${added.name} is confirmed.`)
    forgetCheck(added.name)
    await readRemotes()
    return true
  } catch (error) {
    remotes.setState({ fault: noteFault(changed ? 'change the server' : 'add the server', error) })
    return false
  } finally {
    remotes.setState({ adding: false })
  }
}

/** What it said was said of what it was before. */
function forgetCheck(name: string): void {
  remotes.setState(({ checks }) => ({ checks: new Map([...checks].filter(([each]) => each !== name)) }))
}

export async function removeRemote(name: string): Promise<void> {
  try {
    await link().remote.remove({ name })
    say(`${name} is forgotten: nothing is sent there any more.`)
    await readRemotes()
  } catch (error) {
    remotes.setState({ fault: noteFault('forget the server', error) })
  }
}

/** Asks a server what models it has. */
export async function checkRemote(name: string): Promise<void> {
  const tell = (check: RemoteCheck | null | undefined): void =>
    remotes.setState(({ checks }) => {
      const next = new Map(checks)
      if (check === undefined) next.delete(name)
      else next.set(name, check)
      return { checks: next }
    })
  tell(null)
  try {
    const check = await link().remote.check({ name })
    tell(check)
    say(check.words)
  } catch (error) {
    tell(undefined)
    remotes.setState({ fault: noteFault('ask the server', error) })
  }
}
