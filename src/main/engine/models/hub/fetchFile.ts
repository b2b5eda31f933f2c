/**
 * One file of a repository, fetched so that a cut line or a kill costs nothing that came before.
 *
 * The library's `downloadFile` and `snapshotDownload` begin a file anew at every call: a Blob has no etag to go on from, and the
 * cache's partial file is written over. So the ranged GET is made here, from the address that the library's calls name the files of.
 */
import { createHash, type Hash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, rename, rm, stat, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Fault, isAbort } from '../../../../shared/fault.ts'
import { namingDisk } from '../../store/files.ts'
import type { Hub } from './access.ts'
import { partialOf, type KeptFile } from './folder.ts'
import { CutError, hostOf, refusedWith, request } from './request.ts'

export type Fetching = {
  readonly id: string
  readonly commit: string
  readonly file: KeptFile
  /** Where the whole file will lie. */
  readonly target: string
  readonly signal?: AbortSignal | undefined
  /** Hears how many bytes are on disk. */
  readonly tell: (have: number) => void
  /** Keeps what the server calls the bytes that come. */
  readonly keepEtag: (etag: string | null) => Promise<void>
}

/** A refusal is waited out at most so long. */
const longestWaitSeconds = 60
const passing: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504])

/** The file while it is written: bytes on disk and the hash of these. */
type Partial = { readonly handle: FileHandle; have: number; hash: Hash; etag: string | null }

/** Fetches a file whole, from what is there of it. Faults download-broken, hub-offline, hub-refused and disk-full; AbortError. */
export async function fetchFile(hub: Hub, fetching: Fetching): Promise<void> {
  const { file, target, signal, tell } = fetching
  await mkdir(dirname(target), { recursive: true })
  const partial = await openPartial(fetching)
  try {
    tell(partial.have)
    await fill(hub, fetching, partial)
    await partial.handle.sync()
    const found = partial.hash.digest('hex')
    if (found !== file.hash) {
      await rm(partialOf(target), { force: true })
      throw broken(file, `its ${file.algorithm} is ${found}, and the Hub's list says ${file.hash}`, {
        remedy:
          'Nothing of it was kept: fetch it again. If that stays, the server holds another file than the list says.',
      })
    }
  } catch (error) {
    throw signal?.aborted === true ? error : namingDisk(error, target)
  } finally {
    await partial.handle.close()
  }
  await rename(partialOf(target), target)
}

/** Opens what is there of the file and hashes it; longer than the file can be, it is none of it. */
async function openPartial({ file, target, signal }: Fetching): Promise<Partial> {
  const path = partialOf(target)
  const size = await stat(path).then(
    (info) => info.size,
    () => 0,
  )
  const handle = await open(path, size === 0 ? 'w' : 'r+')
  try {
    const partial: Partial = { handle, have: 0, hash: startHash(file), etag: file.etag }
    if (size > file.bytes) await handle.truncate(0)
    else if (size > 0) {
      for await (const block of createReadStream(path, { highWaterMark: 1 << 20 })) {
        signal?.throwIfAborted()
        partial.hash.update(block as Buffer)
      }
      partial.have = size
    }
    return partial
  } catch (error) {
    await handle.close()
    throw error
  }
}

/** Tries until the file is whole: a line that brings something may be cut as often as it likes. */
async function fill(hub: Hub, fetching: Fetching, partial: Partial): Promise<void> {
  const { file, signal } = fetching
  let fruitless = 0
  while (partial.have < file.bytes) {
    const before = partial.have
    try {
      await stream(hub, fetching, partial)
    } catch (error) {
      if (signal?.aborted === true) throw error
      const refused = refusedWith(error)
      const hopeless = refused === null ? !(error instanceof CutError) : !passing.has(refused.status)
      if (hopeless && !isOffline(error)) throw error
      fruitless = partial.have > before ? 0 : fruitless + 1
      const wait = hub.patience.waitsMs[fruitless === 0 ? 0 : fruitless - 1]
      const asked = refused?.wait ?? 0
      if (wait === undefined || asked > longestWaitSeconds) throw lastWord(hub, file, partial, error)
      await pause(Math.max(wait, 1000 * asked), signal)
    }
  }
}

