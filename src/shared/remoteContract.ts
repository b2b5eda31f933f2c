/** The calls on decoders elsewhere, apart from their schemas, which plans and runs need without them. */
import * as z from 'zod'
import { base } from './calls.ts'
import { AddRemote, RemoteCheck, RemoteInfo, RemoteName } from './remote.ts'

/** Calls on decoders elsewhere. Faults remote-missing, remote-refused and remote-timeout. */
export const remoteContract = {
  list: base.output(z.array(RemoteInfo)),
  /** Keeps a server whose host was confirmed; nothing is sent to it. Fault bad-input where `confirm` is another host than the address's. */
  add: base.input(AddRemote).output(RemoteInfo),
  /** Forgets a server and its key. */
  remove: base.input(z.object({ name: RemoteName })).output(z.void()),
  /** Asks a server what models it has. */
  check: base.input(z.object({ name: RemoteName })).output(RemoteCheck),
}
