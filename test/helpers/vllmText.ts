/** The text of an answer as vLLM streams it: what may become a stop is held back, and a stop that stands is cut off. */

export type TextStream = {
  /** Adds a token's text; gives what is told of it, and the stop that the text has come to. */
  readonly push: (piece: string) => { readonly text: string; readonly stop: string | null }
  /** What was held back, where the answer ends otherwise. */
  readonly rest: () => string
}

export function textStream(stops: readonly string[]): TextStream {
  const held = Math.max(0, ...stops.map(({ length }) => length - 1))
  let [text, told] = ['', 0]
  function upTo(end: number): string {
    const part = text.slice(told, Math.max(told, end))
    told = Math.max(told, end)
    return part
  }
  return {
    push(piece) {
      text += piece
      const found = stops.flatMap((stop) => (text.includes(stop) ? [{ stop, at: text.indexOf(stop) }] : []))
      const [first] = found.toSorted((a, b) => a.at - b.at)
      if (first !== undefined) return { text: upTo(first.at), stop: first.stop }
      return { text: upTo(text.length - held), stop: null }
    },
    rest: () => upTo(text.length),
  }
}