/** One request for the bytes that are missing. Throws CutError where the line ends or falls silent first. */
async function stream(hub: Hub, fetching: Fetching, partial: Partial): Promise<void> {
  const { id, commit, file, signal, tell, keepEtag } = fetching
  const silence = new AbortController()
  let timer = setTimeout(() => silence.abort(), hub.patience.answerMs)
  const listen = signal === undefined ? silence.signal : AbortSignal.any([signal, silence.signal])
  // A range counts the bytes of the file itself, not those of a packed one.
  const headers: Record<string, string> = { 'accept-encoding': 'identity' }
  if (partial.have > 0) {
    headers['range'] = `bytes=${partial.have}-`
    if (partial.etag?.startsWith('"') === true) headers['if-range'] = partial.etag
  }
  try {
    const url = `${hub.endpoint}/${id}/resolve/${commit}/${file.path}`
    const response = await request(hub, url, { headers, signal: listen }, { id, signal })
    clearTimeout(timer)
    timer = setTimeout(() => silence.abort(), hub.patience.idleMs)
    await accept(response, file, partial)
    const etag = response.headers.get('etag')
    if (etag !== partial.etag) {
      partial.etag = etag
      await keepEtag(etag)
    }
    for await (const block of response.body ?? []) {
      timer.refresh()
      await write(file, partial, block)
      tell(partial.have)
    }
  } catch (error) {
    if (signal?.aborted === true || error instanceof Fault || isDisk(error)) throw error
    throw new CutError(silence.signal.aborted ? 'no byte came for a while' : wordOf(error), { cause: error })
  } finally {
    clearTimeout(timer)
    silence.abort()
  }
  if (partial.have < file.bytes) throw new CutError('the server ended it early')
}

/** Looks at what is about to come: the rest of the file, or, where the server begins anew, all of it. */
async function accept(response: Response, file: KeptFile, partial: Partial): Promise<void> {
  if (response.status === 206) {
    const [, from, total] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(response.headers.get('content-range') ?? '') ?? []
    if (Number(from) !== partial.have) throw broken(file, 'the server sent another part than was asked for')
    if (total !== '*' && Number(total) !== file.bytes) throw broken(file, `the server has ${total} bytes of it`)
    return
  }
  await begin(file, partial)
  const length = response.headers.get('content-length')
  if (length !== null && response.headers.get('content-encoding') === null && Number(length) !== file.bytes) {
    throw broken(file, `the server has ${length} bytes of it, and the Hub's list says ${file.bytes}`)
  }
}

async function begin(file: KeptFile, partial: Partial): Promise<void> {
  if (partial.have > 0) await partial.handle.truncate(0)
  partial.have = 0
  partial.hash = startHash(file)
}

async function write(file: KeptFile, partial: Partial, block: Uint8Array): Promise<void> {
  if (partial.have + block.length > file.bytes)
    throw broken(file, `the server sends more than the ${file.bytes} bytes that the Hub lists`)
  // A full disk may take a part of a block.
  for (let at = 0; at < block.length;) {
    const { bytesWritten } = await partial.handle.write(block, at, block.length - at, partial.have)
    partial.hash.update(block.subarray(at, at + bytesWritten))
    partial.have += bytesWritten
    at += bytesWritten
  }
}

/** LFS names a file by its sha256, git names a blob by the sha1 of its size and content. */
function startHash({ algorithm, bytes }: KeptFile): Hash {
  return algorithm === 'sha256' ? createHash('sha256') : createHash('sha1').update(`blob ${bytes}\0`)
}

/** What is said when trying again was given up: a refusal and a dead network say it themselves. */
function lastWord(hub: Hub, file: KeptFile, { have }: Partial, error: unknown): unknown {
  if (error instanceof Fault) return error
  const told = error instanceof Error ? error.message : String(error)
  return broken(file, `${hostOf(hub)} cut it off at ${have} of ${file.bytes} bytes again and again (${told})`, {
    cause: error,
  })
}

function broken({ path }: KeptFile, what: string, options: { remedy?: string; cause?: unknown } = {}): Fault {
  return new Fault('download-broken', `${path}: ${what}.`, options)
}

function isOffline(error: unknown): boolean {
  return error instanceof Fault && error.code === 'hub-offline'
}

function isDisk(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error && error.syscall === 'write'
}

function wordOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  return cause instanceof Error && !isAbort(cause) ? cause.message : 'the line was cut'
}

async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  const over = Promise.withResolvers<void>()
  const timer = setTimeout(over.resolve, ms)
  const leave = (): void => over.resolve()
  signal?.addEventListener('abort', leave, { once: true })
  try {
    await over.promise
    signal?.throwIfAborted()
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', leave)
  }
}
