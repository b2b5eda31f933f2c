/** The tokens with a part to play are those that the configuration names, by word or by record, and the vocabulary has. */
import { expect, test } from 'vitest'
import { roleIds } from '../../src/main/engine/tokens/special.ts'

const ids: Readonly<Record<string, number>> = { '<s>': 0, '</s>': 2, '<mask>': 9 }
const find = (token: string) => ids[token] ?? null

test.each([
  [
    { bos_token: '<s>', eos_token: { content: '</s>', lstrip: false } },
    { bos: 0, eos: 2 },
  ],
  [{ mask_token: '<mask>', pad_token: '<pad>', unk_token: null }, { mask: 9 }],
  ['no record at all', {}],
])('%j gives %j', (config, expected) => {
  expect(roleIds(config, find)).toEqual(expected)
})
