/** Text to tokens and back, by a Hugging Face tokenizer.json. */
import { createHash } from 'node:crypto'
import { openSections } from './added.ts'
import { aligned, type Aligned } from './aligned.ts'
import { fromByteChars } from './bytes.ts'
import { openJoiner } from './decode.ts'
import { parseTokenizerJson, type TokenizerJson } from './json.ts'
import { openNormalizer } from './normalize.ts'
import { openFrame, type Frame } from './special.ts'
import { cut, endsInBytes, openSplitter, type Splitter } from './split.ts'
import { openModel, type WordIds } from './words.ts'

/** Token ids with the range of UTF-16 characters that each stands for: `ends[i] === starts[i + 1]`. */
export type Offsets = { readonly ids: Int32Array; readonly starts: Int32Array; readonly ends: Int32Array }

/** A tokenizer. Text is only ever text: the name of a special token inside it is spelt out in ordinary tokens. */
export type Tokenizer = {
  /** Highest id + 1. */
  readonly size: number
  /** SHA-256 of the tokenizer.json with its keys sorted, hexadecimal. */
  readonly hash: string
  /** Token ids of a text, no special tokens added. */
  readonly encode: (text: string) => Int32Array
  /** Token ids of a template that the model's authors wrote: here the names of special tokens are those tokens. */
  readonly encodeTemplate: (text: string) => Int32Array
  /** The text of some tokens; special tokens give their names, ids that no token uses nothing. */
  readonly decode: (ids: readonly number[] | Int32Array) => string
  /** The text of one token; one that holds part of a character gives '\ufffd'. */
  readonly piece: (id: number) => string
  /**
   * Token ids with ranges that cover the text; a token that ends inside a character gets the whole of it, the next one the
   * rest. Characters that the tokenizer drops, as BERT does spaces, belong to the token behind them, at the end to the last.
   * Exact for whatever is done a character at a time. Where a normalizer makes one form of several characters (a letter and
   * its accents, a grapheme under SentencePiece's map), a token that ends inside them gets all of them.
   */
  readonly offsets: (text: string) => Offsets
  /** Id of a special token by its name; throws when there is none. */
  readonly special: (name: string) => number
  /** Id of any token by its name, null when there is none. */
  readonly find: (name: string) => number | null
  /** What the model expects around its texts (`<s>`, `[CLS]` and `[SEP]`). */
  readonly frame: Frame
  /** Id of what stands for characters that the model does not know; null where it knows all. */
  readonly unknown: number | null
}

const cachedWords = 65_536
const longestCachedWord = 64

/** Opens a parsed tokenizer.json; Fault `unsupported-format` that names what of it is not known. */
export function openTokenizer(json: unknown): Tokenizer {
  const data = parseTokenizerJson(json)
  const names = tokenNames(data)
  const added = new Map(data.added_tokens.map(({ content, id }) => [content, id]))
  const { encode, encodeTemplate, offsets, unknown } = makeEncode(data)
  const texts = endsInBytes(data.pre_tokenizer) ? byteTexts(names, added) : joinedTexts(data, names)

  function special(name: string): number {
    const id = added.get(name)
    if (id === undefined) throw new Error(`internal: the tokenizer has no special token ${name}`)
    return id
  }

  const ids = new Map(names.flatMap((name, id) => (name === undefined ? [] : [[name, id] as const])))
  return {
    size: names.length,
    hash: createHash('sha256').update(canonical(json)).digest('hex'),
    encode,
    encodeTemplate,
    decode: texts.decode,
    piece: texts.piece,
    offsets,
    special,
    find: (name) => ids.get(name) ?? null,
    frame: openFrame(data.post_processor),
    unknown,
  }
}

/** The name of every token by id; ids that nothing uses have none. */
function tokenNames({ model, added_tokens: added }: TokenizerJson): readonly (string | undefined)[] {
  const names: (string | undefined)[] = []
  if (model.type === 'Unigram') model.vocab.forEach(([name], id) => (names[id] = name))
  else for (const [name, id] of Object.entries(model.vocab)) names[id] = name
  for (const { content, id } of added) names[id] = content
  return Array.from(names)
}

type Texts = Pick<Tokenizer, 'decode' | 'piece'>

const noBytes = new Uint8Array(0)

