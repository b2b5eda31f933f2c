/** Decoders elsewhere: the servers that a person confirmed, what each is sent, and what a run says of the one that decoded it. */
import * as z from 'zod'
import { longestTimeoutMs, remoteDtypes, remoteKinds, remoteTimeouts } from './remoteKinds.ts'

export const RemoteKind = z.enum(remoteKinds)

/** The name that a plan gives a server by. */
export const RemoteName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._@:-]{0,79}$/, 'letters, digits and . _ @ : -, at most 80')

export const RemoteDtype = z.enum(remoteDtypes)

const milliseconds = z.number().int().min(1).max(longestTimeoutMs)
/** How long a server may take before it is given up; nothing is asked twice. */
export const RemoteTimeouts = z.object({
  connectMs: milliseconds.default(remoteTimeouts.connectMs).describe('name, connection and encryption'),
  firstTokenMs: milliseconds
    .default(remoteTimeouts.firstTokenMs)
    .describe('from the connection to the first token, sending included'),
  idleMs: milliseconds.default(remoteTimeouts.idleMs).describe('between two parts of the stream'),
})
export type RemoteTimeouts = z.infer<typeof RemoteTimeouts>

/** A confirmed server, as the home keeps it: never a key. */
export const RemoteServer = z.object({
  name: RemoteName,
  kind: RemoteKind,
  endpoint: z.string().describe('the address that is asked'),
  host: z.string().describe('host and port, as they were confirmed'),
  model: z.string().min(1).max(300).describe('name under which the server has the model'),
  dtype: RemoteDtype.default('f32'),
  logProbs: z.boolean().default(true).describe('log-probabilities are asked for'),
  keyEnv: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'the name of an environment variable')
    .nullable()
    .default(null)
    .describe('environment variable that holds its key'),
  timeouts: RemoteTimeouts.prefault({}),
  confirmed: z.string().describe('ISO time at which a person confirmed the host'),
})
export type RemoteServer = z.infer<typeof RemoteServer>

/** Where a server's key comes from; `missing`: one is named, and is not there. */
export const RemoteKey = z.enum(['none', 'environment', 'memory', 'kept', 'missing'])
export type RemoteKey = z.infer<typeof RemoteKey>

/** A confirmed server as it is listed. */
export const RemoteInfo = RemoteServer.extend({
  sends: z.enum(['embeddings', 'text']),
  encrypted: z.boolean().describe('asked over https'),
  key: RemoteKey,
})
export type RemoteInfo = z.infer<typeof RemoteInfo>

/** A server to add. `confirm` repeats the host, as the person who was shown it confirmed it. */
export const AddRemote = RemoteServer.pick({ kind: true, model: true })
  .extend(RemoteServer.pick({ dtype: true, logProbs: true, keyEnv: true, timeouts: true }).shape)
  .extend({
    url: z.string().describe('address of the server, with or without the path that is asked'),
    name: RemoteName.optional().describe('KIND@HOST where it is left out'),
    key: z.string().min(1).max(4000).optional().describe('kept encrypted by the system, or in memory'),
    confirm: z.string(),
  })
export type AddRemote = z.infer<typeof AddRemote>
/** As a door sends it: fields with defaults may be left out. */
export type AddRemoteInput = z.input<typeof AddRemote>

/** What a server says of itself: nothing of any document or question is sent for it. */
export const RemoteCheck = z.object({
  answers: z.boolean(),
  models: z.array(z.string()).describe('names of its models, where it tells them'),
  agrees: z.boolean().nullable().describe('the model named is among them; null where it does not tell'),
  words: z.string().describe('what there is to say of it'),
})
export type RemoteCheck = z.infer<typeof RemoteCheck>

/** The decoder elsewhere of a run, and what it was sent. */
export const RunDecoder = z.object({
  name: z.string(),
  kind: RemoteKind,
  host: z.string(),
  model: z.string(),
  sends: z.enum(['embeddings', 'text']),
  label: z.string().nullable().describe('what every output must say of it; null where there is nothing'),
  positions: z.number().int().nullable().describe('rows of numbers sent; null for text'),
  bytes: z.number().int().describe('of the request’s body'),
  dtype: RemoteDtype.nullable().describe('of the rows; null for text'),
  promptTokens: z.number().int().nullable().describe('by the server’s own count; null where it does not tell'),
  roundTripMs: z.number().nullable().describe('of the connection’s handshake: one way there and back'),
})
export type RunDecoder = z.infer<typeof RunDecoder>
