/** The calls on decoders elsewhere: servers that a person confirmed, their keys, and one opened for an ask. */
import { Fault } from '../../../shared/fault.ts'
import type { AddRemote, RemoteCheck, RemoteInfo, RemoteKey, RemoteServer } from '../../../shared/remote.ts'
import { endpointOf, remoteKindInfo } from '../../../shared/remoteKinds.ts'
import { checkServer, demandModel } from '../expand/remote/check.ts'
import { openElsewhere, type Elsewhere } from '../expand/remote/elsewhere.ts'
import { openRemoteStore } from '../store/remotes.ts'
import type { Keyring } from './keyring.ts'

export type Remotes = {
  readonly list: () => Promise<RemoteInfo[]>
  /** Keeps a server; nothing is sent to it. Fault bad-input where the host confirmed is not that of the address. */
  readonly add: (asked: AddRemote) => Promise<RemoteInfo>
  /** Forgets a server and its key. Fault remote-missing. */
  readonly remove: (name: string) => Promise<void>
  readonly check: (name: string, signal?: AbortSignal) => Promise<RemoteCheck>
  /** A confirmed server, ready to decode. Faults remote-missing, and remote-refused where its key is not here. */
  readonly open: (name: string, signal?: AbortSignal) => Promise<Elsewhere>
}

/** The servers of `home`. Keys come from the keyring, else from the environment variable that a server names. */
export function openRemotes(home: string, keyring: Keyring, log: (line: string) => void): Remotes {
  const store = openRemoteStore(home, log)
  const secretOf = (name: string): string => `remote:${name}`

  async function keyOf(server: RemoteServer): Promise<string | null> {
    const held = await keyring.read(secretOf(server.name))
    if (held !== null || server.keyEnv === null) return held?.text ?? null
    const key = process.env[server.keyEnv] ?? ''
    if (key === '')
      throw new Fault('remote-refused', `The key of ${server.name} is not here.`, {
        remedy: `Set ${server.keyEnv} in the environment of the workbench, or give the key in the settings.`,
      })
    return key
  }

  async function standOf({ name, keyEnv }: RemoteServer): Promise<RemoteKey> {
    const held = await keyring.read(secretOf(name))
    if (held !== null) return held.held
    if (keyEnv === null) return 'none'
    return (process.env[keyEnv] ?? '') === '' ? 'missing' : 'environment'
  }

  async function infoOf(server: RemoteServer): Promise<RemoteInfo> {
    const { sends } = remoteKindInfo[server.kind]
    return { ...server, sends, encrypted: server.endpoint.startsWith('https:'), key: await standOf(server) }
  }

  async function add({ url, confirm, key, name, ...asked }: AddRemote): Promise<RemoteInfo> {
    const { url: endpoint, host } = endpointOf(url, asked.kind)
    if (confirm !== host)
      throw new Fault(
        'bad-input',
        `“${confirm}” was confirmed, and the address is at ${host}: nothing is sent there.`,
        {
          remedy: `Confirm ${host}, or correct the address.`,
        },
      )
    const own = name ?? `${asked.kind}@${host.replaceAll(/[[\]]/g, '')}`.slice(0, 80)
    const server = { ...asked, name: own, endpoint, host, confirmed: new Date().toISOString() }
    // A key belongs to the host that it was given for, and to the way there: another under the name does not get it.
    const before = store.list().find((each) => each.name === server.name)
    if (before !== undefined && URL.parse(before.endpoint)?.origin !== URL.parse(endpoint)?.origin)
      await keyring.write(secretOf(server.name), null)
    await store.add(server)
    if (key !== undefined) await keyring.write(secretOf(server.name), key)
    return infoOf(server)
  }

  return {
    list: () => Promise.all(store.list().map(infoOf)),
    add,
    remove: async (name) => {
      await store.remove(name)
      await keyring.write(secretOf(name), null)
    },
    check: async (name, signal) => {
      const server = store.find(name)
      return checkServer(server, await keyOf(server), signal)
    },
    open: async (name, signal) => {
      const server = store.find(name)
      const key = await keyOf(server)
      return server.kind === 'sglang' ? withModelChecked(server, key, signal) : openElsewhere(server, key)
    },
  }
}

/**
 * The others refuse a model that they do not have. This one answers with whatever it has, and is asked for it first, while passages
 * are retrieved.
 */
function withModelChecked(server: RemoteServer, key: string | null, signal?: AbortSignal): Elsewhere {
  const elsewhere = openElsewhere(server, key)
  const checked = demandModel(server, key, signal)
  // Its failure is thrown where it is awaited; until then it must not count as unhandled.
  checked.catch(() => {})
  return {
    server,
    async *decode(input, ask, own) {
      await checked
      yield* elsewhere.decode(input, ask, own)
    },
  }
}
