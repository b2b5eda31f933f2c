/** What the system hands over, read from command lines and addresses, and judged before the page sees it. */
import { extname, isAbsolute, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { linkScheme, parseDeepLink } from '../../shared/deepLink.ts'
import { sessionEnding, type Handed } from '../../shared/handed.ts'

/** A command line may name any number of files; more are a mistake of a shell. */
const mostPaths = 1000
const shownCharacters = 200

/** A link as it came. */
export function handLink(text: string): Handed {
  const link = parseDeepLink(text)
  return link === null ? { type: 'refused', text: text.slice(0, shownCharacters) } : { type: 'link', link }
}

/** Paths as they came, each absolute: the sessions one by one, then the documents together. */
export function handPaths(paths: readonly string[]): Handed[] {
  const sessions = paths.filter((path) => extname(path).toLowerCase() === sessionEnding)
  const documents = paths.filter((path) => extname(path).toLowerCase() !== sessionEnding)
  return [
    ...sessions.map((path): Handed => ({ type: 'session', path })),
    ...(documents.length === 0 ? [] : [{ type: 'documents', paths: documents } as const]),
  ]
}

/**
 * What a command line hands over: `argv` behind the program (and, in development, behind the script), from the folder `cwd`.
 * Flags are Electron's and Chromium's own and are passed over, those before a `--` alone; `exists` tells which of the rest are
 * files or folders.
 */
export function handedBy(argv: readonly string[], cwd: string, exists: (path: string) => boolean): Handed[] {
  const divider = argv.indexOf('--')
  const words = argv.filter((text, at) => (divider !== -1 && at > divider) || !text.startsWith('-'))
  const links = words.filter((text) => text.toLowerCase().startsWith(`${linkScheme}:`))
  const paths = words
    .filter((text) => !links.includes(text))
    .flatMap((text) => pathOf(text, cwd) ?? [])
    .filter(exists)
  return [...links.map(handLink), ...handPaths([...new Set(paths)].slice(0, mostPaths))]
}

/** A word of a command line as an absolute path; desktops hand `file:` addresses too. Null for any other address. */
function pathOf(text: string, cwd: string): string | null {
  if (/^file:/i.test(text)) {
    try {
      return fileURLToPath(text)
    } catch {
      return null
    }
  }
  // A drive letter is no scheme.
  if (/^[a-z][a-z0-9+.-]+:/i.test(text)) return null
  return isAbsolute(text) ? text : resolve(cwd, text)
}
