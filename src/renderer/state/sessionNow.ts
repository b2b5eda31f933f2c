/** The session that this page shows, as plain state: what acts on it is in `session.ts` and those beside it, right of the plan. */
import { createStore } from 'zustand/vanilla'
import type { FaultData } from '../../shared/fault.ts'
import type { ChunkNote, MissingIndex, Snapshot } from '../../shared/session.ts'
import { refuse } from './view.ts'

export type SessionState = {
  /** Null while none is open: the first step that is worth keeping makes one. */
  readonly id: string | null
  readonly name: string
  /** Whether this window writes it; null until the engine has said. */
  readonly writer: boolean | null
  readonly saving: 'saved' | 'saving' | 'failed'
  /** ISO time of what the engine kept last. */
  readonly savedAt: string | null
  readonly snapshots: readonly Snapshot[]
  /** The snapshot that was deleted last, for as long as it can come back. */
  readonly removedSnapshot: Snapshot | null
  readonly runs: readonly string[]
  readonly comparisons: readonly string[]
  /** What was written on chunks. */
  readonly notes: readonly ChunkNote[]
  readonly missing: readonly MissingIndex[]
  readonly fault: { readonly what: string; readonly fault: FaultData } | null
}

export const noSession: SessionState = {
  id: null,
  name: '',
  writer: null,
  saving: 'saved',
  savedAt: null,
  snapshots: [],
  removedSnapshot: null,
  runs: [],
  comparisons: [],
  notes: [],
  missing: [],
  fault: null,
}

export const session = createStore<SessionState>()(() => noSession)

export const onlyLooks = 'This window only looks: another one writes this session.'

/** Why this window changes nothing; null where it may. */
export function whyReadOnly(): string | null {
  return session.getState().writer === false ? onlyLooks : null
}

/** True where this window may change the session; else says why not. */
export function mayWrite(): boolean {
  const reason = whyReadOnly()
  if (reason !== null) refuse(reason)
  return reason === null
}
