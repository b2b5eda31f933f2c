/** The indexes that a session names: whether they stand here, what they are known by anywhere, and their text to make them of anew. */
import { createHash } from 'node:crypto'
import type { SessionBody } from '../../../shared/session.ts'
import { listDocuments } from '../retrieve/documents.ts'
import { listPassages, readIndexInfo, type Index } from '../retrieve/load.ts'
import type { Database } from '../store/database.ts'

/** Whether an index stands at a path. The path may be a stranger's: one on another machine is not asked for. */
export async function isHere(path: string): Promise<boolean> {
  if (/^[\\/]{2}/.test(path)) return false
  return readIndexInfo(path).then(
    () => true,
    () => false,
  )
}

type Planned = Pick<SessionBody, 'history' | 'snapshots' | 'notes'>

/** The indexes that a session's plans name, the present one first. */
export function indexesOf({ history, snapshots }: Pick<Planned, 'history' | 'snapshots'>): readonly string[] {
  const { past, present, future } = history
  const plans = [
    present,
    ...past.map(({ value }) => value),
    ...future.map(({ value }) => value),
    ...snapshots.map(({ plan }) => plan),
  ]
  return [...new Set(plans.map(({ index }) => index))].filter((index) => index !== '')
}

/** The session with its plans and notes naming the indexes where they stand here. */
export function relocate<S extends Planned>(session: S, places: ReadonlyMap<string, string>): S {
  const here = <P extends { readonly index: string }>(named: P): P => ({
    ...named,
    index: places.get(named.index) ?? named.index,
  })
  const { past, present, future } = session.history
  const step = <T extends { readonly value: SessionBody['history']['present'] }>(each: T): T => ({
    ...each,
    value: here(each.value),
  })
  return {
    ...session,
    history: { past: past.map(step), present: here(present), future: future.map(step) },
    snapshots: session.snapshots.map((snapshot) => ({ ...snapshot, plan: here(snapshot.plan) })),
    notes: session.notes.map(here),
  }
}

const page = 500

/** SHA-256 over the files of all documents in their order: the same corpus anywhere, however it was indexed. */
export function corpusHash(database: Database): string {
  const hash = createHash('sha256')
  for (let from = 0; ; from += page) {
    const { documents, total } = listDocuments(database, { from, count: page })
    for (const { hash: file, part } of documents) hash.update(`${file} ${part?.number ?? ''}\n`)
    if (from + page >= total) return hash.digest('hex')
  }
}

/** Every passage as a line: an index made of them finds what this one finds, which documents cut anew would not promise. */
export function allText(index: Index): { readonly lines: string; readonly embedded: number } {
  const lines: string[] = []
  for (;;) {
    const passages = listPassages(index, lines.length, page)
    for (const { id, title, text } of passages) lines.push(`${JSON.stringify({ id, title, text })}\n`)
    if (passages.length < page) return { lines: lines.join(''), embedded: lines.length }
  }
}
