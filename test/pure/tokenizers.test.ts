import { existsSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { trainBpe } from '../../src/main/engine/tokens/bpe.ts'
import { roleIds } from '../../src/main/engine/tokens/special.ts'
import { openTokenizer, type Tokenizer } from '../../src/main/engine/tokens/tokenizer.ts'

const texts = [
  'The bridge of Marlow was built in 1874, and the river under the bridge is the Tarn.',
  "It's the engineer's bridge; THEY'RE 12345 steps, and don't you say it isn't.",
  'El puente de Marlow se construyó en 1874; el río es el Tarn. ¿Dónde está el puente?',
  '马洛的桥建于1874年。桥下的河是塔恩河。 😀 naïve café',
]
const bytes = trainBpe({ texts, size: 420, special: ['<s>', '<pad>', '</s>'] })

const added = (names: readonly string[], from = 0) =>
  names.map((content, at) => ({ id: from + at, content, special: true, normalized: false }))
const vocab = (names: readonly string[]) => Object.fromEntries(names.map((name, id) => [name, id]))
const split = (regex: string) => ({ type: 'Split', pattern: { Regex: regex }, behavior: 'Isolated', invert: false })
const toBytes = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: false, use_regex: false }

const readJson = (url: URL): unknown => JSON.parse(readFileSync(url, 'utf8'))
const stories = new URL('../fixtures/models/stories260K/', import.meta.url)

/** The pre-tokenizer of Llama 3, and Qwen's with its normalizer, over the small vocabulary. */
const llama3Words = String.raw`(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`
const qwenWords = llama3Words.replace('{1,3}', '')
const llama3Json = {
  ...bytes,
  pre_tokenizer: { type: 'Sequence', pretokenizers: [split(llama3Words), toBytes] },
  post_processor: {
    type: 'Sequence',
    processors: [
      { type: 'ByteLevel', add_prefix_space: true, trim_offsets: false, use_regex: true },
      {
        type: 'TemplateProcessing',
        single: [{ SpecialToken: { id: '<s>', type_id: 0 } }, { Sequence: { id: 'A', type_id: 0 } }],
        pair: [],
        special_tokens: { '<s>': { id: '<s>', ids: [0], tokens: ['<s>'] } },
      },
    ],
  },
  model: { ...bytes.model, ignore_merges: true },
}
const qwenJson = {
  ...bytes,
  normalizer: { type: 'NFC' },
  pre_tokenizer: { type: 'Sequence', pretokenizers: [split(qwenWords), toBytes] },
}
const robertaJson = {
  ...bytes,
  pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true },
  post_processor: { type: 'RobertaProcessing', sep: ['</s>', 2], cls: ['<s>', 0], trim_offsets: true },
}

const pieces = [
  '[PAD]',
  '[UNK]',
  '[CLS]',
  '[SEP]',
  'the',
  'bridge',
  'un',
  '##aff',
  '##able',
  'cafe',
  '.',
  "'",
  's',
  '桥',
  '1',
  '##8',
  'α',
  '##σ',
]
const wordPieceJson = {
  version: '1.0',
  added_tokens: added(['[PAD]', '[UNK]', '[CLS]', '[SEP]']),
  normalizer: {
    type: 'BertNormalizer',
    clean_text: true,
    handle_chinese_chars: true,
    strip_accents: null,
    lowercase: true,
  },
  pre_tokenizer: { type: 'BertPreTokenizer' },
  post_processor: { type: 'BertProcessing', sep: ['[SEP]', 3], cls: ['[CLS]', 2] },
  decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
  model: {
    type: 'WordPiece',
    unk_token: '[UNK]',
    continuing_subword_prefix: '##',
    max_input_chars_per_word: 100,
    vocab: vocab(pieces),
  },
}

