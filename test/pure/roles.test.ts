import { expect, test } from 'vitest'
import { roleIds } from '../../src/main/engine/tokens/special.ts'

test('tokens with a part to play are found by name, spelt as a text or as an object; unknown ones are left out', () => {
  const ids: Readonly<Record<string, number>> = { '<s>': 1, '</s>': 2 }
  const config = { bos_token: '<s>', eos_token: { content: '</s>' }, pad_token: '<pad>', unk_token: null }
  expect(roleIds(config, (token) => ids[token] ?? null)).toEqual({ bos: 1, eos: 2 })
  expect(roleIds(null, () => 0)).toEqual({})
})
