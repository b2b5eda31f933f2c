/** Text to tokens and back, by a Hugging Face tokenizer.json: the only door to @huggingface/tokenizers. */
import { createHash } from 'node:crypto'
import { Tokenizer as Library } from '@huggingface/tokenizers'
import { byteChars, fromByteChars, toByteChars } from './bytes.ts'
import { parseTokenizerJson, unsupported, wordSplitters, type TokenizerJson } from './json.ts'

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
  /** The text of some tokens; special tokens give their names, ids that no token uses nothing. */
  readonly decode: (ids: readonly number[] | Int32Array) => string
  /** The text of one token; one that holds part of a character gives '\ufffd'. */
  readonly piece: (id: number) => string
  /** Token ids with exact ranges; a token that ends inside a character gets the whole of it, the next one the rest. */
  readonly offsets: (text: string) => Offsets
  /** Id of a special token by its name; throws when there is none. */
  readonly special: (name: string) => number
}

const noBytes = new Uint8Array(0)
const cachedWords = 65_536
const longestCachedWord = 64

/** Opens a parsed tokenizer.json; Fault `unsupported-format` unless it is byte-level BPE without a normalizer. */
export function openTokenizer(json: unknown): Tokenizer {
  const data = parseTokenizerJson(json)
  const { pieces, specials } = tokenBytes(data)
  const encode = makeEncode(data)
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

  // A decoder's table may have rows that no token uses, and it may draw one: no text, but no reason to lose the answer.
  const bytesOf = (id: number): Uint8Array => pieces[id] ?? noBytes

  function decode(ids: readonly number[] | Int32Array): string {
    let length = 0
    for (const id of ids) length += bytesOf(id).length
    const bytes = new Uint8Array(length)
    let at = 0
    for (const id of ids) {
      const piece = bytesOf(id)
      bytes.set(piece, at)
      at += piece.length
    }
    return decoder.decode(bytes)
  }

  function offsets(text: string): Offsets {
    const ids = encode(text)
    const starts = new Int32Array(ids.length)
    const ends = new Int32Array(ids.length)
    let byteEnd = 0
    let bytesPassed = 0
    let char = 0
    for (let i = 0; i < ids.length; i++) {
      starts[i] = char
      byteEnd += bytesOf(ids[i] ?? -1).length
      while (bytesPassed < byteEnd) {
        const point = text.codePointAt(char) ?? 0
        bytesPassed += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4
        char += point < 0x10000 ? 1 : 2
      }
      ends[i] = char
    }
    return { ids, starts, ends }
  }

  function special(name: string): number {
    const id = specials.get(name)
    if (id === undefined) throw new Error(`internal: the tokenizer has no special token ${name}`)
    return id
  }

  return {
    size: pieces.length,
    hash: createHash('sha256').update(canonical(json)).digest('hex'),
    encode,
    decode,
    piece: (id) => decoder.decode(bytesOf(id)),
    offsets,
    special,
  }
}

/** The bytes of every token by id; ids that nothing uses have none. */
function tokenBytes(data: TokenizerJson): { pieces: (Uint8Array | undefined)[]; specials: Map<string, number> } {
  const { vocab } = data.model
  if (byteChars.some((char) => vocab[char] === undefined))
    throw unsupported('its vocabulary lacks some of the 256 bytes')
  const utf8 = new TextEncoder()
  const pieces: (Uint8Array | undefined)[] = []
  for (const [token, id] of Object.entries(vocab)) pieces[id] = fromByteChars(token) ?? utf8.encode(token)
  const specials = new Map<string, number>()
  for (const token of data.added_tokens) {
    pieces[token.id] = utf8.encode(token.content)
    specials.set(token.content, token.id)
  }
  return { pieces, specials }
}

function makeEncode(data: TokenizerJson): (text: string) => Int32Array {
  // Without its added tokens the library cannot read a special token out of a text.
  const library = new Library(
    {
      ...data,
      added_tokens: [],
      pre_tokenizer: { type: 'Sequence', pretokenizers: wordSplitters(data) },
      post_processor: null,
    },
    {},
  )
  const { model, pre_tokenizer: splitter } = library
  if (model === null || splitter === null) throw new Error('internal: the tokenizer library opened without a model')
  const cache = new Map<string, readonly number[]>()

  function encodeWord(word: string): readonly number[] {
    const known = cache.get(word)
    if (known !== undefined) return known
    const ids: number[] = []
    for (const token of model?.encode([toByteChars(word)]) ?? []) ids.push(model?.tokens_to_ids.get(token) ?? -1)
    if (word.length <= longestCachedWord) {
      if (cache.size >= cachedWords) cache.clear()
      cache.set(word, ids)
    }
    return ids
  }

  function encode(text: string): Int32Array {
    if (text === '') return new Int32Array(0)
    let ids = new Int32Array(Math.ceil(text.length / 2) + 16)
    let count = 0
    for (const word of splitter?.pre_tokenize(text) ?? []) {
      const found = encodeWord(word)
      if (count + found.length > ids.length) {
        const larger = new Int32Array((count + found.length) * 2)
        larger.set(ids)
        ids = larger
      }
      for (const id of found) ids[count++] = id
    }
    return ids.slice(0, count)
  }
  return encode
}

/** JSON text with sorted keys, so that equal values have equal hashes. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}