const unigramJson = {
  version: '1.0',
  added_tokens: added(['<s>', '<pad>', '</s>', '<unk>']),
  normalizer: {
    type: 'Sequence',
    normalizers: [{ type: 'NFKC' }, { type: 'Replace', pattern: { Regex: ' {2,}' }, content: ' ' }],
  },
  pre_tokenizer: { type: 'Metaspace', replacement: '▁', add_prefix_space: true },
  post_processor: null,
  decoder: { type: 'Metaspace', replacement: '▁', add_prefix_space: true },
  model: {
    type: 'Unigram',
    unk_id: 3,
    vocab: [
      ['<s>', 0],
      ['<pad>', 0],
      ['</s>', 0],
      ['<unk>', 0],
      ['▁the', -2],
      ['▁', -3],
      ['t', -5],
      ['h', -5],
      ['e', -5],
      ['▁bri', -4],
      ['dge', -4],
      ['bridge', -9],
      ['s', -5],
      ['1', -6],
      ['A', -6],
    ],
  },
}

const llama2 = openTokenizer(readJson(new URL('tokenizer.json', stories)))
const llama3 = openTokenizer(llama3Json)
const qwen = openTokenizer(qwenJson)
const roberta = openTokenizer(robertaJson)
const wordPiece = openTokenizer(wordPieceJson)
const unigram = openTokenizer(unigramJson)

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc
    .array(
      fc.constantFrom(
        ' the bridge',
        '1874',
        '\n\n ',
        'río',
        'río',
        '桥',
        '😀',
        '\u{feff}',
        '<s>',
        '▁',
        ' ',
        'İ',
        'ﬁ',
        '각',
        '각',
        "'S",
        '<0x41>',
      ),
      { maxLength: 30 },
    )
    .map((parts) => parts.join('')),
)

describe.each([
  ['Llama 2', llama2],
  ['Llama 3', llama3],
  ['Qwen', qwen],
  ['RoBERTa', roberta],
  ['BERT', wordPiece],
  ['Unigram', unigram],
])('a tokenizer of the kind of %s', (_, tokenizer: Tokenizer) => {
  test('gives ranges that cover the text without gap or overlap, and part no character', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const { ids, starts, ends } = tokenizer.offsets(text)
        expect([...ids]).toEqual([...tokenizer.encode(text)])
        if (ids.length === 0) return
        expect([...starts]).toEqual([0, ...ends].slice(0, -1))
        expect([...ends]).toEqual([...ends].toSorted((a, b) => a - b))
        expect(ends.at(-1)).toBe(text.length)
        const parted = [...ends].filter((cut) => /^[\ud800-\udbff][\udc00-\udfff]$/.test(text.slice(cut - 1, cut + 1)))
        expect(parted).toEqual([])
      }),
    )
  })

  test('reads no special token out of a text', () => {
    const special = tokenizer === wordPiece ? '[CLS]' : '<s>'
    expect([...tokenizer.encode(`a ${special} b`)]).not.toContain(tokenizer.special(special))
    expect([...tokenizer.encodeTemplate(`a ${special} b`)]).toContain(tokenizer.special(special))
  })
})

describe.each([
  ['Llama 2', llama2],
  ['Llama 3', llama3],
  ['RoBERTa', roberta],
])('what a tokenizer of the kind of %s encoded', (_, tokenizer: Tokenizer) => {
  test('is decoded to the text', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        // Llama 2 writes spaces as ▁, so that a ▁ of the text comes back as one; what is no UTF-16 it cannot spell.
        fc.pre(tokenizer !== llama2 || (!text.includes('▁') && text.isWellFormed()))
        expect(tokenizer.decode(tokenizer.encode(text))).toBe(text)
      }),
    )
  })
})

