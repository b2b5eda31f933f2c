/** A Hub on 127.0.0.1: search, pages, trees and files of small repositories, with ranges; told to, it misbehaves as real ones do. */
import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { onTestFinished } from 'vitest'

export type Repository = {
  readonly id: string
  /** Path -> content; files of safetensors are LFS ones. */
  readonly files: Readonly<Record<string, string | Uint8Array>>
  readonly licence?: string
  readonly gated?: false | 'auto' | 'manual'
  /** Whom it answers; anybody where it is left out. */
  readonly token?: string
  readonly downloads?: number
  /** Sizes that its tree lists, where they are not the true ones. */
  readonly claims?: Readonly<Record<string, number>>
}

export type Asked = {
  readonly path: string
  readonly range: string | undefined
  readonly authorization: string | undefined
}

/** What is done to the answer of one file: a line cut or silent after so many bytes, an early end, another status or other bytes. */
export type Trouble =
  | { readonly type: 'cut' | 'hang' | 'end'; readonly after: number }
  | {
      readonly type: 'status'
      readonly status: number
      readonly headers?: Record<string, string>
      readonly body: string
    }
  | { readonly type: 'other bytes' | 'more bytes' | 'no ranges' | 'other etag' }
  | { readonly type: 'slow'; readonly bytes: number; readonly everyMs: number }
  | { readonly type: 'elsewhere'; readonly origin: string }

export type HubServer = {
  readonly url: string
  readonly asked: Asked[]
  /** Asked before each file; null lets it be. `nth` counts the answers of that path, from 1. */
  trouble: (path: string, nth: number) => Trouble | null
  readonly close: () => Promise<void>
}

/** The commit that every revision of every repository stands at. */
export const commit = 'c0ffee0123456789c0ffee0123456789c0ffee01'

/** A revision that no repository has. */
export const noRevision = 'nowhere'

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
const gitSha1 = (bytes: Uint8Array): string =>
  createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex')

export async function openHubServer(repositories: readonly Repository[]): Promise<HubServer> {
  const asked: Asked[] = []
  const counts = new Map<string, number>()
  const server = createServer((request, response) => answer(request, response))

  function answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '', 'http://hub')
    const { range, authorization } = request.headers
    const path = decodeURIComponent(url.pathname)
    asked.push({ path: path + url.search, range, authorization })
    if (path === '/api/models') return list(url, response)
    const [, ofPage, what, revision] = /^\/api\/models\/(.+?)\/(revision|tree)\/(.+)$/.exec(path) ?? []
    const [, ofFile, file = ''] = /^\/(.+?)\/resolve\/[^/]+\/(.+)$/.exec(path) ?? []
    const repository = repositories.find(({ id }) => id === (ofPage ?? ofFile))
    if (repository === undefined) return json(response, 404, { error: 'Repository not found' })
    if (revision === noRevision) return json(response, 404, { error: `Invalid rev id: ${noRevision}` })
    const open = repository.token === undefined || authorization === `Bearer ${repository.token}`
    if (!open && what === undefined) {
      if (authorization === undefined)
        return json(response, 401, {
          error: `Access to model ${repository.id} is restricted. You must be authenticated.`,
        })
      return json(response, 403, {
        error: `Access to model ${repository.id} is restricted and you are not in the authorized list.`,
      })
    }
    if (what === 'revision') return json(response, 200, { ...pageOf(repository), sha: commit })
    if (what === 'tree') return json(response, 200, treeOf(repository))
    const content = repository.files[file]
    if (content === undefined)
      return json(response, 404, { error: 'Entry not found' }, { 'x-error-code': 'EntryNotFound' })
    const nth = (counts.get(file) ?? 0) + 1
    counts.set(file, nth)
    const held = request.headers['if-range']
    send(bytesOf(content), range, typeof held === 'string' ? held : undefined, response, hub.trouble(file, nth))
  }

  function list(url: URL, response: ServerResponse): void {
    const words = (url.searchParams.get('search') ?? '').toLowerCase()
    const wanted = url.searchParams.getAll('filter')
    const found = repositories
      .filter(({ id }) => id.toLowerCase().includes(words))
      .filter(
        ({ files }) =>
          !wanted.includes('safetensors') || Object.keys(files).some((name) => name.endsWith('.safetensors')),
      )
      .toSorted((a, b) => (b.downloads ?? 0) - (a.downloads ?? 0))
    // Two a page, so that pages are turned.
    const from = Number(url.searchParams.get('cursor') ?? 0)
    const next = new URL(url)
    next.searchParams.set('cursor', String(from + 2))
    const more = from + 2 < found.length ? { link: `<${hub.url}${next.pathname}${next.search}>; rel="next"` } : {}
    json(response, 200, found.slice(from, from + 2).map(pageOf), more)
  }

  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { readonly port: number }).port))
  })
  const hub: HubServer = {
    url: `http://127.0.0.1:${port}`,
    asked,
    trouble: () => null,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return hub
}

