/** Fuzzy search: the letters of what is typed, in their order, anywhere in a text; starts of words and runs of letters count more. */

export type Match = {
  readonly score: number
  /** Where the letters stand in the text, for the marks. */
  readonly at: readonly number[]
}

const perLetter = 1
const perStart = 6
const perRun = 4
const perGap = -0.3

/** How well `typed` fits `text`; null where a letter is missing. Words may come in any order. */
export function matchText(typed: string, text: string): Match | null {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean)
  let score = 0
  const at = new Set<number>()
  for (const word of words) {
    const match = matchWord([...word], text.toLowerCase())
    if (match === null) return null
    score += match.score
    for (const place of match.at) at.add(place)
  }
  // Of two that fit alike, the shorter is meant.
  return { score: score - text.length / 200, at: [...at].toSorted((a, b) => a - b) }
}

/** The best of all places at which the first letter can stand, each followed greedily. */
function matchWord(letters: readonly string[], text: string): Match | null {
  let best: Match | null = null
  for (let from = text.indexOf(letters[0] ?? ''); from !== -1; from = text.indexOf(letters[0] ?? '', from + 1)) {
    const match = matchFrom(letters, text, from)
    if (match !== null && (best === null || match.score > best.score)) best = match
  }
  return best
}

function matchFrom(letters: readonly string[], text: string, from: number): Match | null {
  const at: number[] = []
  let score = 0
  let last = -1
  for (const letter of letters) {
    const next = last === -1 ? from : nextOf(letter, text, last)
    if (next === -1) return null
    const isStart = next === 0 || /[^\p{L}\p{N}]/u.test(text[next - 1] ?? '')
    score += perLetter + (isStart ? perStart : 0)
    if (last !== -1) score += next === last + 1 ? perRun : perGap * Math.min(10, next - last - 1)
    at.push(next)
    last = next
  }
  return { score, at }
}

/** The letter right behind, else at the start of a word, else anywhere. */
function nextOf(letter: string, text: string, last: number): number {
  if (text[last + 1] === letter) return last + 1
  for (let at = text.indexOf(letter, last + 1); at !== -1; at = text.indexOf(letter, at + 1)) {
    if (/[^\p{L}\p{N}]/u.test(text[at - 1] ?? '')) return at
  }
  return text.indexOf(letter, last + 1)
}