describe('Llama 2', () => {
  const { prompt, inputIds, greedy, text } = readJson(new URL('reference.json', stories)) as {
    readonly prompt: string
    readonly inputIds: readonly number[]
    readonly greedy: readonly number[]
    readonly text: string
  }

  test('gives the ids of the reference, its first token in front', () => {
    expect([...llama2.frame.around(llama2.encode(prompt)).ids]).toEqual(inputIds)
    expect(llama2.decode([...inputIds.slice(1), ...greedy])).toBe(text)
  })

  test('gives each token the characters that it was made of, the mark before the text none', () => {
    const told = (source: string) => {
      const { ids, starts, ends } = llama2.offsets(source)
      return [...ids].map((id, i) => [llama2.piece(id), source.slice(starts[i], ends[i])])
    }
    expect(told('Lily saw')).toEqual([
      [' Lily', 'Lily'],
      [' saw', ' saw'],
    ])
    // Four bytes of one character: the first of them has all of it.
    expect(told('a😀b')).toEqual([
      [' a', 'a'],
      ['\ufffd', '😀'],
      ['\ufffd', ''],
      ['\ufffd', ''],
      ['\ufffd', ''],
      ['b', 'b'],
    ])
  })

  test('spells a text that looks like a byte token, and joins bytes to characters', () => {
    expect(llama2.decode(llama2.encode('<0x41> 桥'))).toBe('<0x41> 桥')
    expect(llama2.decode([llama2.special('<s>'), ...llama2.encode('a')])).toBe('<s> a')
    expect(llama2.decode([3 + 0xe6, 3 + 0x41])).toBe('\ufffd\ufffd')
  })

  test('encodes a long text as fast as words that it has met', () => {
    const long = 'Once upon a time, there was a little girl named Lily. '.repeat(4000)
    const started = performance.now()
    const ids = llama2.encode(long)
    expect(ids.length).toBeGreaterThan(60_000)
    expect(performance.now() - started).toBeLessThan(5000)
  })
})

describe('Llama 3 and Qwen', () => {
  const words = (tokenizer: Tokenizer, text: string) => [...tokenizer.encode(text)].map(tokenizer.piece).join('|')

  test('cut numbers in threes, or digit by digit', () => {
    const all = { ...llama3Json.model.vocab }
    for (const number of ['123', '12', '45', '12345']) all[number] = Object.keys(all).length
    const known = (json: typeof llama3Json | typeof qwenJson) =>
      openTokenizer({ ...json, model: { ...json.model, ignore_merges: true, vocab: all } })
    expect(words(known(llama3Json), '12345')).toBe('123|45')
    expect(words(known(qwenJson), '12345')).toBe('1|2|3|4|5')
  })

  test('take a word that is in the vocabulary whole, merges or not', () => {
    const size = Object.keys(llama3Json.model.vocab).length
    const withWord = { ...llama3Json.model, vocab: { ...llama3Json.model.vocab, Ġzyzzyva: size } }
    expect([...openTokenizer({ ...llama3Json, model: withWord }).encode(' zyzzyva')]).toEqual([size])
    expect(
      openTokenizer({ ...llama3Json, model: { ...withWord, ignore_merges: false } }).encode(' zyzzyva').length,
    ).toBeGreaterThan(1)
  })

  test('compose letters before they look them up, and give both characters as the range', () => {
    const composed = qwen.encode('río')
    expect([...qwen.encode('río')]).toEqual([...composed])
    const { ids, starts, ends } = qwen.offsets('ri\u0301o 각')
    expect([...ids]).toEqual([...qwen.encode('río 각')])
    // The composed letter is two bytes, each a token: the first has the letter and its accent, the second what is left.
    expect([...starts].map((from, i) => 'ri\u0301o 각'.slice(from, ends[i])).slice(0, 4)).toEqual([
      'r',
      'i\u0301',
      '',
      'o',
    ])
  })

  test('put their first token in front, where they have one', () => {
    expect([...llama3.frame.around([7, 8]).ids]).toEqual([0, 7, 8])
    expect([...qwen.frame.around([7, 8]).ids]).toEqual([7, 8])
    expect([llama3.frame.added, qwen.frame.added]).toEqual([1, 0])
  })
})

