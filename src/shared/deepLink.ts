/** Deep links: what is looked at, as one line of text. A link carries view state and names of kept things, never data or work. */

/** What a link shows. Everything is optional; words that this version does not know are for the page to leave out. */
export type DeepLink = {
  readonly session?: string
  /** A screen by its name, such as `bench`, and a stage of it. */
  readonly screen?: string
  readonly stage?: string
  /** A kept run by its id. */
  readonly run?: string
  /** Selected chunks by their index in the run, in the order given. */
  readonly chunks?: readonly number[]
  /** A selected passage by its id, which is whatever its corpus calls it. */
  readonly passage?: string
  /** What the chunk strip is coloured by, and how near it is looked at. */
  readonly colorBy?: string
  readonly zoom?: string
}

/** The scheme that the desktop registers. */
export const linkScheme = 'refrag'

const longest = 2048
const mostChunks = 200
const id = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/
const word = /^[a-zA-Z][a-zA-Z0-9-]{0,31}$/
const chunk = /^(0|[1-9]\d{0,6})$/

type Words = 'session' | 'screen' | 'stage' | 'run' | 'colorBy' | 'zoom'
const words: Readonly<Record<Words, RegExp>> = {
  session: id,
  screen: word,
  stage: word,
  run: id,
  colorBy: word,
  zoom: word,
}
/** One line of text. */
const passageId = /^[^\p{Cc}\p{Cs}]{1,200}$/u
const wordNames = Object.keys(words) as Words[]

/**
 * Reads a link; null for any text that is not one, whole: another scheme, another verb, a path, a value outside its alphabet, a key
 * given twice, or more than 2,048 characters. Keys that this version does not know are passed over.
 */
export function parseDeepLink(text: string): DeepLink | null {
  const query = text.length > longest ? undefined : /^refrag:\/\/open\/?(?:\?([^#]*))?$/i.exec(text)
  const values = query && readQuery(query[1] ?? '')
  if (!values) return null
  const link: { -readonly [Key in keyof DeepLink]: DeepLink[Key] } = {}
  for (const name of wordNames) {
    const value = values.get(name)
    if (value === undefined) continue
    if (!words[name].test(value)) return null
    link[name] = value
  }
  const selection = values.get('sel')
  if (selection === undefined) return link
  if (selection.startsWith('passage:')) {
    const passage = selection.slice('passage:'.length)
    return passageId.test(passage) ? { ...link, passage } : null
  }
  const chunks = readChunks(selection)
  return chunks === null ? null : { ...link, chunks }
}

/** The link as text; `parseDeepLink` gives it back. */
export function formatDeepLink(link: DeepLink): string {
  const query = wordNames.flatMap((name) => {
    const value = link[name]
    return value === undefined ? [] : [`${name}=${value}`]
  })
  if (link.chunks !== undefined && link.chunks.length > 0) query.push(`sel=chunk:${link.chunks.join(',')}`)
  else if (link.passage !== undefined) query.push(`sel=passage:${encodeURIComponent(link.passage)}`)
  return `${linkScheme}://open${query.length === 0 ? '' : `?${query.join('&')}`}`
}

/** Keys and values of a query, decoded; null where a key stands twice or what is written is no text. */
function readQuery(query: string): ReadonlyMap<string, string> | null {
  const values = new Map<string, string>()
  for (const part of query.split('&').filter((each) => each !== '')) {
    const at = part.indexOf('=')
    const [key, value] = at === -1 ? [part, ''] : [part.slice(0, at), part.slice(at + 1)]
    if (values.has(key)) return null
    try {
      values.set(key, decodeURIComponent(value))
    } catch {
      return null
    }
  }
  return values
}

/** `chunk:17,21` as numbers; null where it names anything else, or more chunks than a link may. */
function readChunks(selection: string): readonly number[] | null {
  const [kind, list, ...more] = selection.split(':')
  if (kind !== 'chunk' || list === undefined || more.length > 0) return null
  const parts = list.split(',')
  return parts.length <= mostChunks && parts.every((part) => chunk.test(part)) ? parts.map(Number) : null
}
