/** Words to token ids, each with the place in its word where it ends: one way for each kind of model. */
import { byteChars, toByteChars } from './bytes.ts'
import { unsupported, type Bpe, type TokenizerJson, type Unigram, type WordPiece } from './json.ts'
import { wordTokens } from './library.ts'

/** The tokens of a word: `ends[i]` counts UTF-16 units and never parts a character, which belongs to the token it begins in. */
export type WordIds = { readonly ids: readonly number[]; readonly ends: readonly number[] }
export type WordModel = {
  readonly encode: (word: string) => WordIds
  /** Id of what stands for characters that the model does not know; null where it knows all, or leaves them out. */
  readonly unknown: number | null
  /** A cut of words into smaller ones that changes no token; null where none is known. */
  readonly finer: RegExp | null
}

/** Opens the model of a tokenizer.json; `bytes` where its words come as characters that stand for bytes. */
export function openModel({ model, added_tokens: added }: TokenizerJson, bytes: boolean): WordModel {
  if (bytes && model.type !== 'BPE') throw unsupported(`its bytes are not tokens of BPE but of ${model.type}`)
  switch (model.type) {
    case 'BPE':
      return bytes ? overBytes(model) : overCharacters(model)
    case 'WordPiece':
      return overPieces(model)
    case 'Unigram':
      return overLattice(model, new Set(added.flatMap(({ special, id }) => (special ? [id] : []))))
  }
}

/** BPE over the alphabet of bytes: every text can be spelt, a token may end inside a character. */
function overBytes(model: Bpe): WordModel {
  plain(model)
  const vocab = new Map(Object.entries(model.vocab))
  if (byteChars.some((char) => !vocab.has(char))) throw unsupported('its vocabulary lacks some of the 256 bytes')
  const tokensOf = wordTokens(model)
  return {
    unknown: idOf(vocab, model.unk_token),
    finer: null,
    encode: (word) => {
      const tokens = tokensOf(toByteChars(word))
      const walk = byteWalk(word)
      return { ids: tokens.map((token) => vocab.get(token) ?? -1), ends: tokens.map((token) => walk(token.length)) }
    },
  }
}

/** BPE over characters, as SentencePiece's: what the vocabulary lacks is spelt in bytes, or is unknown. */
function overCharacters(model: Bpe): WordModel {
  plain(model)
  const vocab = new Map(Object.entries(model.vocab))
  const tokensOf = wordTokens(model)
  const unknown = idOf(vocab, model.unk_token)
  // Merges never reach into a word from before its mark where no token does: then words can be encoded one by one.
  const joined = [...vocab.keys()].some((token) => /[^▁]▁/.test(token))
  return {
    unknown,
    finer: joined || !vocab.has('▁') || model.ignore_merges === true ? null : /▁+[^▁]*|[^▁]+/g,
    encode: (word) => {
      const found = startIds(word, unknown, model.fuse_unk === true)
      for (const token of tokensOf(word)) {
        const id = vocab.get(token)
        if (id === undefined || (unknown !== null && id === unknown)) found.skip()
        else if (byteName.test(token) && token !== word) found.byte(id)
        else found.literal(id, token)
      }
      return found
    },
  }
}

/** WordPiece: pieces behind the first bear a prefix; a word with an unknown part is unknown as a whole. */
function overPieces(model: WordPiece): WordModel {
  const { continuing_subword_prefix: prefix } = model
  const vocab = new Map(Object.entries(model.vocab))
  const tokensOf = wordTokens(model)
  const unknown = idOf(vocab, model.unk_token)
  if (unknown === null) throw unsupported(`its vocabulary lacks its unknown token ${model.unk_token}`)
  return {
    unknown,
    finer: null,
    encode: (word) => {
      const tokens = tokensOf(word)
      const ids = tokens.map((token) => vocab.get(token) ?? unknown)
      if (ids.includes(unknown)) return { ids: [unknown], ends: [word.length] }
      let end = 0
      return { ids, ends: tokens.map((token, i) => (end += token.length - (i === 0 ? 0 : prefix.length))) }
    },
  }
}

/** Unigram: the likeliest cut of a word; unknown characters in a row are one unknown token, or bytes. */
function overLattice(model: Unigram, special: ReadonlySet<number>): WordModel {
  const unknown = model.unk_id ?? null
  // Special tokens stand among the others, and must not be read out of a text: here they have no name.
  const named = model.vocab.map(([token, score], id): [string, number] => [
    special.has(id) || id === unknown ? '' : token,
    score,
  ])
  const tokensOf = wordTokens({ ...model, vocab: named })
  const vocab = new Map(named.map(([token], id) => [token, id]))
  const bytes = model.byte_fallback === true ? byteIds(vocab) : null
  return {
    unknown,
    finer: null,
    encode: (word) => {
      const found = startIds(word, unknown, true)
      for (const token of tokensOf(word)) {
        const id = vocab.get(token)
        if (id !== undefined && id !== unknown) found.literal(id, token)
        else if (bytes === null) found.skip()
        else for (const byte of new TextEncoder().encode(token)) found.byte(bytes[byte] ?? -1)
      }
      return found
    },
  }
}

const byteName = /^<0x[0-9A-F]{2}>$/

/** Ids of the 256 byte tokens; null where one is missing, since then none is used. */
function byteIds(vocab: ReadonlyMap<string, number>): readonly number[] | null {
  const ids = Array.from({ length: 256 }, (_, byte) => vocab.get(byteToken(byte)))
  return ids.every((id) => id !== undefined) ? ids : null
}

/** The token that stands for a byte in a vocabulary of characters. */
function byteToken(byte: number): string {
  return `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`
}

/** Ids gathered along a word, with what each takes of it. */
function startIds(word: string, unknown: number | null, fuse: boolean) {
  const ids: number[] = []
  const ends: number[] = []
  let at = 0
  let walk: ((bytes: number) => number) | null = null
  const push = (id: number, end: number): void => {
    ids.push(id)
    ends.push(end)
    at = end
  }
  const character = (): number => at + ((word.codePointAt(at) ?? 0) > 0xffff ? 2 : 1)
  return {
    ids,
    ends,
    literal: (id: number, token: string): void => {
      walk = null
      // Characters without any token are left out of the ids and fall to the token behind them.
      push(id, Math.max(word.indexOf(token, at), at) + token.length)
    },
    byte: (id: number): void => {
      walk ??= byteWalk(word.slice(at), at)
      push(id, walk(1))
    },
    skip: (): void => {
      walk = null
      const end = character()
      if (unknown === null) at = end
      else if (fuse && ids.at(-1) === unknown) ends[ends.length - 1] = at = end
      else push(unknown, end)
    },
  }
}

/** Walks over a text by bytes of UTF-8: told how many come next, it says at which character they end, rounded up. */
function byteWalk(text: string, from = 0): (bytes: number) => number {
  let [wanted, passed, char] = [0, 0, 0]
  return (bytes) => {
    wanted += bytes
    while (passed < wanted && char < text.length) {
      const point = text.codePointAt(char) ?? 0
      passed += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4
      char += point < 0x10000 ? 1 : 2
    }
    return from + char
  }
}

function idOf(vocab: ReadonlyMap<string, number>, token: string | null | undefined): number | null {
  return typeof token === 'string' ? (vocab.get(token) ?? null) : null
}

/** Marks within words are of a family of their own (CLIP and the like), which nothing here needs. */
function plain(model: Bpe): void {
  if ((model.continuing_subword_prefix ?? '') !== '' || (model.end_of_word_suffix ?? '') !== '')
    throw unsupported('its BPE marks the ends of words')
}
