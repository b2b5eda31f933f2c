/** Sessions as one file: a zip of JSON, its runs and comparisons whole. What is read is checked, all of it, before any is used. */
import * as z from 'zod'
import { Comparison } from '../../../shared/comparison.ts'
import { Fault } from '../../../shared/fault.ts'
import { KeptRun } from '../../../shared/runs.ts'
import { SessionHead } from '../../../shared/session.ts'
import { entryText, packZip, unpackZip } from '../corpus/zip.ts'

/** What a file holds; `texts` has the passages of a corpus, a JSON line each, by the corpus's place in the head. */
export type SessionFile = {
  readonly head: SessionHead
  readonly runs: readonly KeptRun[]
  readonly comparisons: readonly Comparison[]
  readonly texts: ReadonlyMap<number, string>
}

const headName = 'session.json'
const runName = /^runs\/([A-Za-z0-9][A-Za-z0-9_-]{0,63})\.json$/
const comparisonName = /^comparisons\/([A-Za-z0-9][A-Za-z0-9_-]{0,63})\.json$/
const textName = /^corpora\/(0|[1-9]\d{0,3})\.jsonl$/

/** A line of a corpus that came along, as the reader of jsonl takes it. */
const PassageLine = z.object({ id: z.string().optional(), title: z.string(), text: z.string() })

export function packSession({ head, runs, comparisons, texts }: SessionFile): Uint8Array {
  const encoder = new TextEncoder()
  const json = (value: unknown): Uint8Array => encoder.encode(JSON.stringify(value))
  const entries = new Map<string, Uint8Array>([
    [headName, encoder.encode(JSON.stringify(head, null, 1))],
    ...runs.map((kept) => [`runs/${kept.run.id}.json`, json(kept)] as const),
    ...comparisons.map((each) => [`comparisons/${each.id}.json`, json(each)] as const),
    ...[...texts].map(([at, text]) => [`corpora/${at}.jsonl`, encoder.encode(text)] as const),
  ])
  return packZip(entries, { small: true })
}

/** Reads a file whole. Throws Faults file-damaged, file-too-large, file-encrypted, and bad-input for one of a later version. */
export function readSession(bytes: Uint8Array, file: string): SessionFile {
  const isOurs = (name: string): boolean =>
    name === headName || [runName, comparisonName, textName].some((pattern) => pattern.test(name))
  const entries = unpackZip(bytes, file, isOurs)
  if (!entries.has(headName)) throw new Fault('file-damaged', `${file} is no session of the workbench.`)
  const read = <T>(name: string, schema: z.ZodType<T>): T =>
    check(parse(entryText(entries, name, file), file, name), schema, file, name)
  const { version } = read(headName, z.object({ version: z.number() }))
  if (version > 1)
    throw new Fault('bad-input', `${file} was made by a newer version of the workbench.`, {
      remedy: 'Update the workbench, then open it again.',
    })
  const head = read(headName, SessionHead)
  /** All entries of a kind, each under its own id. */
  const all = <T>(pattern: RegExp, schema: z.ZodType<T>, idOf: (value: T) => string): T[] =>
    [...entries.keys()].flatMap((name) => {
      const id = pattern.exec(name)?.[1]
      if (id === undefined) return []
      const value = read(name, schema)
      if (idOf(value) !== id) throw damaged(file, name, 'it holds another id than its name')
      return [value]
    })
  const runs = all(runName, KeptRun, ({ run }) => run.id)
  const comparisons = all(comparisonName, Comparison, (each) => each.id)
  const texts = new Map<number, string>()
  for (const name of entries.keys()) {
    const at = textName.exec(name)?.[1]
    if (at === undefined) continue
    const text = entryText(entries, name, file)
    for (const line of text.split('\n')) if (line !== '') check(parse(line, file, name), PassageLine, file, name)
    texts.set(Number(at), text)
  }
  checkWhole(head, runs, comparisons, file)
  return { head, runs, comparisons, texts }
}

/** Every run and comparison that the session names must be in its file, and every run that a comparison names. */
function checkWhole(
  { session }: SessionHead,
  runs: readonly KeptRun[],
  comparisons: readonly Comparison[],
  file: string,
): void {
  const runIds = new Set(runs.map(({ run }) => run.id))
  const comparisonIds = new Set(comparisons.map((each) => each.id))
  const lost = [
    ...session.runs.filter((id) => !runIds.has(id)).map((id) => `run ${id}`),
    ...session.comparisons.filter((id) => !comparisonIds.has(id)).map((id) => `comparison ${id}`),
  ]
  if (lost[0] !== undefined) throw damaged(file, lost[0], 'the session names it, and it is not in the file')
}

function parse(text: string, file: string, name: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw damaged(file, name, 'it is no JSON', error)
  }
}

function check<T>(value: unknown, schema: z.ZodType<T>, file: string, name: string): T {
  const checked = schema.safeParse(value)
  if (checked.success) return checked.data
  const [issue] = checked.error.issues
  const where = issue?.path.map(String).join('.') ?? ''
  throw damaged(file, name, `${where === '' ? '' : `${where}: `}${issue?.message ?? 'it does not fit'}`, checked.error)
}

function damaged(file: string, name: string, reason: string, cause?: unknown): Fault {
  return new Fault('file-damaged', `${file} is no session of the workbench, or damaged: ${name} (${reason}).`, {
    remedy: 'Ask for the file again, or save a copy of the session anew. Nothing was changed here.',
    cause,
  })
}
