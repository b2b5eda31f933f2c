/** How an imported decoder is spoken to: what opens its texts, known forms of chat, and templates in its own words. */
import { expect, test } from 'vitest'
import { templateOf, usualKind } from '../../src/main/engine/models/pieces.ts'
import { specialTokens, templateIds, templatePositions } from '../../src/main/engine/nets/template.ts'
import { trainBpe } from '../../src/main/engine/tokens/bpe.ts'
import { openTokenizer } from '../../src/main/engine/tokens/tokenizer.ts'

const json = trainBpe({
  texts: ['Question: who? Answer: she. '.repeat(20)],
  size: 300,
  special: [...specialTokens, '<s>', '<|im_start|>', '<|im_end|>'],
})
const tokenizer = openTokenizer(json)
const speech = { tokenizer, ends: [0], chat: null }

test('a decoder without a template of its own is spoken to in words, or gone on with', () => {
  expect(usualKind(speech)).toBe('question')
  const asked = templateIds(templateOf('question', speech), tokenizer)
  // Its tokenizer opens no text, so each begins as one that follows another's end.
  expect(asked.start).toEqual([0])
  expect(tokenizer.decode([...asked.question, ...tokenizer.encode('who?'), ...asked.answer])).toBe(
    '\n\nQuestion:\nwho?\nAnswer:',
  )
  expect(asked.stops).toEqual([[0], [...tokenizer.encode('\n\n')]])
  const plain = templateIds(templateOf('plain', { ...speech, ends: [0, 1] }), tokenizer)
  expect(templatePositions(plain, 4)).toBe(1)
  expect(plain.stops).toEqual([[0], [1]])
})

test('what the tokenizer puts before every text opens the input', () => {
  const template = {
    type: 'TemplateProcessing',
    single: [{ SpecialToken: { id: '<s>', type_id: 0 } }, { Sequence: { id: 'A', type_id: 0 } }],
    pair: [],
    special_tokens: { '<s>': { id: '<s>', ids: [6], tokens: ['<s>'] } },
  }
  const opened = openTokenizer({ ...json, post_processor: template })
  // One that opens another text has ended this one.
  expect(templateOf('plain', { ...speech, tokenizer: opened })).toMatchObject({
    start: ['<s>'],
    end: '<|end|>',
    stops: ['<s>'],
  })
})

test('a chat template of a known form gives the text about one message; another is refused with what to choose', () => {
  const chatty = { ...speech, chat: "{% for m in messages %}{{ '<|im_start|>' + m.role }}{% endfor %}" }
  expect(usualKind(chatty)).toBe('chat')
  const spoken = templateIds(templateOf('chat', chatty), tokenizer)
  expect(spoken.start).toEqual([7, ...tokenizer.encode('user\n')])
  expect(spoken.answer).toEqual([8, ...tokenizer.encode('\n'), 7, ...tokenizer.encode('assistant\n')])
  expect(spoken.end).toEqual([8])
  expect(spoken.stops).toEqual([[8], [0]])
  expect(spoken.lead).toBe('')
  expect(() => templateOf('chat', speech)).toThrow('no chat template')
  const unknown = { ...speech, chat: '{{ messages }}' }
  expect(usualKind(unknown)).toBe('question')
  expect(() => templateOf('chat', unknown)).toThrow(
    expect.objectContaining({ code: 'bad-input', message: expect.stringContaining('ChatML') }),
  )
})
