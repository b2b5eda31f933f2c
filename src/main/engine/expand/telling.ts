/** Tokens of an answer as they are told: what may be part of a stop waits until it is known whether it is. */
import type { Token } from '../../../shared/run.ts'
import { openStopLength, stopLength, type TemplateIds } from '../nets/template.ts'

export type Telling = {
  readonly take: (token: Token) => void
  /** Tells what waited and gives all tokens: the end has a probability worth seeing, but adds nothing to the text. */
  readonly end: () => readonly Token[]
}

/** `tell` hears of each token once, in order. Tokens without an id, of servers that send text, are told at once. */
export function openTelling(ids: Pick<TemplateIds, 'stops'>, tell: (token: Token) => void): Telling {
  const tokens: Token[] = []
  const answered: (number | null)[] = []
  let told = 0
  const known = (): number[] => answered.slice(answered.lastIndexOf(null) + 1).filter((id) => id !== null)
  const tellAllBut = (held: number): void => {
    for (; told < tokens.length - held; told++) tell(tokens[told] as Token)
  }
  return {
    take: (token) => {
      tokens.push(token)
      answered.push(token.id)
      tellAllBut(Math.max(openStopLength(ids, known()), stopLength(ids, known())))
    },
    end: () => {
      const ending = stopLength(ids, known())
      for (const [i, token] of tokens.entries()) if (i >= tokens.length - ending) tokens[i] = { ...token, text: '' }
      tellAllBut(0)
      return tokens
    },
  }
}
