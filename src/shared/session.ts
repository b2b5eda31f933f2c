/** Sessions: what a person works on, kept as it stands: case and plan with their undo, snapshots, runs, comparisons, view. */
import * as z from 'zod'
import { Place } from './place.ts'
import { PolicyName } from './plan.ts'

/** Steps of undo kept, each way. */
const mostSteps = 200

const id = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/)
  .describe('letters, digits, - and _')
const word = z.string().regex(/^[a-zA-Z][a-zA-Z0-9-]{0,31}$/)
const chunkList = z.array(z.number().int().min(0)).readonly()
const time = z.iso.datetime()
const ids = z.array(id).max(20_000)

/** A plan as it is edited: the case (question, gold answer, index) and its settings. `target` is empty where no gold answer is given. */
export const SessionPlan = z.object({
  question: z.string().max(100_000),
  target: z.string().max(100_000),
  index: z.string().max(4096).describe('folder of the index; empty where none is chosen'),
  passages: z.number().int().min(0).max(200),
  k: z.number().int().min(1),
  p: z.number().min(0).max(1),
  policy: PolicyName,
  seed: z.number().int(),
  maxTokens: z.number().int().min(1).max(2048),
  temperature: z.number().min(0),
  forced: z.object({ expand: chunkList, compress: chunkList }),
  prefix: z
    .union([z.array(z.number().int().min(0)).max(2048), z.string().max(100_000)])
    .nullable()
    .default(null)
    .describe('how the answer is forced to begin; null where it begins freely'),
  locked: chunkList.default([]).describe('chunks that bulk actions leave alone'),
  pins: z.array(Place).readonly().default([]).describe('text marked to be found again, whatever k cuts it into'),
})
export type SessionPlan = z.infer<typeof SessionPlan>

/** A step of undo: its name, and the plan on its other side. */
export const SessionStep = z.object({ name: z.string().max(500), value: SessionPlan })

/** The plan as it stands, the steps behind it (the latest last) and those ahead of it (the next first). */
export const SessionHistory = z.object({
  past: z.array(SessionStep).max(mostSteps),
  present: SessionPlan,
  future: z.array(SessionStep).max(mostSteps),
})
export type SessionHistory = z.infer<typeof SessionHistory>

/** A plan kept under a name, with the run that was shown then where it was of that very plan. */
export const Snapshot = z.object({
  id,
  name: z.string().trim().min(1).max(120),
  made: time,
  plan: SessionPlan,
  run: id.nullable(),
})
export type Snapshot = z.infer<typeof Snapshot>

/** What a person wrote on a chunk of a run: kept by the place of its text, so that runs of another k show it too. */
export const ChunkNote = z.object({
  run: id,
  index: z.string().max(4096).describe('folder of the index that the passage is of'),
  place: Place,
  words: z.string().max(200).describe('how the chunk begins'),
  note: z.string().min(1).max(4000),
  written: time,
})
export type ChunkNote = z.infer<typeof ChunkNote>

/** What is looked at. A screen or stage that a version does not know is left out by the page. */
export const SessionView = z.object({
  screen: word,
  stage: word,
  colorBy: word,
  run: id.nullable().describe('the run that is shown'),
})
export type SessionView = z.infer<typeof SessionView>

/** All that a session holds beside its name. */
export const SessionBody = z.object({
  history: SessionHistory,
  snapshots: z.array(Snapshot).max(500),
  runs: ids.describe('ids of its runs, the first made first'),
  comparisons: ids.describe('ids of its comparisons, the first made first'),
  notes: z.array(ChunkNote).max(20_000).describe('at most one on a chunk of a run'),
  view: SessionView,
})
export type SessionBody = z.infer<typeof SessionBody>

export const SessionName = z.string().trim().min(1).max(120)

/** A session whole. */
export const Session = SessionBody.extend({
  notes: SessionBody.shape.notes.default([]),
  id,
  name: SessionName,
  made: time,
  changed: time.describe('when anything of it was last kept'),
  pinned: z.boolean(),
  revision: z.number().int().describe('grows by one at each change'),
})
export type Session = z.infer<typeof Session>

/** A session as listed. */
export const SessionInfo = Session.pick({ id: true, name: true, made: true, changed: true, pinned: true }).extend({
  question: z.string(),
  index: z.string(),
  runs: z.number().int(),
  snapshots: z.number().int(),
  comparisons: z.number().int(),
  open: z.boolean().describe('a window writes it now'),
})
export type SessionInfo = z.infer<typeof SessionInfo>

export const SessionId = z.object({ id })
export const SessionIds = z.object({ ids: z.array(id).min(1).max(1000) })
export const NewSession = z.object({ name: SessionName, body: SessionBody.extend({ notes: Session.shape.notes }) })
/** The id under which one window of a page is known while it stands. */
const window = id
/** What has changed of a session since the window kept it last; parts left out stay. */
export const SaveSession = SessionBody.partial().extend({ id, window })
export type SaveSession = z.infer<typeof SaveSession>
export const Saved = z.object({ revision: z.number().int(), changed: time })
/** Its name and whether it stands first in the list. */
export const ChangeSession = z.object({ id, name: SessionName.optional(), pinned: z.boolean().optional() })
export type ChangeSession = z.infer<typeof ChangeSession>
export const SessionWindow = z.object({ id, window })
export type SessionWindow = z.infer<typeof SessionWindow>
export const Held = z.object({ writer: z.boolean().describe('this window writes; every other one only looks') })

/** What a window hears of the session it shows. A `beat` is answered by `hold`: a window that does not is taken to be gone. */
export const SessionTold = z.discriminatedUnion('type', [
  z.object({ type: z.literal('session'), session: Session }),
  z.object({ type: z.literal('lease'), writer: z.boolean() }),
  z.object({ type: z.literal('beat') }),
])
export type SessionTold = z.infer<typeof SessionTold>

/** A corpus that a session asks: by name and hash. */
export const SessionCorpus = z.object({
  path: z.string().max(4096).describe('folder of its index where the file was made'),
  name: z.string().max(200),
  hash: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .nullable()
    .describe('SHA-256 over its documents; null where the index was not there, or kept no documents'),
  passages: z.number().int().min(0).nullable(),
  embedded: z.number().int().min(0).describe('passages whose text lies in the file'),
})
export type SessionCorpus = z.infer<typeof SessionCorpus>

/** The first entry of a session's file. */
export const SessionHead = z.object({
  format: z.literal('refrag-session'),
  version: z.literal(1),
  by: z.string().max(60).describe('version of the workbench that made it'),
  session: Session.omit({ revision: true, pinned: true }),
  corpora: z.array(SessionCorpus).max(1000),
})
export type SessionHead = z.infer<typeof SessionHead>

export const ExportSession = z.object({
  id,
  corpus: z.boolean().default(false).describe('also the text of its corpora, passage by passage'),
})
export const ImportSession = z.object({ path: z.string().describe('a .refrag file') })

/** An index that a session refers to and that is not here. `rebuild` is a file of its passages, where it came along. */
export const MissingIndex = SessionCorpus.extend({ rebuild: z.string().nullable() })
export type MissingIndex = z.infer<typeof MissingIndex>
export const Imported = z.object({
  session: SessionInfo,
  runs: z.number().int().describe('runs that were not here before'),
  comparisons: z.number().int(),
  missing: z.array(MissingIndex),
})
export type Imported = z.infer<typeof Imported>
