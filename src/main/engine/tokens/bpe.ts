/** Trains a byte-level BPE tokenizer from text: words are counted, merges learnt, and a tokenizer.json comes out. */
import { Fault } from '../../../shared/fault.ts'
import { byteChars } from './bytes.ts'
import type { Bpe, TokenizerJson } from './json.ts'
import { learnMerges } from './merges.ts'
import { isolate } from './split.ts'

/** Words as in GPT-2 (a leading space stays with its word, punctuation apart), but every digit stands alone. */
const words = String.raw`'(?:[sdmt]|ll|ve|re)| ?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`

/** The same in JavaScript's dialect, whose \s is not quite Unicode's white space. */
const wordPattern = new RegExp(words.replaceAll('\\s', '\\p{White_Space}').replaceAll('\\S', '\\P{White_Space}'), 'gu')

export type BpeOptions = {
  readonly texts: Iterable<string>
  /** Tokens in all: special ones, the 256 bytes and as many merges as fit. Fewer when the text gives no more. */
  readonly size: number
  /** Names of the special tokens, which get the ids from 0. */
  readonly special: readonly string[]
  /** How many of the most frequent distinct words are learnt from. */
  readonly maxWords?: number
}

/** A tokenizer.json of byte-level BPE. */
export type TrainedTokenizer = TokenizerJson & { readonly model: Bpe }

/** Trains a tokenizer: the same texts in the same order always give the same tokenizer.json. */
export function trainBpe({ texts, size, special, maxWords = 200_000 }: BpeOptions): TrainedTokenizer {
  const room = size - 256 - special.length
  if (!Number.isInteger(size) || room < 0 || size > 65_536) {
    const least = 256 + special.length
    throw new Fault('bad-input', `A vocabulary of ${size} tokens is not possible: ${least} to 65536 are.`)
  }
  const common = commonWords(texts, maxWords)
  const utf8 = new TextEncoder()
  const merges = learnMerges(
    common.map(([word]) => utf8.encode(word)),
    common.map(([, count]) => count),
    room,
  )
  const symbols = [...byteChars]
  const pairs = merges.map(([left, right]): [string, string] => {
    const pair: [string, string] = [symbols[left] ?? '', symbols[right] ?? '']
    symbols.push(pair.join(''))
    return pair
  })
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: special.map((content, id) => ({
      id,
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    })),
    normalizer: null,
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [
        isolate(words),
        { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false },
      ],
    },
    post_processor: null,
    decoder: { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false },
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab: Object.fromEntries([...special, ...symbols].map((token, id) => [token, id])),
      merges: pairs,
    },
  }
}

/** The most frequent words with their counts, most frequent first, ties by the word itself. */
function commonWords(texts: Iterable<string>, maxWords: number): readonly (readonly [string, number])[] {
  const counts = new Map<string, number>()
  for (const text of texts) {
    for (const word of text.match(wordPattern) ?? []) counts.set(word, (counts.get(word) ?? 0) + 1)
  }
  const sorted = [...counts].sort(([a, countA], [b, countB]) => countB - countA || (a < b ? -1 : 1))
  return sorted.slice(0, maxWords)
}
