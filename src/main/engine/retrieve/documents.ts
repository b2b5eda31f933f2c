/** The documents of an index: their whole text, and where their passages stand in it. */
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import type {
  DocumentInfo,
  DocumentPage,
  DocumentText,
  PassagePlace,
  PlacedPassage,
} from '../../../shared/documents.ts'
import { Fault } from '../../../shared/fault.ts'
import type { CorpusDocument, FileFacts } from '../corpus/document.ts'
import type { Database } from '../store/database.ts'
import { partOf, spanOf, type Row } from './schema.ts'

/** Fast rather than small: text is about a third of its size at any level. */
const level = 3

/** Writes documents, each under its number, from 0, with the labels of their passages by id. */
export function documentWriter(
  database: Database,
  files: readonly FileFacts[],
  labels: ReadonlyMap<string, number>,
): (document: CorpusDocument, number: number) => void {
  const addFile = database.prepare('INSERT INTO files VALUES (?, ?, ?, ?, ?)')
  const numbers = new Map(files.map(({ file }, number) => [file, number]))
  for (const [number, { file, format, bytes, hash }] of files.entries()) addFile.run(number, file, format, bytes, hash)
  const add = database.prepare('INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)')
  const place = database.prepare('INSERT INTO placed VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)')
  return ({ file, title, id = null, part, text, placed }, number) => {
    const own = [part?.unit ?? null, part?.number ?? null, text.length, placed.length]
    add.run(number, numbers.get(file) ?? -1, title, id, ...own, pack(text, placed))
    for (const [at, { passage, from, to }] of placed.entries()) {
      const { lineFrom, lineTo, charFrom, charTo, part: within, section = null } = passage.span
      const span = [lineFrom, lineTo, charFrom, charTo, within?.unit ?? null, within?.number ?? null, section]
      place.run(number, at, labels.get(passage.id) ?? -1, from, to, ...span)
    }
  }
}

/** A text that is one passage is kept once, as that passage. */
function pack(text: string, placed: CorpusDocument['placed']): Uint8Array | null {
  const [only] = placed
  if (only && placed.length === 1 && only.passage.text.length === text.length) return null
  return deflateRawSync(text, { level })
}

const facts = `documents.number, documents.title, documents.id, documents.part_unit, documents.part_number, documents.characters,
  documents.passages, files.path, files.format, files.bytes, files.hash
  FROM documents JOIN files ON files.number = documents.file`

/** A page of documents in corpus order; with `find`, those whose title, id or path holds it. Throws Fault index-old. */
export function listDocuments(
  database: Database,
  { from, count, find = '' }: { readonly from: number; readonly count: number; readonly find?: string | undefined },
): DocumentPage {
  requireDocuments(database)
  const where = `WHERE instr(lower(documents.title || ' ' || coalesce(documents.id, '') || ' ' || files.path), lower(?)) > 0`
  const total = database
    .prepare(`SELECT count(*) AS n FROM documents JOIN files ON files.number = documents.file ${where}`)
    .get(find)
  const rows = database.prepare(`SELECT ${facts} ${where} ORDER BY documents.number LIMIT ? OFFSET ?`)
  return { total: Number(total?.['n']), documents: rows.all(find, count, from).map(toInfo) }
}

/**
 * The characters [from, from + count) of a document, with every passage that stands in them.
 * Throws Fault index-old, or bad-input for a number that no document has.
 */
export function readDocument(
  database: Database,
  number: number,
  { from, count }: { readonly from: number; readonly count: number },
): DocumentText {
  requireDocuments(database)
  const row = database.prepare(`SELECT ${facts} WHERE documents.number = ?`).get(number)
  if (!row) throw new Fault('bad-input', `The index has no document ${number}.`)
  const document = toInfo(row)
  const text = textOf(database, number).slice(from, from + count)
  return { document, from, text, passages: placedIn(database, document, { from, count }).map(({ placed }) => placed) }
}

