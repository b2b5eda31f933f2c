/** Frames of many clients over one process channel: what the web door and the safe-allocator mode use in place of a port. */
import type { MessagePortMainLike } from '@orpc/client/message-port'
import type { JobInfo } from '../shared/jobList.ts'
import type { LogEntry } from '../shared/log.ts'

/** What a door and the engine host say to each other over process IPC; a door passes over what it has no use for. */
export type RelayMessage =
  | { readonly type: 'open'; readonly client: number }
  | { readonly type: 'frame'; readonly client: number; readonly data: string | Uint8Array }
  | { readonly type: 'close'; readonly client: number }
  /** What the door has to say in the log, which the engine keeps. */
  | { readonly type: 'log'; readonly entry: LogEntry }
  | { readonly type: 'ready' }
  | { readonly type: 'failed'; readonly reason: string }
  /** Of the host, to the desktop: every job of the engine, at each change. */
  | { readonly type: 'jobs'; readonly jobs: readonly JobInfo[] }
  /** Of the host, to the desktop, which prints, and its answer: `pdf` is null where it did not print. */
  | { readonly type: 'print'; readonly id: number; readonly html: string }
  | { readonly type: 'printed'; readonly id: number; readonly pdf: Uint8Array | null; readonly reason: string }
  /** Of the host, to the desktop, which keeps secrets: one to keep (null to forget it), one to give back; and its answers. */
  | { readonly type: 'keep'; readonly id: number; readonly name: string; readonly secret: string | null }
  | { readonly type: 'recall'; readonly id: number; readonly name: string }
  | { readonly type: 'kept'; readonly id: number; readonly kept: boolean; readonly secret: string | null }
  /** Of the host, to the desktop, which starts a process that probes a device or ends it, and what that process says. */
  | { readonly type: 'probe'; readonly id: number; readonly asked: string }
  | { readonly type: 'probe-kill'; readonly id: number }
  | { readonly type: 'probe-told'; readonly id: number; readonly message: unknown }
  | { readonly type: 'probe-ended'; readonly id: number; readonly ending: string }
  /** Of a door: put the work away and end. */
  | { readonly type: 'end' }

/** True for messages of this file; anything else on the channel is not ours. */
export function isRelayMessage(value: unknown): value is RelayMessage {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string'
}

export type RelayPort = MessagePortMainLike & { readonly deliver: (message: RelayMessage) => void }

/** A port whose frames travel as messages of `client`: the host gives it to oRPC as if it were a MessagePort. */
export function relayPort(client: number, send: (message: RelayMessage) => void): RelayPort {
  const onFrame: ((event?: { data: unknown }) => void)[] = []
  const onClose: (() => void)[] = []
  return {
    on: (event, callback) => {
      if (event === 'message') onFrame.push(callback)
      if (event === 'close') onClose.push(callback)
    },
    postMessage: (data: string | Uint8Array) => send({ type: 'frame', client, data }),
    deliver: (message) => {
      if (message.type === 'frame') for (const callback of onFrame) callback({ data: message.data })
      if (message.type === 'close') for (const callback of onClose) callback()
    },
  }
}