/** Texts of tokens that stand for bytes; the names of added tokens are text as they are. */
function byteTexts(names: readonly (string | undefined)[], added: ReadonlyMap<string, number>): Texts {
  const utf8 = new TextEncoder()
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  const pieces = names.map((name, id) =>
    name === undefined ? noBytes : ((added.get(name) === id ? null : fromByteChars(name)) ?? utf8.encode(name)),
  )
  // A decoder's table may have rows that no token uses, and it may draw one: no text, but no reason to lose the answer.
  const bytesOf = (id: number): Uint8Array => pieces[id] ?? noBytes
  return {
    piece: (id) => decoder.decode(bytesOf(id)),
    decode: (ids) => {
      let length = 0
      for (const id of ids) length += bytesOf(id).length
      const bytes = new Uint8Array(length)
      let at = 0
      for (const id of ids) {
        bytes.set(bytesOf(id), at)
        at += bytesOf(id).length
      }
      return decoder.decode(bytes)
    },
  }
}

/** Texts of tokens that are joined by the decoder of the tokenizer.json. */
function joinedTexts({ decoder }: TokenizerJson, names: readonly (string | undefined)[]): Texts {
  const join = openJoiner(decoder)
  const named = (ids: readonly number[] | Int32Array): string[] => [...ids].flatMap((id) => names[id] ?? [])
  return {
    piece: (id) => join(named([id]), true).join(''),
    decode: (ids) => join(named(ids), false).join(''),
  }
}

type Encode = Pick<Tokenizer, 'encode' | 'encodeTemplate' | 'offsets' | 'unknown'>

/** The way from text to ids: sections, normalizer, words, and each word by the model. */
function makeEncode(data: TokenizerJson): Encode {
  const { normalizer, pre_tokenizer: step, added_tokens: added } = data
  const model = openModel(data, endsInBytes(step))
  const normalize = normalizer ? openNormalizer(normalizer) : (text: Aligned) => text
  const split = finer(step ? openSplitter(step) : (piece) => [piece], model.finer)
  // Special tokens are never read out of a text; the others are words that the authors of the vocabulary added.
  const plain = openSections(added.filter(({ special }) => !special))
  const marked = openSections(added)
  const cache = new Map<string, WordIds>()

  function encodeWord(word: string): WordIds {
    const known = cache.get(word)
    if (known !== undefined) return known
    const found = model.encode(word)
    if (word.length <= longestCachedWord) {
      if (cache.size >= cachedWords) cache.clear()
      cache.set(word, found)
    }
    return found
  }

  /** Tells every token with where in the source it ends: 0 where it stands for none of it, or nobody asked. */
  function walk(text: string, sections: typeof plain, places: boolean, tell: (id: number, end: number) => void): void {
    for (const { from, to, id } of sections(text)) {
      if (id !== null) {
        tell(id, to)
        continue
      }
      const pieces = split(normalize(aligned(text, from, to, places)), from === 0)
      for (const { text: word, ends: at } of pieces) {
        const { ids, ends } = encodeWord(word)
        for (let i = 0; i < ids.length; i++) tell(ids[i] ?? -1, at?.[(ends[i] ?? 0) - 1] ?? 0)
      }
    }
  }

  function idsOf(text: string, sections: typeof plain): Int32Array {
    const ids: number[] = []
    walk(text, sections, false, (id) => ids.push(id))
    return new Int32Array(ids)
  }

  return {
    unknown: model.unknown,
    encode: (text) => idsOf(text, plain),
    encodeTemplate: (text) => idsOf(text, marked),
    offsets: (text) => {
      const ids: number[] = []
      const cuts: number[] = [0]
      walk(text, plain, true, (id, end) => {
        ids.push(id)
        cuts.push(Math.max(end, cuts.at(-1) ?? 0))
      })
      if (ids.length > 0) cuts[ids.length] = text.length
      const places = new Int32Array(cuts)
      return { ids: new Int32Array(ids), starts: places.slice(0, ids.length), ends: places.slice(1) }
    },
  }
}

/** Words as fine as the model allows: more of them are met again. */
function finer(split: Splitter, pattern: RegExp | null): Splitter {
  if (pattern === null) return split
  return (piece, first) => split(piece, first).flatMap((word) => cut(word, pattern, 'Isolated', false))
}

/** JSON text with sorted keys, so that equal values have equal hashes. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}
