/** Long synthetic documents: sheets one after another, then some of them told again in other words. */
import type { Random } from '../../../../shared/random.ts'
import { retell, type Sheet } from '../../corpus/synthetic.ts'
import type { Tokenizer } from '../../tokens/tokenizer.ts'
import type { Material } from '../courses/kinds.ts'

type Encoding = Pick<Tokenizer, 'encode'>

/** Texts that `more` gives, joined until `length` tokens are full. */
function fill(tokenizer: Encoding, length: number, more: () => string): Int32Array {
  const texts: string[] = []
  // Counted text by text, which may differ by a token where two meet; what is kept is encoded as one.
  for (let held = 0; ;) {
    while (held < length + 4) {
      texts.push(more())
      held += tokenizer.encode(texts.at(-1) as string).length
    }
    const tokens = tokenizer.encode(texts.join(' '))
    if (tokens.length >= length) return tokens.slice(0, length)
    held = tokens.length - 4
  }
}

/** A document of `draw`n sheets cut to `context` tokens, and `output` tokens that can be foretold from them alone. */
export function drawRetold(
  random: Random,
  tokenizer: Encoding,
  length: { readonly context: number; readonly output: number },
  draw: () => Sheet,
): Material {
  const sheets: Sheet[] = []
  const context = fill(tokenizer, length.context, () => {
    const sheet = draw()
    sheets.push(sheet)
    return sheet.text
  })
  // The last sheets may have been cut: what follows tells those that surely stand there whole.
  const whole: Sheet[] = []
  let [next, held] = [0, 0]
  for (; next < sheets.length; next++) {
    held += tokenizer.encode(` ${(sheets[next] as Sheet).text}`).length + 1
    if (held > length.context) break
    whole.push(sheets[next] as Sheet)
  }
  const told = whole.length > 0 ? whole : sheets.slice(0, 1)
  return { context, output: fill(tokenizer, length.output, () => retell(random, random.pick(told))) }
}