/** The server for one test. */
export async function hubFor(repositories: readonly Repository[]): Promise<HubServer> {
  const hub = await openHubServer(repositories)
  onTestFinished(hub.close)
  return hub
}

function pageOf({ id, files, licence, gated = false, downloads = 0, token }: Repository) {
  const config: { readonly architectures?: string[]; readonly model_type?: string } = JSON.parse(
    String(files['config.json'] ?? '{}'),
  )
  const weights = Object.keys(files).some((name) => name.endsWith('.safetensors'))
  return {
    _id: id,
    id,
    private: false,
    gated: token === undefined ? gated : gated || 'auto',
    downloads,
    likes: 3,
    pipeline_tag: 'text-generation',
    lastModified: '2026-03-04T05:06:07.000Z',
    config: { architectures: config.architectures, model_type: config.model_type },
    cardData: licence === undefined ? {} : { license: licence },
    ...(weights ? { safetensors: { parameters: { F32: 1234 }, total: 1234 } } : {}),
  }
}

function treeOf({ files, claims = {} }: Repository) {
  const folders = new Set(Object.keys(files).flatMap((name) => (name.includes('/') ? [name.split('/')[0] ?? ''] : [])))
  return [
    ...[...folders].map((path) => ({ type: 'directory', oid: '0'.repeat(40), size: 0, path })),
    ...Object.entries(files).map(([path, content]) => {
      const bytes = bytesOf(content)
      const size = claims[path] ?? bytes.length
      const lfs = { oid: sha256(bytes), size, pointerSize: 130 }
      return {
        type: 'file',
        path,
        size,
        oid: gitSha1(bytes),
        ...(path.endsWith('.safetensors') ? { lfs } : {}),
      }
    }),
  ]
}

function send(
  bytes: Uint8Array,
  range: string | undefined,
  ifRange: string | undefined,
  response: ServerResponse,
  trouble: Trouble | null,
): void {
  if (trouble?.type === 'status') return void response.writeHead(trouble.status, trouble.headers).end(trouble.body)
  if (trouble?.type === 'elsewhere') {
    return void response.writeHead(302, { location: `${trouble.origin}/file` }).end()
  }
  const etag = trouble?.type === 'other etag' ? '"other"' : `"${sha256(bytes).slice(0, 16)}"`
  const [, start] = /^bytes=(\d+)-$/.exec(range ?? '') ?? []
  const ranged = start !== undefined && trouble?.type !== 'no ranges' && (ifRange === undefined || ifRange === etag)
  const from = ranged ? Number(start) : 0
  const body = Buffer.from(bytes.subarray(from))
  if (trouble?.type === 'other bytes') body[0] = (body[0] ?? 0) ^ 1
  const full = trouble?.type === 'more bytes' ? Buffer.concat([body, Buffer.from('more')]) : body
  // An early end is told by no length: a body that is just shorter.
  const length = trouble?.type === 'end' || trouble?.type === 'more bytes' ? {} : { 'content-length': full.length }
  response.writeHead(ranged ? 206 : 200, {
    etag,
    'accept-ranges': 'bytes',
    ...length,
    ...(ranged ? { 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` } : {}),
  })
  if (trouble === null || !('after' in trouble || trouble.type === 'slow')) return void response.end(full)
  if (trouble.type === 'slow') return drip(full, trouble, response)
  const part = full.subarray(0, trouble.after)
  if (trouble.type === 'end') return void response.end(part)
  response.write(part, () => {
    // Long enough that what was written has been read on a busy machine too: a line that is destroyed takes the rest with it.
    if (trouble.type === 'cut') setTimeout(() => response.destroy(), 150)
  })
}

function drip(
  body: Buffer,
  { bytes, everyMs }: { readonly bytes: number; readonly everyMs: number },
  response: ServerResponse,
): void {
  let at = 0
  const timer = setInterval(() => {
    response.write(body.subarray(at, (at += bytes)))
    if (at >= body.length) response.end()
    if (at >= body.length || response.destroyed) clearInterval(timer)
  }, everyMs)
  response.on('close', () => clearInterval(timer))
}

function json(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
}

function bytesOf(content: string | Uint8Array): Uint8Array {
  return typeof content === 'string' ? Buffer.from(content) : content
}
