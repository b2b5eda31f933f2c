/** What is typed of a server: how it begins, how it is read, and when its host must be confirmed. Pure. */
import { Fault } from '../../../shared/fault.ts'
import type { RemoteInfo } from '../../../shared/remote.ts'
import {
  endpointOf,
  longestTimeoutMs,
  remoteDtypes,
  remoteKindInfo,
  remoteTimeouts,
  type Endpoint,
  type RemoteDtype,
} from '../../../shared/remoteKinds.ts'
import type { RemoteForm } from '../../state/remotes.ts'

export const emptyForm: RemoteForm = {
  url: '',
  kind: 'vllm',
  model: '',
  name: '',
  key: '',
  keyEnv: '',
  dtype: 'f32',
  logProbs: true,
  timeouts: remoteTimeouts,
}

/** A confirmed server as it is changed; its key is not on the page. */
export function formOf({ endpoint, kind, model, name, keyEnv, dtype, logProbs, timeouts }: RemoteInfo): RemoteForm {
  // Without the path that its kind is asked at, so that another kind gets its own.
  const { path } = remoteKindInfo[kind]
  const url = endpoint.endsWith(path) ? endpoint.slice(0, -path.length) : endpoint
  return { url, kind, model, name, key: '', keyEnv: keyEnv ?? '', dtype, logProbs, timeouts }
}

/** Where the server is, or what is missing. */
export function readForm({ url, kind, model }: RemoteForm): Endpoint | string {
  if (url.trim() === '') return 'Give the address of the server.'
  if (model.trim() === '') return 'Give the name of the model, as the server calls it.'
  try {
    return endpointOf(url, kind)
  } catch (error) {
    if (error instanceof Fault) return `${error.message} ${error.remedy}`
    throw error
  }
}

/** Whether a person has not yet been shown where this goes and what is sent there. */
export function isNew({ kind }: RemoteForm, { url }: Endpoint, before: RemoteInfo | null): boolean {
  return before === null || before.endpoint !== url || before.kind !== kind
}

const roundings: Readonly<Record<RemoteDtype, string>> = {
  f32: 'f32, as they are',
  f16: 'f16, half the size',
  bf16: 'bf16, half the size',
}
export const dtypeOptions = remoteDtypes.map((dtype) => [dtype, roundings[dtype]] as const)

export const logProbOptions = [
  ['yes', 'asked for'],
  ['no', 'not asked for'],
] as const

/** Each wait with its label; fields hold seconds. */
export const timeFields = [
  { name: 'connectMs', label: 'connect, s' },
  { name: 'firstTokenMs', label: 'first token, s' },
  { name: 'idleMs', label: 'between, s' },
] as const
/** Seconds from and to which a wait may be set. */
export const timeBounds = [0.1, longestTimeoutMs / 1000] as const

const usual = timeFields.map(({ name }) => remoteTimeouts[name] / 1000)
export const timesNote =
  `Seconds that the server may take, ${timeBounds[0]} to ${timeBounds[1]}: to connect (${usual[0]} unless changed), from there to the ` +
  `first token, sending included (${usual[1]}), and between two parts of its stream (${usual[2]}). Nothing is asked twice.`