describe('BERT', () => {
  const ids = (text: string) => [...wordPiece.encode(text)].map((id) => pieces[id])

  test('makes letters small and bare, and ideographs and punctuation words of their own', () => {
    expect(ids("The CAFÉ's bridge桥.")).toEqual(['the', 'cafe', "'", 's', 'bridge', '桥', '.'])
    expect(ids('unaffable unaffablest 18 181')).toEqual(['un', '##aff', '##able', '[UNK]', '1', '##8', '[UNK]'])
  })

  test('drops control characters, and takes every sigma for the same', () => {
    expect(ids('br\u0000id\u200bge\u0007')).toEqual(['bridge'])
    expect(ids('ΑΣ')).toEqual(['α', '##σ'])
  })

  test('gives ranges in the text as it was, spaces with the word behind them', () => {
    const text = ' The  CAFE\u0301 un\u00adaffable '
    const { starts, ends } = wordPiece.offsets(text)
    expect([...starts].map((from, i) => text.slice(from, ends[i]))).toEqual([
      ' The',
      '  CAFE\u0301',
      ' un',
      '\u00adaff',
      'able ',
    ])
  })

  test('cuts at white space and where words end; what joins two letters is part of their word', () => {
    const tokenizer = openTokenizer({ ...wordPieceJson, pre_tokenizer: { type: 'Whitespace' } })
    const spell = (text: string) => [...tokenizer.encode(text)].map(tokenizer.piece)
    expect(spell("the bridge's")).toEqual(['the', 'bridge', "'", 's'])
    // The normalizer drops what joins; without it, 's' and the joiner are one word that is not known.
    const plain = openTokenizer({ ...wordPieceJson, normalizer: null, pre_tokenizer: { type: 'Whitespace' } })
    expect([...plain.encode("'s\u200d")].map(plain.piece)).toEqual(["'", '[UNK]'])
    expect([...plain.encode('.\u2014s')].map(plain.piece)).toEqual(['[UNK]', 's'])
  })

  test('puts one text or two between its tokens', () => {
    expect(wordPiece.frame.around([4], [5, 10])).toEqual({
      ids: Int32Array.of(2, 4, 3, 5, 10, 3),
      types: Int32Array.of(0, 0, 0, 1, 1, 1),
    })
    expect([...roberta.frame.around([4], [5]).ids]).toEqual([0, 4, 2, 2, 5, 2])
    expect([...roberta.frame.around([4], [5]).types]).toEqual([0, 0, 0, 0, 0, 0])
  })

  test('joins pieces to words again', () => {
    expect(wordPiece.decode(wordPiece.encode('The unaffable bridge.'))).toBe('the unaffable bridge.')
    expect(wordPiece.piece(7)).toBe('aff')
  })
})

describe('Unigram', () => {
  const ids = (text: string) => [...unigram.encode(text)].map((id) => unigramJson.model.vocab[id]?.[0])

  test('takes the likeliest cut, and one unknown token for characters in a row that it lacks', () => {
    expect(ids('the bridges')).toEqual(['▁the', '▁bri', 'dge', 's'])
    expect(ids('the xyz1')).toEqual(['▁the', '▁', '<unk>', '1'])
  })

  test('drops control characters and takes marks of no width for spaces, as the rules of nmt have it', () => {
    const nmt = openTokenizer({ ...unigramJson, normalizer: { type: 'Nmt' } })
    const known = openTokenizer({ ...unigramJson, normalizer: null })
    expect(nmt.encode('th\u0003e\u200bbri\u008fdge\n1')).toEqual(known.encode('the bridge 1'))
  })

  test('gives ranges through a normalizer that makes several characters of one', () => {
    const text = 'the  Ａ①'
    const { starts, ends } = unigram.offsets(text)
    expect(ids(text)).toEqual(['▁the', '▁', 'A', '1'])
    expect([...starts].map((from, i) => text.slice(from, ends[i]))).toEqual(['the', '  ', 'Ａ', '①'])
  })

  test('spells in bytes where its model says so', () => {
    const size = unigramJson.model.vocab.length
    const spelt = Array.from({ length: 256 }, (_, byte) => [
      `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`,
      -20,
    ])
    const model = { ...unigramJson.model, byte_fallback: true, vocab: [...unigramJson.model.vocab, ...spelt] }
    const { ids: found, starts, ends } = openTokenizer({ ...unigramJson, model }).offsets('桥s')
    expect([...found]).toEqual([5, size + 0xe6, size + 0xa1, size + 0xa5, 12])
    expect([...starts].map((from, i) => '桥s'.slice(from, ends[i]))).toEqual(['', '桥', '', '', 's'])
  })
})

