/** Columns of records: which of them holds the text, the title, the id, a question and its answers. */
import { columnRoles, type ColumnMapping, type ColumnRole } from '../../../shared/corpus.ts'
import { Fault } from '../../../shared/fault.ts'
import type { Asked } from './section.ts'

/** The usual names of each role, in the order in which they are preferred, lower case. */
const usual: Readonly<Record<ColumnRole, readonly string[]>> = {
  text: ['text', 'passage', 'contents', 'content', 'context', 'body', 'paragraph', 'abstract'],
  title: ['title', 'name', 'heading', 'id', '_id'],
  id: ['_id', 'id'],
  question: ['question', 'query'],
  answer: ['answers', 'answer'],
}

/** The usual names of a role, for a remedy. */
export function usualNames(role: ColumnRole): string {
  return usual[role].join(', ')
}

/** The column of each role among those there are: the one that was mapped, else the first by the usual names. */
export function proposeColumns(names: readonly string[], mapped: ColumnMapping = {}): ColumnMapping {
  const found = columnRoles.map((role) => [role, mapped[role] ?? byName(names, role)] as const)
  return Object.fromEntries(found.filter(([, name]) => name !== undefined))
}

function byName(names: readonly string[], role: ColumnRole): string | undefined {
  for (const wanted of usual[role]) {
    const name = names.find((each) => each.toLowerCase() === wanted)
    if (name !== undefined) return name
  }
  return undefined
}

/** Throws Fault bad-input, with the columns that there are, where a mapped one is not among them. */
export function checkColumns(file: string, names: readonly string[], mapped: ColumnMapping): void {
  const missing = columnRoles.map((role) => mapped[role]).find((name) => name !== undefined && !names.includes(name))
  if (missing === undefined) return
  throw new Fault('bad-input', `${file} has no column "${missing}".`, {
    remedy: `Map one of its columns: ${names.slice(0, 20).join(', ')}.`,
  })
}

/** The value of a role in a record whose names are its own; undefined where it has none. */
export function valueOf(record: ReadonlyMap<string, unknown>, mapped: ColumnMapping, role: ColumnRole): unknown {
  const own = mapped[role]
  if (own !== undefined) return record.get(own)
  for (const wanted of usual[role]) {
    for (const [name, value] of record) {
      if (name.toLowerCase() === wanted && isFilled(value, role)) return value
    }
  }
  return undefined
}

/** A text is a string, though it be empty; an id a number too; what is empty is passed over for the next name. */
function isFilled(value: unknown, role: ColumnRole): boolean {
  if (role === 'text') return typeof value === 'string'
  if (role === 'id')
    return typeof value === 'number' || typeof value === 'bigint' || (typeof value === 'string' && value !== '')
  if (role === 'answer') return value !== null && value !== undefined
  return typeof value === 'string' && value !== ''
}

/** The title or the id that a record tells, as text; empty where it tells none. */
export function nameOf(record: ReadonlyMap<string, unknown>, mapped: ColumnMapping, role: 'title' | 'id'): string {
  const value = valueOf(record, mapped, role)
  return typeof value === 'string'
    ? value.trim()
    : typeof value === 'number' || typeof value === 'bigint'
      ? String(value)
      : ''
}

/** The question of a record with its answers; undefined where it asks none. */
export function askedBy(record: ReadonlyMap<string, unknown>, mapped: ColumnMapping): Asked | undefined {
  const question = valueOf(record, mapped, 'question')
  if (typeof question !== 'string' || question.trim() === '') return undefined
  return { question: question.trim(), answers: [...new Set(answersOf(valueOf(record, mapped, 'answer')))] }
}

/** Answers as they are told: one, several, several as JSON in a cell, or SQuAD's {"text": [...]}. */
function answersOf(value: unknown): string[] {
  if (typeof value === 'string') {
    const several = value.startsWith('[') ? parsed(value) : undefined
    if (Array.isArray(several)) return answersOf(several)
    return value.trim() === '' ? [] : [value.trim()]
  }
  if (typeof value === 'number' || typeof value === 'boolean') return [String(value)]
  if (Array.isArray(value)) return value.flatMap(answersOf)
  if (typeof value === 'object' && value !== null && 'text' in value) return answersOf(value.text)
  return []
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** A record without a text column, told column by column. */
export function told(cells: Iterable<readonly [name: string, value: string]>): string {
  const filled = [...cells].filter(([, value]) => value.trim() !== '')
  return filled.length === 0 ? '' : `${filled.map(([name, value]) => `${name}: ${value.trim()}`).join('; ')}.`
}