/** The passages that reach into characters [from, from + count) of a document, each with its whole text. */
export function placedIn(
  database: Database,
  { number, file }: Pick<DocumentInfo, 'number' | 'file'>,
  { from, count }: { readonly from: number; readonly count: number },
): readonly { readonly placed: PlacedPassage; readonly text: string }[] {
  requireDocuments(database)
  const select = `SELECT placed.*, passages.id AS id, passages.title AS title, passages.text AS text, passages.file AS first_file,
    passages.char_from AS first_from
    FROM placed JOIN passages ON passages.label = placed.label
    WHERE placed.document = ? AND placed.text_from < ? AND placed.text_to > ? ORDER BY placed.place`
  const rows = database.prepare(select).all(number, from + count, from)
  return rows.map((row) => ({ placed: toPlaced(row, file), text: String(row['text']) }))
}

/** Where a passage stands first. Throws Fault index-old, or bad-input for an id that the index does not have. */
export function findPassage(database: Database, passage: string): PassagePlace {
  requireDocuments(database)
  const sql = `SELECT placed.document, placed.text_from, placed.text_to FROM placed JOIN passages ON passages.label = placed.label
    WHERE passages.id = ? ORDER BY placed.document LIMIT 1`
  const row = database.prepare(sql).get(passage)
  if (!row) throw new Fault('bad-input', `The index has no passage ${passage}.`)
  return { document: Number(row['document']), from: Number(row['text_from']), to: Number(row['text_to']) }
}

/** The whole text of a document. */
export function textOf(database: Database, number: number): string {
  const row = database.prepare('SELECT text FROM documents WHERE number = ?').get(number)
  const packed = row?.['text']
  if (packed instanceof Uint8Array) return inflateRawSync(packed).toString('utf8')
  const sql =
    'SELECT passages.text AS text FROM placed JOIN passages ON passages.label = placed.label WHERE placed.document = ?'
  return String(database.prepare(sql).get(number)?.['text'] ?? '')
}

/** A passage where it stands: the text of its own row, and what its document says there. */
export type Place = { readonly label: number; readonly passage: string; readonly there: string }

/** Every place of every document, a document at a time; a document without a place gives an empty list. */
export function* placesByDocument(database: Database): Generator<readonly Place[]> {
  requireDocuments(database)
  const select = database.prepare(`SELECT placed.label, placed.text_from, placed.text_to, passages.text
    FROM placed JOIN passages ON passages.label = placed.label WHERE placed.document = ? ORDER BY placed.place`)
  for (const { number } of database.prepare('SELECT number FROM documents ORDER BY number').all()) {
    const text = textOf(database, Number(number))
    yield select.all(Number(number)).map((row) => ({
      label: Number(row['label']),
      passage: String(row['text']),
      there: text.slice(Number(row['text_from']), Number(row['text_to'])),
    }))
  }
}

/** True for an index that keeps its documents. */
function keepsDocuments(database: Database): boolean {
  return database.prepare(`SELECT 1 FROM sqlite_master WHERE name = 'placed'`).get() !== undefined
}

function requireDocuments(database: Database): void {
  if (!keepsDocuments(database))
    throw new Fault('index-old', 'This index was made by an older version, which kept no documents.')
}

function toInfo(row: Row): DocumentInfo {
  const part = partOf(row)
  return {
    number: Number(row['number']),
    title: String(row['title']),
    ...(typeof row['id'] === 'string' ? { id: row['id'] } : {}),
    file: String(row['path']),
    format: String(row['format']) as DocumentInfo['format'],
    ...(part === undefined ? {} : { part }),
    characters: Number(row['characters']),
    passages: Number(row['passages']),
    bytes: Number(row['bytes']),
    hash: String(row['hash']),
  }
}

function toPlaced(row: Row, file: string): PlacedPassage {
  const span = spanOf(row, file)
  return {
    id: String(row['id']),
    title: String(row['title']),
    from: Number(row['text_from']),
    to: Number(row['text_to']),
    span,
    repeated: row['first_file'] !== file || Number(row['first_from']) !== span.charFrom,
  }
}