test("SentencePiece's compiled map of characters is followed, each character of the source kept in a range", () => {
  const { precompiled_charsmap } = readJson(new URL('../fixtures/tokenizers/charsmap.json', import.meta.url)) as {
    readonly precompiled_charsmap: string
  }
  const normalizer = { type: 'Precompiled', precompiled_charsmap }
  const vocab = ['<unk>', '▁', 'A', '1', 'fi', 'Ç', 'so', 'ft'].map((piece) => [piece, -3])
  const tokenizer = openTokenizer({
    ...unigramJson,
    added_tokens: [],
    normalizer,
    model: { type: 'Unigram', unk_id: 0, vocab },
  })
  const text = 'Ａ①ﬁ\u3000C\u0327so\u00adft'
  const { ids, starts, ends } = tokenizer.offsets(text)
  expect([...ids].map((id, i) => [tokenizer.piece(id), text.slice(starts[i], ends[i])])).toEqual([
    [' ', ''],
    ['A', 'Ａ'],
    ['1', '①'],
    ['fi', 'ﬁ'],
    [' ', '\u3000'],
    ['Ç', 'C\u0327'],
    ['so', 'so'],
    ['ft', '\u00adft'],
  ])
  const cut = { type: 'Precompiled', precompiled_charsmap: precompiled_charsmap.slice(0, 40) }
  expect(() => openTokenizer({ ...unigramJson, normalizer: cut })).toThrow('its map of characters is cut off')
})

test('words that the authors of a vocabulary added are found in a text, special tokens are not', () => {
  const json = {
    ...bytes,
    added_tokens: [
      ...bytes.added_tokens,
      { id: 500, content: '    ', special: false },
      { id: 501, content: '  ', special: false },
    ],
  }
  const tokenizer = openTokenizer(json)
  expect([...tokenizer.encode('a      b')].slice(1, 3)).toEqual([500, 501])
  expect(tokenizer.offsets('a      b').starts[2]).toBe(5)
  expect(tokenizer.size).toBe(502)
})

test('the tokens with a part to play are those that the config names and the tokenizer has', () => {
  const config = {
    bos_token: '<s>',
    eos_token: { content: '</s>', lstrip: false },
    pad_token: null,
    unk_token: '[UNK]',
  }
  expect(roleIds(config, roberta.find)).toEqual({ bos: 0, eos: 2 })
})

const bertPath = new URL('../../../shared/data/tokenizers/bert-uncased/tokenizer.json', import.meta.url)
describe.skipIf(!existsSync(bertPath))('bert-base-uncased (skipped where ../shared/data/tokenizers is absent)', () => {
  const bert = existsSync(bertPath) ? openTokenizer(readJson(bertPath)) : wordPiece

  test('knows the ids that it is known for', () => {
    expect([...bert.frame.around(bert.encode('Hello, world!')).ids]).toEqual([101, 7592, 1010, 2088, 999, 102])
    expect([...bert.encode('unaffable')]).toEqual([14477, 20961, 3468])
  })
})
