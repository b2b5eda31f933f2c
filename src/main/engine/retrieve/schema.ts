/** The SQLite side of an index: passages by label, their words for BM25, and the documents that they stand in. */
import { Part, type Passage, type Span } from '../../../shared/corpus.ts'
import type { Database, Migrations } from '../store/database.ts'

/**
 * `passages.label` is the vector's label, `document` the id in the source or null. The words hold their own spelling of the
 * text (see lexical.ts), so no content; they are stored as stems, or "mutations" would not find "mutation". A passage stands
 * in `placed` once for each place of it in a document (see documents.ts), its own row names the first.
 *
 * An index is made whole and then only read: one made by an older version keeps the tables and the tokenizer it was made with.
 */
export const migrations: Migrations = [
  `CREATE TABLE passages (
     label INTEGER PRIMARY KEY,
     id TEXT NOT NULL UNIQUE,
     title TEXT NOT NULL,
     text TEXT NOT NULL,
     file TEXT NOT NULL,
     line_from INTEGER NOT NULL,
     line_to INTEGER NOT NULL,
     char_from INTEGER NOT NULL,
     char_to INTEGER NOT NULL,
     document TEXT,
     part_unit TEXT,
     part_number INTEGER,
     section TEXT
   ) STRICT;
   CREATE VIRTUAL TABLE words USING fts5(title, text, content='', tokenize='porter unicode61 remove_diacritics 2');
   CREATE VIRTUAL TABLE vocabulary USING fts5vocab(words, 'row');
   CREATE TABLE files (
     number INTEGER PRIMARY KEY,
     path TEXT NOT NULL UNIQUE,
     format TEXT NOT NULL,
     bytes INTEGER NOT NULL,
     hash TEXT NOT NULL
   ) STRICT;
   CREATE TABLE documents (
     number INTEGER PRIMARY KEY,
     file INTEGER NOT NULL,
     title TEXT NOT NULL,
     id TEXT,
     part_unit TEXT,
     part_number INTEGER,
     characters INTEGER NOT NULL,
     passages INTEGER NOT NULL,
     text BLOB
   ) STRICT;
   CREATE TABLE placed (
     document INTEGER NOT NULL,
     place INTEGER NOT NULL,
     label INTEGER NOT NULL,
     text_from INTEGER NOT NULL,
     text_to INTEGER NOT NULL,
     line_from INTEGER NOT NULL,
     line_to INTEGER NOT NULL,
     char_from INTEGER NOT NULL,
     char_to INTEGER NOT NULL,
     part_unit TEXT,
     part_number INTEGER,
     section TEXT,
     PRIMARY KEY (document, place)
   ) STRICT, WITHOUT ROWID;`,
]

/** Adds passages in one go, the first under label `from`. */
export function passageWriter(database: Database): (passage: Passage, label: number) => void {
  const insert = database.prepare('INSERT INTO passages VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)')
  return ({ id, title, text, span, document = null }, label) => {
    const { file, lineFrom, lineTo, charFrom, charTo, part, section = null } = span
    const place = [part?.unit ?? null, part?.number ?? null, section]
    insert.run(label, id, title, text, file, lineFrom, lineTo, charFrom, charTo, document, ...place)
  }
}

/** The passages with these labels, in the order of the labels. */
export function passagesAt(database: Database, labels: readonly number[]): readonly Passage[] {
  const select = database.prepare('SELECT * FROM passages WHERE label = ?')
  return labels.map((label) => {
    const row = select.get(label)
    if (!row) throw new Error(`internal: no passage with label ${label}`)
    return toPassage(row)
  })
}

/** A page of passages in corpus order. */
export function passagePage(database: Database, from: number, count: number): readonly Passage[] {
  return database
    .prepare('SELECT * FROM passages WHERE label >= ? ORDER BY label LIMIT ?')
    .all(from, count)
    .map(toPassage)
}

/** The label of a passage, or undefined if the index has no such id. */
export function labelOf(database: Database, id: string): number | undefined {
  const row = database.prepare('SELECT label FROM passages WHERE id = ?').get(id)
  return row && Number(row['label'])
}

/** What a label stands for. */
export type PassageName = { readonly passage: string; readonly document: string | null }

/** The names of all passages, by label; an index of an older version knows no documents. */
export function passageIds(database: Database): readonly PassageName[] {
  const known = database.prepare(`SELECT 1 FROM pragma_table_info('passages') WHERE name = 'document'`).get()
  return database
    .prepare(`SELECT id, ${known ? 'document' : 'NULL AS document'} FROM passages ORDER BY label`)
    .all()
    .map(({ id, document }) => ({ passage: String(id), document: document === null ? null : String(document) }))
}

/** Rows of a table; `words` counts what BM25 can find. */
export function countRows(database: Database, table: 'passages' | 'words' | 'documents' | 'files'): number {
  return Number(database.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.['n'])
}

/** A row of a table. */
export type Row = Readonly<Record<string, unknown>>

function toPassage(row: Row): Passage {
  const text = (name: string) => String(row[name])
  return {
    id: text('id'),
    title: text('title'),
    text: text('text'),
    span: spanOf(row, text('file')),
    ...(typeof row['document'] === 'string' ? { document: row['document'] } : {}),
  }
}

/** The span that a row of `passages` or `placed` tells, in its file. */
export function spanOf(row: Row, file: string): Span {
  const number = (name: string) => Number(row[name])
  const part = partOf(row)
  return {
    file,
    lineFrom: number('line_from'),
    lineTo: number('line_to'),
    charFrom: number('char_from'),
    charTo: number('char_to'),
    ...(part === undefined ? {} : { part }),
    ...(typeof row['section'] === 'string' ? { section: row['section'] } : {}),
  }
}

/** The part that a row names, if it names one. */
export function partOf(row: Row): Part | undefined {
  return Part.safeParse({ unit: row['part_unit'], number: row['part_number'] }).data
}
