/** The built page as responses, the same for app:// and for HTTP: fixed types, no path outside the folder, strict policy. */
import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { extname, join, normalize, sep } from 'node:path'
import { contentSecurityPolicy } from './guard.ts'

export type PageResponse = {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array<ArrayBuffer>
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
}

const common = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
}

/** Answers `path` (as in a URL, without its query) from `folder`; `connect` goes into the page's policy. */
export async function respond(folder: string, path: string, connect: readonly string[] = []): Promise<PageResponse> {
  // Browsers ask for it unbidden; a page without one is no error.
  if (path === '/favicon.ico') return { status: 204, headers: common, body: '' }
  const file = resolveInside(folder, path === '/' ? '/index.html' : path)
  const type = file === null ? undefined : types[extname(file)]
  if (file === null || type === undefined) return plain(404, 'Not found.')
  let bytes: Uint8Array<ArrayBuffer>
  try {
    bytes = await readFile(file)
  } catch {
    return path === '/' ? plain(500, 'The page is not built. Run: npm run build') : plain(404, 'Not found.')
  }
  if (extname(file) !== '.html') {
    const hashed = path.startsWith('/assets/')
    return {
      status: 200,
      headers: {
        ...common,
        'content-type': type,
        'cache-control': hashed ? 'max-age=31536000, immutable' : 'no-cache',
      },
      body: bytes,
    }
  }
  const nonce = randomBytes(16).toString('base64url')
  return {
    status: 200,
    headers: {
      ...common,
      'content-type': type,
      'cache-control': 'no-store',
      'content-security-policy': contentSecurityPolicy(nonce, connect),
    },
    body: Buffer.from(bytes)
      .toString('utf8')
      .replace(/<meta\s+http-equiv="Content-Security-Policy"[^>]*>/i, '')
      .replace('<head>', `<head><meta property="csp-nonce" nonce="${nonce}" />`),
  }
}

/** A response of one sentence. */
export function plain(status: number, text: string): PageResponse {
  return { status, headers: { ...common, 'content-type': 'text/plain; charset=utf-8' }, body: `${text}\n` }
}

/** The file that a URL path names, or null when it would leave the folder. */
function resolveInside(folder: string, path: string): string | null {
  let decoded: string
  try {
    decoded = decodeURIComponent(path)
  } catch {
    return null
  }
  if (decoded.includes('\0') || decoded.includes('\\')) return null
  const root = normalize(folder)
  const file = normalize(join(root, decoded))
  return file.startsWith(root.endsWith(sep) ? root : root + sep) ? file : null
}
