/** Where answers stand in passages: what the locating policy is shown. */
import { expect, test } from 'vitest'
import { random } from '../../src/shared/random.ts'
import { drawAsked, findAnswer } from '../../src/main/engine/train/data/asked.ts'

const at = (passages: readonly { text: string; gold?: boolean }[], answer: string): readonly string[] =>
  findAnswer(answer, passages).map(({ passage, from, to }) => {
    expect((passages[passage] as { text: string }).text.slice(from, to).toLowerCase()).toBe(answer.trim().toLowerCase())
    return `${passage}:${from}`
  })

test.each([
  ['every place, whatever its case', 'Velm', ['The Velm and the VELM.'], ['0:4', '0:17']],
  ['no piece of a longer word', 'art', ['A cart, an art, artful.'], ['0:11']],
  ['no piece of a longer number', '19', ['1987, 19, 2019'], ['0:6']],
  ['several words, ends trimmed', ' Oda Rinn ', ['Said Oda Rinn, mayor.'], ['0:5']],
  ['every passage', 'x', ['x y', 'y', 'x'], ['0:0', '2:0']],
  ['Chinese, which writes no spaces', '河口', ['在河口市里'], ['0:1']],
  ['nothing where it does not stand', 'Tave', ['The Velm.'], []],
  ['nothing for no answer', '  ', ['The Velm.'], []],
  // Lower case of İ is two units long.
  ['a text whose lower case is longer', 'Velm', ['İİ Velm velm'], ['0:3']],
] as const)('%s', (_, answer, texts, wanted) => {
  expect(
    at(
      texts.map((text) => ({ text })),
      answer,
    ),
  ).toEqual(wanted)
})

test('passages marked gold come before others, unless none of them has it', () => {
  const texts = ['Velm', 'the Velm', 'Sarn']
  const marked = (gold: number) => texts.map((text, i) => ({ text, gold: i === gold }))
  expect(at(marked(1), 'Velm')).toEqual(['1:4'])
  expect(at(marked(2), 'Velm')).toEqual(['0:0', '1:4'])
})

test('a drawn question says where the answer to it stands, and not to another of the sheets', () => {
  const draws = random(5)
  for (let i = 0; i < 200; i++) {
    const { passages, answer, standing } = drawAsked(draws, 'train', 4)
    const [place, ...others] = standing
    expect(others).toEqual([])
    expect(passages[place?.passage ?? -1]?.slice(place?.from, place?.to)).toBe(answer)
  }
})
