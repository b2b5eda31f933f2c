/** Calls on sessions. */
import { eventIterator } from '@orpc/contract'
import * as z from 'zod'
import { base } from './calls.ts'
import { ReportFile } from './report.ts'
import {
  ChangeSession,
  ExportSession,
  Held,
  Imported,
  ImportSession,
  MissingIndex,
  NewSession,
  Saved,
  SaveSession,
  Session,
  SessionId,
  SessionIds,
  SessionInfo,
  SessionTold,
  SessionWindow,
} from './session.ts'

export const sessionsContract = {
  /** What a person works on, kept at each change: one window writes a session, others follow it. */
  session: {
    /** The pinned ones first, then the latest changed. */
    list: base.output(z.array(SessionInfo)),
    make: base.input(NewSession).output(Session),
    open: base.input(SessionId).output(Session),
    /** Keeps the parts given. Fault session-read-only where another window writes the session. */
    save: base.input(SaveSession).output(Saved),
    change: base.input(ChangeSession).output(SessionInfo),
    /** Takes sessions out of the list; they can be restored for 30 days. */
    remove: base.input(SessionIds).output(z.void()),
    restore: base.input(SessionIds).output(z.void()),
    /** The session now and at each change made elsewhere, whether this window writes it, and beats, which are answered by `hold`. */
    follow: base.input(SessionWindow).output(eventIterator(SessionTold)),
    hold: base.input(SessionWindow).output(Held),
    missing: base.input(SessionId).output(z.array(MissingIndex)),
    /** One .refrag file: session, runs and comparisons whole, corpora by hash and name, their text where asked for. */
    export: base.input(ExportSession).output(ReportFile),
    /** Takes a .refrag file in. A file that is none, or damaged, is a fault and changes nothing. */
    import: base.input(ImportSession).output(Imported),
  },
}
