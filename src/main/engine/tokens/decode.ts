/** Tokens back to text: one table of decoders, each from the names of tokens to parts of the text. */
import { fields, readStep, unsupported, type Step } from './json.ts'
import { patternOf } from './library.ts'

/** Names of tokens to parts of a text; `alone` where a token is shown by itself, so that its own space stays. */
export type Joiner = (tokens: readonly string[], alone: boolean) => readonly string[]

const byteToken = /^<0x([0-9A-Fa-f]{2})>$/

/** The table; a row reads its fields from the step and gives the function. */
const joiners: Readonly<Record<string, (step: Step) => Joiner>> = {
  Replace: (step) => {
    const { pattern, content } = readStep(fields.replace, step)
    const regex = patternOf(pattern)
    return (tokens) => tokens.map((token) => token.replace(regex, () => content))
  },
  ByteFallback: () => joinBytes,
  Fuse: () => (tokens) => [tokens.join('')],
  Strip: (step) => {
    const { content, start, stop } = readStep(fields.stripDecoder, step)
    return (tokens, alone) => (alone ? tokens : tokens.map((token) => strip(token, content, start, stop)))
  },
  Metaspace: (step) => {
    const { replacement, prepend_scheme: scheme, add_prefix_space: spaced } = readStep(fields.metaspace, step)
    const prepended = (scheme ?? (spaced === false ? 'never' : 'always')) !== 'never'
    return (tokens, alone) =>
      tokens.map((token, i) => {
        const bare = i === 0 && prepended && !alone && token.startsWith(replacement)
        return (bare ? token.slice(replacement.length) : token).replaceAll(replacement, ' ')
      })
  },
  WordPiece: (step) => {
    const { prefix, cleanup } = readStep(fields.wordPieceDecoder, step)
    return (tokens, alone) =>
      tokens.map((token, i) => {
        const inside = token.startsWith(prefix) && (i > 0 || alone)
        const shown = inside ? token.slice(prefix.length) : i > 0 ? ` ${token}` : token
        return cleanup ? tidy(shown) : shown
      })
  },
  Sequence: (step) => {
    const all = readStep(fields.decoders, step).decoders.map(openJoiner)
    return (tokens, alone) => all.reduce((made, next) => next(made, alone), tokens)
  },
}

/** The decoder of a step; Fault `unsupported-format` that names one the table lacks. Without a step, tokens stand apart. */
export function openJoiner(step: Step | null | undefined): Joiner {
  if (!step) return (tokens) => tokens.map((token, i) => (i > 0 ? ` ${token}` : token))
  const open = joiners[step.type]
  if (!open) throw unsupported(`its decoder ${step.type} is not known`)
  return open(step)
}

/** Byte tokens in a row are the characters that they spell; bytes that spell none are each a replacement character. */
function joinBytes(tokens: readonly string[]): readonly string[] {
  const made: string[] = []
  let bytes: number[] = []
  const flush = (): void => {
    if (bytes.length === 0) return
    try {
      made.push(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(bytes)))
    } catch {
      made.push('\ufffd'.repeat(bytes.length))
    }
    bytes = []
  }
  for (const token of tokens) {
    const byte = byteToken.exec(token)?.[1]
    if (byte !== undefined) bytes.push(Number.parseInt(byte, 16))
    else {
      flush()
      made.push(token)
    }
  }
  flush()
  return made
}

/** Up to `start` such characters fewer before it, up to `stop` behind it. */
function strip(token: string, content: string, start: number, stop: number): string {
  let [from, to] = [0, token.length]
  while (from < start && token[from] === content) from++
  while (to > from && token.length - to < stop && token[to - 1] === content) to--
  return token.slice(from, to)
}

/** The spaces that word pieces lose before punctuation and clitics. */
const tidied: readonly (readonly [string, string])[] = [
  [' .', '.'],
  [' ?', '?'],
  [' !', '!'],
  [' ,', ','],
  [" ' ", "'"],
  [" n't", "n't"],
  [" 'm", "'m"],
  [' do not', " don't"],
  [" 's", "'s"],
  [" 've", "'ve"],
  [" 're", "'re"],
]

function tidy(text: string): string {
  return tidied.reduce((made, [from, to]) => made.replaceAll(from, to), text)
}
