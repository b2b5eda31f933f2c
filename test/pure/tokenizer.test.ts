import { existsSync, readFileSync } from 'node:fs'
import { Tokenizer as Library } from '@huggingface/tokenizers'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { trainBpe } from '../../src/main/engine/tokens/bpe.ts'
import { openTokenizer, type Tokenizer } from '../../src/main/engine/tokens/tokenizer.ts'

const texts = [
  'The bridge of Marlow was built in 1874, and the river under the bridge is the Tarn.',
  'El puente de Marlow se construyó en 1874; el río es el Tarn. ¿Dónde está el puente?',
  '马洛的桥建于1874年。桥下的河是塔恩河。 😀 👨‍👩‍👧 naïve café',
]
const json = trainBpe({ texts, size: 400, special: ['<|end|>', '<|pad|>'] })
const small = openTokenizer(json)

const gpt2Path = new URL('../../../shared/data/tokenizers/gpt2/tokenizer.json', import.meta.url)
const gpt2Json: unknown = existsSync(gpt2Path) ? JSON.parse(readFileSync(gpt2Path, 'utf8')) : null
const gpt2 = gpt2Json === null ? null : openTokenizer(gpt2Json)

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc
    .array(fc.constantFrom(' the bridge', '1874', '\n\n ', 'río', '桥', '😀', '\u{feff}', '<|end|>'), { maxLength: 30 })
    .map((parts) => parts.join('')),
)

describe('the small trained tokenizer', () => behavesWith(small))
describe.skipIf(gpt2 === null)('the GPT-2 tokenizer (skipped where ../shared/data/tokenizers/gpt2 is absent)', () => {
  if (gpt2 !== null) behavesWith(gpt2)

  test('gives the ids that the library itself gives', () => {
    const library = new Library(gpt2Json as object, {})
    const text = `${texts.join('\n')}  It's   1,234.5 don't\t\tstop!\n`
    expect([...(gpt2?.encode(text) ?? [])]).toEqual(library.encode(text, { add_special_tokens: false }).ids)
  })

  test('knows the ids that GPT-2 is known for', () => {
    expect([...(gpt2?.encode('Hello world') ?? [])]).toEqual([15496, 995])
    expect(gpt2?.special('<|endoftext|>')).toBe(50256)
    expect(gpt2?.size).toBe(50257)
  })
})

function behavesWith(tokenizer: Tokenizer): void {
  test('decodes what it encoded, for every string', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(tokenizer.decode(tokenizer.encode(text))).toBe(text)
      }),
    )
  })

  test('gives ranges that cover the text without gap or overlap', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const { ids, starts, ends } = tokenizer.offsets(text)
        expect([...ids]).toEqual([...tokenizer.encode(text)])
        const cuts = [...ends]
        expect([...starts]).toEqual([0, ...cuts].slice(0, ids.length))
        expect(cuts).toEqual(cuts.toSorted((a, b) => a - b))
        expect(cuts.at(-1) ?? 0).toBe(text.length)
      }),
    )
  })

  test('gives each token of whole characters exactly its own text as range', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const { ids, starts, ends } = tokenizer.offsets(text)
        const pieces = [...ids].map((id) => tokenizer.piece(id))
        const ranges = pieces.map((piece, i) => (piece.includes('\ufffd') ? piece : text.slice(starts[i], ends[i])))
        expect(ranges).toEqual(pieces)
      }),
    )
  })

  test('gives ranges that never part a surrogate pair', () => {
    const { starts, ends } = tokenizer.offsets('a😀b🀄')
    const inside = [...starts, ...ends].filter((cut) => cut === 2 || cut === 5)
    expect(inside).toEqual([])
  })

  test('counts a lone surrogate as the one character that it is', () => {
    expect(tokenizer.offsets('a\ud800b').ends.at(-1)).toBe(3)
  })
}

test('an id that no token uses, which a decoder may draw, is no text', () => {
  const { size } = small
  expect([small.piece(size), small.decode([...small.encode('a '), size + 7, ...small.encode('b')])]).toEqual([
    '',
    'a b',
  ])
})

test('a special token is never read out of a text', () => {
  expect([...small.encode('a <|end|> b')]).not.toContain(small.special('<|end|>'))
  expect(small.decode([small.special('<|end|>')])).toBe('<|end|>')
  expect(() => small.special('<|none|>')).toThrow('no special token <|none|>')
})

test('the hash depends on the content and not on the order of keys', () => {
  const turned = Object.fromEntries(Object.entries(json).toReversed())
  expect(openTokenizer(turned).hash).toBe(small.hash)
  expect(openTokenizer({ ...json, version: '1.1' }).hash).not.toBe(small.hash)
})

test.each([
  ['nothing', null, 'The tokenizer cannot be used'],
  ['a model that is not known', { ...json, model: { ...json.model, type: 'WordLevel' } }, 'model.type'],
  ['a word piece model over bytes', { ...json, model: { type: 'WordPiece', vocab: {} } }, 'its bytes'],
  ['a normalizer that is not known', { ...json, normalizer: { type: 'Shout' } }, 'its normalizer Shout'],
  ['a pre-tokenizer that is not known', { ...json, pre_tokenizer: { type: 'Shred' } }, 'its pre-tokenizer Shred'],
  ['a step that lacks a field', { ...json, normalizer: { type: 'Prepend' } }, 'Prepend.prepend'],
  ['a pattern that is none', { ...json, pre_tokenizer: split('(') }, 'its pattern ( cannot be read'],
  ['missing bytes', { ...json, model: { ...json.model, vocab: { a: 0 } } }, '256 bytes'],
  ['an absurd id', { ...json, added_tokens: [{ id: 1e12, content: '<s>', special: true }] }, 'added_tokens.0.id'],
])('a tokenizer.json with %s is refused with a reason', (_, broken, reason) => {
  expect(() => openTokenizer(broken)).toThrow(
    expect.objectContaining({ code: 'unsupported-format', message: expect.stringContaining(reason) }),
  )
})

function split(regex: string): object {
  const steps = [
    { type: 'Split', pattern: { Regex: regex }, behavior: 'Isolated', invert: false },
    { type: 'ByteLevel' },
  ]
  return { type: 'Sequence', pretokenizers: steps }
}
