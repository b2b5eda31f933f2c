/** The only door to @huggingface/tokenizers: its word models, and its reading of Oniguruma's regular expressions. */
import { Tokenizer } from '@huggingface/tokenizers'
import { unsupported, type Pattern, type TokenizerJson } from './json.ts'

/** The tokens of a word, by name; a name that the vocabulary lacks stands for characters that the model does not know. */
export type WordTokens = (word: string) => readonly string[]

/** What is used of the library; its own types do not resolve here. */
type Library = {
  readonly model: { readonly encode: (words: string[]) => string[] }
  readonly pre_tokenizer: { readonly pattern: RegExp | null } | null
}

/**
 * A word model: merges by rank (BPE), longest known beginnings (WordPiece) or the likeliest cut (Unigram). Added tokens are kept from it,
 * so that it cannot read one out of a word.
 */
export function wordTokens(model: TokenizerJson['model']): WordTokens {
  const library = open(model, null)
  return (word) => library.model.encode([word])
}

/** A pattern as a global regular expression: Oniguruma's dialect is turned into JavaScript's. Fault `unsupported-format`. */
export function patternOf(pattern: Pattern): RegExp {
  if ('String' in pattern) return new RegExp(pattern.String.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'), 'gu')
  const step = { type: 'Split', pattern, behavior: 'Isolated', invert: false }
  try {
    const regex = open({ type: 'BPE', vocab: {}, merges: [] }, step).pre_tokenizer?.pattern
    if (regex) return regex
  } catch (error) {
    throw unsupported(`its pattern ${pattern.Regex} cannot be read (${(error as Error).message})`)
  }
  throw unsupported(`its pattern ${pattern.Regex} cannot be read`)
}

function open(model: object, step: object | null): Library {
  const none = { normalizer: null, post_processor: null, decoder: null, added_tokens: [] }
  return new Tokenizer({ ...none, model, pre_tokenizer: step }, {}) as Library
}
