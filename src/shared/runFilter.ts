/** The filter of the runs table: `k:16 p<0.3 policy:learned word`, read to a test of a run, or to what is wrong with it. */
import type { RunSummary } from './runs.ts'

type Field =
  | { readonly kind: 'number'; readonly about: string; readonly of: (run: RunSummary) => number | null }
  | { readonly kind: 'text'; readonly about: string; readonly of: (run: RunSummary) => readonly string[] }
  | { readonly kind: 'flag'; readonly about: string; readonly of: (run: RunSummary) => boolean | null }

/** What can be asked of a run, by the name that stands before the sign. */
export const filterFields = {
  k: { kind: 'number', about: 'tokens a chunk', of: (run) => run.k },
  p: { kind: 'number', about: 'fraction expanded', of: (run) => run.p },
  passages: { kind: 'number', about: 'passages retrieved', of: (run) => run.passages },
  seed: { kind: 'number', about: 'seed', of: (run) => run.seed },
  forced: { kind: 'number', about: 'chunks forced by hand', of: (run) => run.overrides },
  ttft: { kind: 'number', about: 'time to first token, ms', of: (run) => run.ttftMs },
  ttit: { kind: 'number', about: 'time a token after it, ms', of: (run) => run.ttitMs },
  ppl: { kind: 'number', about: 'log-perplexity, nats', of: (run) => run.logPerplexity },
  f1: { kind: 'number', about: 'F1 against the gold answer', of: (run) => run.f1 },
  em: { kind: 'flag', about: 'exact match', of: (run) => run.exactMatch },
  star: { kind: 'flag', about: 'starred', of: (run) => run.star },
  policy: { kind: 'text', about: 'policy', of: (run) => [run.policy] },
  bundle: { kind: 'text', about: 'bundle', of: (run) => [run.bundle] },
  decoder: { kind: 'text', about: 'server that decoded', of: (run) => [run.decoder ?? ''] },
  index: { kind: 'text', about: 'index', of: (run) => [run.index] },
  tag: { kind: 'text', about: 'tag', of: (run) => run.tags },
  note: { kind: 'text', about: 'note', of: (run) => [run.note] },
  question: { kind: 'text', about: 'question', of: (run) => [run.question] },
  answer: { kind: 'text', about: 'answer', of: (run) => [run.answer] },
  id: { kind: 'text', about: 'id', of: (run) => [run.id] },
} as const satisfies Readonly<Record<string, Field>>

export type RunTest = (run: RunSummary) => boolean

/** A test, or what is wrong: `part` is the text at fault, as typed. */
export type RunFilter =
  | { readonly ok: true; readonly test: RunTest }
  | { readonly ok: false; readonly part: string; readonly message: string }

type Sign = ':' | '<' | '<=' | '>' | '>='

/**
 * Reads a filter. Every part must hold; `-part` must not; values after a sign may be several, `k:8,16`, of which one must hold.
 * Words without a sign are looked for in question, answer, note and tags; quotes keep spaces: `note:"two words"`.
 */
export function parseFilter(text: string): RunFilter {
  const tests: RunTest[] = []
  for (const part of split(text)) {
    const read = readPart(part)
    if (typeof read === 'string') return { ok: false, part, message: read }
    tests.push(read)
  }
  return { ok: true, test: (run) => tests.every((test) => test(run)) }
}

/** Parts between spaces; a quote keeps what it holds together, and one left open runs to the end. */
function split(text: string): readonly string[] {
  return text.match(/(?:"[^"]*(?:"|$)|[^\s"])+/g) ?? []
}

function readPart(part: string): RunTest | string {
  if ((part.match(/"/g) ?? []).length % 2 === 1) return 'A quote is not closed.'
  if (part === '-') return 'A minus stands before what must not hold, as in -policy:random.'
  const not = part.startsWith('-')
  const test = readTest(not ? part.slice(1) : part)
  return typeof test === 'string' || !not ? test : (run) => !test(run)
}

function readTest(part: string): RunTest | string {
  const found = /^([A-Za-z]\w*)(:|<=|>=|<|>|=)(.*)$/s.exec(part)
  if (found === null) {
    const word = unquote(part).toLowerCase()
    return ({ question, answer, note, tags }) =>
      [question, answer, note, ...tags].some((each) => each.toLowerCase().includes(word))
  }
  const [, name = '', typed = '', rest = ''] = found
  const fields: Readonly<Record<string, Field>> = filterFields
  const key = name.toLowerCase()
  const field = Object.hasOwn(fields, key) ? fields[key] : undefined
  if (field === undefined) return `There is no field "${name}". Fields: ${Object.keys(fields).join(', ')}.`
  if (rest === '') return `A value is missing after ${name}${typed}`
  return readField(key, field, typed === '=' ? ':' : (typed as Sign), rest)
}

function readField(name: string, field: Field, sign: Sign, rest: string): RunTest | string {
  if (field.kind === 'number') return readNumber(name, field.of, sign, rest)
  if (sign !== ':') return `${name} is no number: use ${name}:value.`
  const values = listOf(rest)
  if (field.kind === 'flag') {
    const wanted = values.map((value) => flags[value])
    if (wanted.includes(undefined)) return `${name} is yes or no, not "${rest}".`
    return (run) => wanted.includes(field.of(run) ?? undefined)
  }
  return (run) => field.of(run).some((text) => values.some((value) => holds(name, text.toLowerCase(), value)))
}

const flags: Readonly<Record<string, boolean>> = {
  yes: true,
  true: true,
  '1': true,
  no: false,
  false: false,
  '0': false,
}

/** Names are matched whole, so that `policy:learned` is not `learned-query`; a star stands for any end. */
const wholeFields: ReadonlySet<string> = new Set(['policy', 'bundle', 'tag'])

function holds(name: string, text: string, value: string): boolean {
  if (!wholeFields.has(name)) return text.includes(value)
  return value.endsWith('*') ? text.startsWith(value.slice(0, -1)) : text === value
}

const compare: Readonly<Record<Sign, (a: number, b: number) => boolean>> = {
  ':': (a, b) => a === b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
}

/** Runs without the figure are in no comparison; `:none` finds just them. */
function readNumber(name: string, of: (run: RunSummary) => number | null, sign: Sign, rest: string): RunTest | string {
  const words = listOf(rest)
  if (words.length > 1 && sign !== ':') return `${name}${sign} takes one number, not a list.`
  const values = words.map((word) => (word === 'none' && sign === ':' ? null : Number(word)))
  const bad = words.findIndex((word, at) => word === '' || (values[at] !== null && !Number.isFinite(values[at])))
  if (bad !== -1) return `${name} is compared with a number, not "${words[bad] ?? ''}".`
  return (run) => {
    const mine = of(run)
    return values.some((value) => (value === null || mine === null ? value === mine : compare[sign](mine, value)))
  }
}

function listOf(rest: string): readonly string[] {
  return (rest.match(/(?:"[^"]*"|[^,"])+|(?<=,)$|^(?=,)/g) ?? ['']).map((each) => unquote(each).trim().toLowerCase())
}

function unquote(text: string): string {
  return text.replaceAll('"', '')
}
