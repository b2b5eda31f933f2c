/**
 * Folders in the layout of BEIR (Thakur et al. 2021): corpus.jsonl and queries.jsonl of {"_id", "text"}, and the judgements of
 * each split, qrels/SPLIT.tsv of query, document and grade; each plain or gzipped, the judgements also beside the corpus.
 */
import { readdir } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import * as z from 'zod'
import { Fault } from '../../../shared/fault.ts'
import { nameParts, readTextFile } from './file.ts'
import type { Query, QuerySet } from './query.ts'
import { linesOf, textStart } from './section.ts'

/** The names of the two files that make a folder one of BEIR's; undefined where one is missing. */
export function beirFiles(names: readonly string[]): { readonly corpus: string; readonly queries: string } | undefined {
  const named = (name: string) => names.find((each) => each === name || each === `${name}.gz`)
  const [corpus, queries] = [named('corpus.jsonl'), named('queries.jsonl')]
  return corpus !== undefined && queries !== undefined ? { corpus, queries } : undefined
}

/**
 * The queries that a split judges, in its order, with the grades of their documents; those without a relevant document are
 * left out. Without `split`: test, or the only one. Throws Fault bad-input for a split that is not there, bad-record
 * (naming file and line).
 */
export async function readBeir(folder: string, split?: string): Promise<QuerySet> {
  const names = await readdir(folder)
  const files = beirFiles(names)
  if (!files) {
    throw new Fault('bad-input', `${folder} holds no question set.`, {
      remedy: 'Name a jsonl file of questions, or a BEIR folder with corpus.jsonl, queries.jsonl and qrels.',
    })
  }
  const splits = await findSplits(folder, names)
  const chosen = split ?? (splits.has('test') || splits.size !== 1 ? 'test' : [...splits.keys()][0])
  const path = chosen === undefined ? undefined : splits.get(chosen)
  if (path === undefined) {
    throw new Fault('bad-input', `${folder} has no judgements named ${chosen}.`, {
      remedy: splits.size === 0 ? 'Add qrels/test.tsv.' : `Name one of: ${[...splits.keys()].join(', ')}.`,
    })
  }
  const texts = await readTexts(join(folder, files.queries))
  const queries: Query[] = []
  for (const [id, { grades, line }] of await readGrades(path)) {
    const text = texts.get(id)
    if (text === undefined) throw badRecord(path, line, `query ${id} is not in ${files.queries}`)
    if (grades.size > 0) queries.push({ id, text, grades })
  }
  if (queries.length === 0) throw new Fault('bad-input', `${path} judges no query.`)
  return { name: `${basename(resolve(folder))}/${chosen}`, of: 'document', queries }
}

/** The files of judgements by split. */
async function findSplits(folder: string, names: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const inside = await readdir(join(folder, 'qrels')).catch(() => [])
  const paths = [...names.map((name) => join(folder, name)), ...inside.map((name) => join(folder, 'qrels', name))]
  const tables = paths.filter((path) => nameParts(path).extension === '.tsv').toSorted()
  return new Map(tables.map((path) => [nameParts(path).name, path]))
}

const Line = z.object({ _id: z.union([z.string(), z.number()]), text: z.string() })

async function readTexts(path: string): Promise<ReadonlyMap<string, string>> {
  const source = await readTextFile(path)
  const texts = new Map<string, string>()
  for (const { from, to, line } of linesOf(source, textStart(source))) {
    const text = source.slice(from, to).trim()
    if (text === '') continue
    const query = parse(text)
    if (!query) throw badRecord(path, line, 'no {"_id", "text"}')
    texts.set(String(query._id), query.text)
  }
  return texts
}

function parse(text: string): z.infer<typeof Line> | undefined {
  try {
    return Line.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}

type Judged = { readonly grades: Map<string, number>; readonly line: number }

/** Grades by query; 0 and below mean judged and not relevant. The first line may be a heading. */
async function readGrades(path: string): Promise<ReadonlyMap<string, Judged>> {
  const source = await readTextFile(path)
  const judged = new Map<string, Judged>()
  for (const { from, to, line } of linesOf(source, textStart(source))) {
    const text = source.slice(from, to).trim()
    if (text === '') continue
    const [query = '', document = '', score = '', ...more] = text.split('\t').map((field) => field.trim())
    const grade = score === '' ? Number.NaN : Number(score)
    if (query === '' || document === '' || more.length > 0 || !Number.isFinite(grade)) {
      if (judged.size === 0 && /^[a-z]/i.test(score)) continue
      throw badRecord(path, line, 'no query, document and grade between tabs')
    }
    const own = judged.get(query) ?? { grades: new Map<string, number>(), line }
    judged.set(query, own)
    if (grade > 0) own.grades.set(document, grade)
  }
  return judged
}

function badRecord(path: string, line: number, reason: string): Fault {
  return new Fault('bad-record', `${path}, line ${line}: ${reason}.`)
}
