/**
 * BM25 through SQLite FTS5 (k1 = 1.2, b = 0.75, which FTS5 fixes) over title and text as one document, English words by their
 * Porter stems, Chinese, Japanese and Korean text split into characters.
 */
import type { Passage } from '../../../shared/corpus.ts'
import { transact, type Database } from '../store/database.ts'

/** `bm25` is higher for better: FTS5's own value, which is lower for better, with its sign turned. */
export type Match = { readonly label: number; readonly bm25: number }

/** A question ready to be matched; null when it holds no word. */
export type LexicalQuery = string | null

const unspaced = '\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Hangul}'
const unspacedCharacter = new RegExp(`[${unspaced}]`, 'gu')
const term = new RegExp(`[${unspaced}]+|(?:(?![${unspaced}])[\\p{L}\\p{N}\\p{M}\\p{Co}])+`, 'gu')
const isUnspaced = new RegExp(`^[${unspaced}]`, 'u')

/** A word in more than this share of the passages has no weight (FTS5 takes its negative IDF as nil) and costs most of the search. */
const commonShare = 0.5
const commonFrom = 200

/** Adds a passage's words under its label. */
export function wordWriter(database: Database): (passage: Passage, label: number) => void {
  const insert = database.prepare('INSERT INTO words (rowid, title, text) VALUES (?, ?, ?)')
  return ({ title, text }, label) => {
    insert.run(label, spaced(title), spaced(text))
  }
}

/** Merges the words into one run, so that searching touches few pages. */
export function finishWords(database: Database): void {
  database.exec(`INSERT INTO words (words) VALUES ('optimize')`)
}

/** The question as alternatives: words as they are, unspaced scripts as pairs of neighbouring characters. */
export function lexicalQuery(database: Database, question: string, passages: number): LexicalQuery {
  const terms = [...new Set((question.match(term) ?? []).flatMap(phrases))]
  if (terms.length === 0) return null
  const words = terms.filter((each) => !each.includes(' '))
  const common = passages < commonFrom ? new Set() : commonWords(database, words, passages * commonShare)
  const rare = terms.filter((each) => !common.has(each))
  return (rare.length > 0 ? rare : terms).map((each) => `"${each}"`).join(' OR ')
}

/** The best matches, best first. */
export function searchLexical(database: Database, query: LexicalQuery, count: number): readonly Match[] {
  if (query === null) return []
  const sql = 'SELECT rowid AS label, bm25(words) AS value FROM words WHERE words MATCH ? ORDER BY value LIMIT ?'
  return database.prepare(sql).all(query, count).map(toMatch)
}

/** The BM25 of one passage, 0 when none of the question's words is in it. */
export function bm25Of(database: Database, query: LexicalQuery, label: number): number {
  if (query === null) return 0
  const sql = 'SELECT rowid AS label, bm25(words) AS value FROM words WHERE words MATCH ? AND rowid = ?'
  const row = database.prepare(sql).get(query, label)
  return row ? toMatch(row).bm25 : 0
}

function toMatch(row: Readonly<Record<string, unknown>>): Match {
  return { label: Number(row['label']), bm25: -Number(row['value']) }
}

function spaced(text: string): string {
  return text.replaceAll(unspacedCharacter, ' $& ')
}

/** A run of an unspaced script as its pairs of neighbours; any other word as itself. */
function phrases(word: string): string[] {
  if (!isUnspaced.test(word)) return [word]
  const characters = [...word]
  if (characters.length === 1) return characters
  return characters.slice(1).map((character, at) => `${characters[at]} ${character}`)
}

/** The words that stand in more than `most` passages; phrases are not asked about, they are taken as rare. */
function commonWords(database: Database, words: readonly string[], most: number): ReadonlySet<string> {
  const count = database.prepare('SELECT doc FROM vocabulary WHERE term = ?')
  const terms = termsOf(database, words)
  return new Set(words.filter((_, at) => Number(count.get(terms[at] ?? '')?.['doc'] ?? 0) > most))
}

/** The words as the index's tokenizer stores them: only that tokenizer knows, so they are written to a table beside the index and read. */
function termsOf(database: Database, words: readonly string[]): readonly string[] {
  const [, tokenizer = ''] =
    /tokenize='([^']*)'/.exec(
      String(database.prepare(`SELECT sql FROM sqlite_schema WHERE name = 'words'`).get()?.['sql']),
    ) ?? []
  database.exec(`CREATE VIRTUAL TABLE IF NOT EXISTS temp.asked USING fts5(word, content='', tokenize='${tokenizer}');
    CREATE VIRTUAL TABLE IF NOT EXISTS temp.asked_terms USING fts5vocab(asked, 'instance');
    INSERT INTO temp.asked (asked) VALUES ('delete-all')`)
  const insert = database.prepare('INSERT INTO temp.asked (rowid, word) VALUES (?, ?)')
  transact(database, () => {
    for (const [at, word] of words.entries()) insert.run(at, word)
  })
  const terms: string[] = []
  for (const row of database.prepare('SELECT doc, term FROM temp.asked_terms').all())
    terms[Number(row['doc'])] = String(row['term'])
  return terms
}
