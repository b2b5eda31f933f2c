/** A repository at one commit brought into the home, file by file, each whole and checked or not there at all. */
import { join } from 'node:path'
import { Fault, isAbort, toFault } from '../../../../shared/fault.ts'
import type { HubDownload, HubFetched, HubModel, HubTarget } from '../../../../shared/hub.ts'
import type { JobEvent, Progress } from '../../../../shared/job.ts'
import { meter } from '../../../../shared/progress.ts'
import type { Hub } from './access.ts'
import { whyNoAdapter } from './choose.ts'
import { fetchFile } from './fetchFile.ts'
import {
  downloadsFolder,
  haveOf,
  keepFault,
  keyOf,
  readDownload,
  readRecord,
  takeFolder,
  writeRecord,
  type DownloadRecord,
  type KeptFile,
} from './folder.ts'
import { lookAt } from './look.ts'

export type DownloadEvent = JobEvent<HubFetched, HubDownload>

/** A download that is ready to run: what it is called, and its work. */
export type Prepared = {
  readonly key: string
  readonly run: (signal: AbortSignal, tell: (event: DownloadEvent) => void) => Promise<HubDownload>
}

/**
 * Looks at the repository, takes its folder, and says whether there is room. Faults hub-offline, hub-refused, bad-input for one that
 * cannot be imported or, where an adapter is wanted, holds none; disk-full, download-busy.
 */
export async function prepareDownload(
  hub: Hub,
  home: string,
  target: HubTarget,
  signal?: AbortSignal,
  wanted: 'model' | 'adapter' = 'model',
): Promise<Prepared> {
  const model = await lookAt(hub, home, target, signal)
  if (model.refused !== null) {
    throw new Fault('bad-input', `${model.id} cannot be downloaded. ${model.refused}`, {
      remedy: 'Look for another revision or repository: many have safetensors at the revision refs/pr/1.',
    })
  }
  const lacks = wanted === 'adapter' ? whyNoAdapter(model.files.map(({ path }) => path)) : null
  if (lacks !== null) {
    throw new Fault('bad-input', `${model.id} holds no adapter. ${lacks}`, {
      remedy:
        'Name a repository or a folder in the layout of PEFT: adapter_config.json beside adapter_model.safetensors.',
    })
  }
  if (model.needs > model.free && model.have < model.bytes) throw noRoom(model)
  const key = keyOf(model.id, model.commit)
  const folder = join(downloadsFolder(home), key)
  const leave = await takeFolder(folder)
  try {
    const record = await begin(folder, model, hub)
    return { key, run: (own, tell) => run(hub, home, { key, folder, record, leave }, own, tell) }
  } catch (error) {
    await leave()
    throw error
  }
}

/** The record to go on with: what is known of the files that lie there, where the list still says the same of them. */
async function begin(folder: string, model: HubModel, hub: Hub): Promise<DownloadRecord> {
  const before = await readRecord(folder)
  const known = new Map(before?.files.map((file) => [`${file.path} ${file.hash}`, file.etag]))
  const record: DownloadRecord = {
    format: 1,
    id: model.id,
    revision: model.revision,
    commit: model.commit,
    endpoint: hub.endpoint,
    licence: model.licence,
    began: before?.began ?? new Date().toISOString(),
    files: model.files
      .filter(({ take }) => take)
      .map(({ path, bytes, hash, algorithm }) => ({
        path,
        bytes,
        hash,
        algorithm,
        etag: known.get(`${path} ${hash}`) ?? null,
      })),
    fault: null,
  }
  await writeRecord(folder, record)
  return record
}

type Place = {
  readonly key: string
  readonly folder: string
  readonly record: DownloadRecord
  readonly leave: () => Promise<void>
}

/** Fetches every file that is not whole yet. What ends it is kept with it, unless a hand did. */
async function run(
  hub: Hub,
  home: string,
  { key, folder, record, leave }: Place,
  signal: AbortSignal,
  tell: (event: DownloadEvent) => void,
): Promise<HubDownload> {
  const { id, commit } = record
  let files: readonly KeptFile[] = record.files
  try {
    const have = await haveOf(folder, files)
    const progress = measure(files, have)
    for (const [at, file] of files.entries()) {
      signal.throwIfAborted()
      if (have[at]?.whole === true) continue
      const note = `file ${at + 1} of ${files.length}: ${file.path}`
      tell(progress.at(at, have[at]?.bytes ?? 0, note))
      await fetchFile(hub, {
        id,
        commit,
        file,
        target: join(folder, file.path),
        signal,
        tell: (bytes) => {
          if (progress.due()) tell(progress.at(at, bytes, note))
        },
        keepEtag: async (etag) => {
          files = files.map((each) => (each.path === file.path ? { ...each, etag } : each))
          await writeRecord(folder, { ...record, files: [...files] })
        },
      })
      tell(progress.at(at, file.bytes, note))
      const { path, bytes, hash, algorithm } = file
      tell({ type: 'partial', partial: { path, bytes, hash, algorithm } })
    }
  } catch (error) {
    if (!isAbort(error)) {
      const { code, message, remedy } = toFault(error)
      // A full disk may be what ended it: then there is no room for this either.
      await keepFault(folder, { code, message, remedy }).catch(() => {})
    }
    throw error
  } finally {
    await leave()
  }
  return readDownload(home, key, false)
}

/** Progress in bytes of all files; the rate is of what came now, not of what lay there. */
function measure(files: readonly KeptFile[], have: readonly { readonly bytes: number }[]) {
  const bytes = have.map((each) => each.bytes)
  const before = bytes.reduce((sum, each) => sum + each, 0)
  const total = files.reduce((sum, file) => sum + file.bytes, 0)
  const came = meter('download', 'bytes', total - before)
  return {
    due: came.due,
    at: (file: number, now: number, note: string): Progress => {
      bytes[file] = now
      const done = bytes.reduce((sum, each) => sum + each, 0)
      return { ...came.at(Math.max(0, done - before), note), done, total }
    },
  }
}

function noRoom({ id, bytes, have, needs, free }: HubModel): Fault {
  const mega = (count: number): string => `${Math.ceil(count / 1e6).toLocaleString('en-US')} MB`
  return new Fault(
    'disk-full',
    `${id} needs ${mega(needs)} on the disk: ${mega(bytes - have)} to fetch, and ${mega(bytes)} for the import beside it. ${mega(free)} are free.`,
    { remedy: 'Free disk space, or name a home folder on another disk with --home or REFRAG_HOME.' },
  )
}
