/** What a page may do, as pure functions that both windows and web requests are checked with. */
import { timingSafeEqual } from 'node:crypto'
import { isAbsolute, relative } from 'node:path'

/** The only origin that windows show. */
export const appOrigin = 'app://workbench'
/** Where a page stands while it is printed: another origin, which is told nothing and believed nothing. */
export const reportOrigin = 'app://report'
/** The policy of a page to be printed: its own styles and pictures, no script, nothing fetched. */
export const reportPolicy =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/** Hosts that a link may open in the user's browser, after a question. */
const outside: ReadonlySet<string> = new Set(['arxiv.org', 'github.com', 'huggingface.co', 'onnxruntime.ai'])

/** True for addresses that a window of ours may show. */
export function mayNavigate(url: string): boolean {
  return url === appOrigin || url.startsWith(`${appOrigin}/`)
}

/** True for addresses that may be handed to the user's browser. */
export function mayOpenOutside(url: string): boolean {
  const parsed = URL.parse(url)
  return parsed !== null && parsed.protocol === 'https:' && outside.has(parsed.hostname) && parsed.username === ''
}

/** True for a path within `folder`, and not the folder itself. */
export function lies(path: string, folder: string): boolean {
  const way = relative(folder, path)
  return isAbsolute(path) && way !== '' && !way.startsWith('..') && !isAbsolute(way)
}

/** True for the permissions that the page is given: writing to the clipboard, nothing else. */
export function mayGrant(permission: string): boolean {
  return permission === 'clipboard-sanitized-write'
}

/** True when a message comes from the top frame of a page of ours. */
export function isOwnFrame(frame: { readonly url: string; readonly isTop: boolean } | null): boolean {
  return frame !== null && frame.isTop && mayNavigate(frame.url)
}

/** The policy header of a page; `connect` lists where it may connect besides its own origin. */
export function contentSecurityPolicy(nonce: string, connect: readonly string[] = []): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data: blob:",
    "font-src 'self'",
    ["connect-src 'self'", ...connect].join(' '),
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "object-src 'none'",
  ].join('; ')
}

/** True when a request names this machine and port: keeps out names that were re-bound to 127.0.0.1. */
export function isOwnHost(host: string | undefined, port: number): boolean {
  return host === `127.0.0.1:${port}` || host === `localhost:${port}`
}

/** True when a socket was opened by a page that this very server served. */
export function isOwnOrigin(origin: string | undefined, host: string | undefined): boolean {
  return origin !== undefined && host !== undefined && origin === `http://${host}`
}

/** Compares in constant time. */
export function sameToken(given: string | null, expected: string): boolean {
  if (given === null) return false
  const left = Buffer.from(given)
  const right = Buffer.from(expected)
  return left.length === right.length && timingSafeEqual(left, right)
}
