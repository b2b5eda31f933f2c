import { expect, test } from 'vitest'
import { drawSheet, type Sheet } from '../../src/main/engine/corpus/synthetic.ts'
import { drawRetold } from '../../src/main/engine/train/data/retold.ts'
import { random } from '../../src/shared/random.ts'

/** Words as tokens: what is drawn can be read again. */
function wordly() {
  const words: string[] = []
  return {
    encode: (text: string) =>
      Int32Array.from(text.match(/\s*\S+/g) ?? [], (word) => {
        const at = words.indexOf(word.trim())
        return at < 0 ? words.push(word.trim()) - 1 : at
      }),
    decode: (ids: Int32Array) => Array.from(ids, (id) => words[id]).join(' '),
  }
}

test.each([
  { context: 40, output: 20 },
  { context: 200, output: 90 },
  { context: 8, output: 30 },
])('a document of $context tokens tells again only what stands in it whole', ({ context, output }) => {
  for (let seed = 1; seed <= 20; seed++) {
    const draws = random(seed)
    const tokenizer = wordly()
    const drawn: Sheet[] = []
    const draw = () => {
      let sheet = drawSheet(draws, 'train')
      while (sheet.language !== 'en') sheet = drawSheet(draws, 'train')
      drawn.push(sheet)
      return sheet
    }
    const material = drawRetold(draws, tokenizer, { context, output }, draw)
    expect([material.context.length, material.output.length]).toEqual([context, output])
    const [read, told] = [tokenizer.decode(material.context), tokenizer.decode(material.output)]
    const named = drawn.filter((sheet) => told.includes(sheet.entity))
    expect(named.length).toBeGreaterThan(0)
    for (const sheet of named) expect(read.includes(sheet.text) || sheet === drawn[0]).toBe(true)
  }
})
