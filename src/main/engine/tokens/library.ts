/** The only door to @huggingface/tokenizers: its word models, and its reading of Oniguruma's regular expressions. */
import * as hub from '@huggingface/tokenizers'
import { unsupported, type Bpe, type Pattern, type Unigram, type WordPiece } from './json.ts'

/** The tokens of a word, by name; a name that the vocabulary lacks stands for characters that the model does not know. */
export type WordTokens = (word: string) => readonly string[]

/** Merges by rank; without `byteFallback` what is in no vocabulary gives the name of the unknown token, a character each. */
export function bpeTokens(model: Bpe): WordTokens {
  const library = new hub.BPE({
    ...model,
    // The two ways of writing merges are told apart by the first; both are lists of pairs to the library.
    merges: model.merges as string[],
    unk_token: model.unk_token ?? undefined,
    byte_fallback: model.byte_fallback ?? false,
    ignore_merges: model.ignore_merges ?? false,
    continuing_subword_suffix: null,
    end_of_word_suffix: undefined,
  } as ConstructorParameters<typeof hub.BPE>[0])
  return (word) => library.encode([word])
}

/** Longest known beginnings; a word with a part that is in no vocabulary gives the name of the unknown token. */
export function wordPieceTokens(model: WordPiece): WordTokens {
  const library = new hub.WordPiece(model as ConstructorParameters<typeof hub.WordPiece>[0])
  return (word) => library.encode([word])
}

/** The likeliest tokens; what is in no vocabulary stands as it is, a character each. */
export function unigramTokens(model: Unigram): WordTokens {
  const library = new hub.Unigram(model as ConstructorParameters<typeof hub.Unigram>[0], '')
  return (word) => library.encode([word])
}

/** A pattern as a global regular expression: Oniguruma's dialect is turned into JavaScript's. Fault `unsupported-format`. */
export function patternOf(pattern: Pattern): RegExp {
  if ('String' in pattern) return new RegExp(pattern.String.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'), 'gu')
  try {
    const { pattern: regex } = new hub.SplitPreTokenizer({ type: 'Split', pattern, behavior: 'Isolated', invert: false })
    if (regex !== null) return regex
  } catch (error) {
    throw unsupported(`its pattern ${pattern.Regex} cannot be read (${(error as Error).message})`)
  }
  throw unsupported(`its pattern ${pattern.Regex} cannot be read`)
}
