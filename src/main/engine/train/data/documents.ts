/** Text to train on: documents parted by their own hash into those that train and those held out. */
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { gunzipSync } from 'node:zlib'
import * as z from 'zod'
import { Fault } from '../../../../shared/fault.ts'
import { stableHash, type Random } from '../../../../shared/random.ts'
import { decodeText } from '../../corpus/decode.ts'
import type { Tokenizer } from '../../tokens/tokenizer.ts'

export type Side = 'train' | 'valid'

/** One document, named by file and place; `split` is where, in tokens, what is to be predicted begins, if its line says so. */
type Document = { readonly name: string; readonly text: string; readonly split: number | null }

/** Documents ready to draw from. The same text never stands on both sides. */
export type Documents = {
  readonly sides: Readonly<Record<Side, readonly Document[]>>
  readonly characters: number
  /** Documents left out because the very same text came before. */
  readonly repeated: number
}

/** One document in this many is held out. */
const heldOut = 20
const separator = /^<\|endoftext\|>\s*$/m

/** A line of the open scripts' shape: `tokens` is text, `s` its tokens of context, `o` those that follow. */
const Line = z.union([
  z.object({ tokens: z.string(), split: z.object({ s: z.number().int().min(0), o: z.number().int().min(0) }) }),
  z.object({ text: z.string() }),
])

/** The text of a file, plain or gzipped. Faults file-missing, not-text and bad-encoding name it. */
export async function readData(path: string): Promise<string> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new Fault('file-missing', `${path} cannot be read.`, { cause })
  })
  if (!path.endsWith('.gz')) return decodeText(bytes, path)
  try {
    return decodeText(gunzipSync(bytes), path)
  } catch (cause) {
    if (cause instanceof Fault) throw cause
    throw new Fault('not-text', `${path} is not gzip.`, { cause })
  }
}

/** The documents of a source: parted by `<|endoftext|>` lines, a line each in jsonl and one-passage-a-line text, else one. */
function* split(path: string, source: string): Generator<Document> {
  if (/\.jsonl(\.gz)?$/.test(path)) return yield* splitLines(path, source)
  const whole = source.trim()
  const lines = whole.split(/\r?\n/)
  const parted = separator.test(whole)
  const passages = lines.length > 1 && lines.every((line) => line.trim() !== '')
  const texts = parted ? whole.split(separator) : passages ? lines : [whole]
  for (const [at, text] of texts.entries()) {
    const place = texts.length === 1 ? '' : `, ${parted ? 'document' : 'line'} ${at + 1}`
    yield { name: `${basename(path)}${place}`, text: text.trim(), split: null }
  }
}

function* splitLines(path: string, source: string): Generator<Document> {
  for (const [at, line] of source.split('\n').entries()) {
    if (line.trim() === '') continue
    try {
      const read = Line.parse(JSON.parse(line))
      const name = `${basename(path)}, line ${at + 1}`
      yield 'text' in read
        ? { name, text: read.text.trim(), split: null }
        : { name, text: read.tokens.trim(), split: read.split.s }
    } catch (cause) {
      throw new Fault('bad-record', `${path}, line ${at + 1}: neither {"text"} nor {"tokens", "split": {"s", "o"}}.`, {
        cause,
      })
    }
  }
}

/** Reads all of `paths`. Fault corpus-empty where nothing is left to train on. */
export async function readDocuments(paths: readonly string[]): Promise<Documents> {
  const seen = new Set<string>()
  const sides: Record<Side, Document[]> = { train: [], valid: [] }
  let [characters, repeated] = [0, 0]
  for (const path of paths) {
    for (const document of split(path, await readData(path))) {
      if (document.text === '') continue
      const key = document.text.replaceAll(/\s+/g, ' ')
      if (seen.has(key)) {
        repeated++
        continue
      }
      seen.add(key)
      characters += document.text.length
      sides[stableHash(key) % heldOut === 0 ? 'valid' : 'train'].push(document)
    }
  }
  if (sides.train.length === 0 && sides.valid.length === 0)
    throw new Fault('corpus-empty', `${paths.join(', ')}: no text to train on.`)
  return part(sides, characters, repeated)
}

/** Where chance put all documents on one side: one of several is held out, or the last twentieth of the only one. */
function part(sides: Record<Side, Document[]>, characters: number, repeated: number): Documents {
  if (sides.train.length > 0 && sides.valid.length > 0) return { sides, characters, repeated }
  const [first, ...rest] = [...sides.train, ...sides.valid]
  if (!first) throw new Error('internal: no documents to part')
  if (rest.length > 0) return { sides: { train: rest, valid: [first] }, characters, repeated }
  const at = Math.floor(first.text.length * (1 - 1 / heldOut))
  const cut = (text: string): Document[] => [{ ...first, text }]
  return { sides: { train: cut(first.text.slice(0, at)), valid: cut(first.text.slice(at)) }, characters, repeated }
}

/**
 * `context` and then `output` tokens that follow one another in one document, from a place drawn by chance; a document
 * with a split is read so that its output begins there. Null where no document drawn was long enough.
 */
export function drawText(
  random: Random,
  documents: readonly Document[],
  tokenizer: Pick<Tokenizer, 'encode'>,
  length: { readonly context: number; readonly output: number },
): Int32Array | null {
  const needed = length.context + length.output
  const total = documents.reduce((sum, { text }) => sum + text.length, 0)
  for (let tries = 0; tries < 64; tries++) {
    let at = random.float() * total
    const document = documents.find(({ text }) => (at -= text.length) < 0)
    if (!document) return null
    if (document.split !== null) {
      const tokens = tokenizer.encode(document.text)
      const from = document.split - length.context
      if (from >= 0 && tokens.length >= from + needed) return tokens.slice(from, from + needed)
      continue
    }
    // Only a window is encoded, for a document may be a book; it begins with a word.
    const start = random.int(0, document.text.length - 1)
    const word = start === 0 ? 0 : document.text.slice(start, start + 200).search(/\s\S/) + start
    if (word < start) continue
    for (let width = needed * 6; ; width *= 2) {
      const tokens = tokenizer.encode(document.text.slice(word, word + width))
      // The last token of a window may be half a word.
      if (tokens.length > needed) return tokens.slice(0, needed)
      if (word + width >= document.text.length) break
    }
  }
  return null
}
