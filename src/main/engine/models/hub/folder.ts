/** Downloads on disk: a folder each, with a record of what it is and what is known of every file; whole files beside partial ones. */
import { mkdir, open, readdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { Fault, type FaultData } from '../../../../shared/fault.ts'
import { HubFault, HubFile, type HubDownload } from '../../../../shared/hub.ts'
import { namingDisk, writeAtomic } from '../../store/files.ts'
import { isRunning } from '../../store/process.ts'
import { isAdapter } from './choose.ts'

const KeptFile = HubFile.omit({ take: true, why: true }).extend({
  etag: z.string().nullable().describe('as the server named what lies in the partial file'),
})
export type KeptFile = z.infer<typeof KeptFile>

const Record = z.object({
  format: z.literal(1),
  id: z.string(),
  revision: z.string(),
  commit: z.string(),
  endpoint: z.string(),
  licence: z.string().nullable(),
  began: z.string(),
  files: z.array(KeptFile),
  fault: HubFault.nullable(),
})
export type DownloadRecord = z.infer<typeof Record>

const recordFile = 'download.json'
const lockFile = 'download.lock'

/** Where downloads lie in a home. */
export function downloadsFolder(home: string): string {
  return join(home, 'downloads')
}

/** The folder's name of a repository at a commit. */
export function keyOf(id: string, commit: string): string {
  return `${id.replace('/', '--')}@${commit.slice(0, 12)}`
}

/** The folder of a key, which comes from a page. Fault download-missing where it would lead elsewhere. */
export function folderOf(home: string, key: string): string {
  if (!/^[\w-][\w.-]*@[0-9a-f]{12}$/.test(key)) throw missing(key)
  return join(downloadsFolder(home), key)
}

export function partialOf(path: string): string {
  return `${path}.partial`
}

/** The record of a folder; null where there is none that can be read. */
export async function readRecord(folder: string): Promise<DownloadRecord | null> {
  try {
    return Record.parse(JSON.parse(await readFile(join(folder, recordFile), 'utf8')))
  } catch {
    return null
  }
}

export async function writeRecord(folder: string, record: DownloadRecord): Promise<void> {
  await writeAtomic(join(folder, recordFile), `${JSON.stringify(record, null, 2)}\n`)
}

/** Keeps what ended a download, or that nothing did. */
export async function keepFault(folder: string, fault: FaultData | null): Promise<void> {
  const record = await readRecord(folder)
  if (record !== null) await writeRecord(folder, { ...record, fault })
}

/** Bytes of each file that are on disk, and whether it is whole: a file gets its name when its hash was found right. */
export async function haveOf(
  folder: string,
  files: readonly Pick<KeptFile, 'path' | 'bytes'>[],
): Promise<readonly { readonly bytes: number; readonly whole: boolean }[]> {
  return Promise.all(
    files.map(async ({ path, bytes }) => {
      const place = join(folder, path)
      if ((await sizeOf(place)) === bytes) return { bytes, whole: true }
      return { bytes: Math.min(bytes, (await sizeOf(partialOf(place))) ?? 0), whole: false }
    }),
  )
}

/** A download as it stands. Fault download-missing. */
export async function readDownload(home: string, key: string, running: boolean): Promise<HubDownload> {
  const folder = folderOf(home, key)
  const record = await readRecord(folder)
  if (record === null) throw missing(key)
  const have = await haveOf(folder, record.files)
  const filesDone = have.filter(({ whole }) => whole).length
  const { id, revision, commit, endpoint, licence, began, fault } = record
  const whole = filesDone === record.files.length
  const resting = whole ? 'done' : fault === null ? 'paused' : 'failed'
  return {
    key,
    id,
    revision,
    commit,
    endpoint,
    licence,
    began,
    folder,
    files: record.files.length,
    filesDone,
    bytes: record.files.reduce((sum, { bytes }) => sum + bytes, 0),
    have: have.reduce((sum, { bytes }) => sum + bytes, 0),
    state: running ? 'running' : resting,
    fault: running ? null : fault,
    adapter: isAdapter(record.files.map(({ path }) => path)),
  }
}

/** All downloads of a home, the latest begun first; folders without a record are none. */
export async function listDownloads(home: string, isActive: (key: string) => boolean): Promise<HubDownload[]> {
  const keys = await readdir(downloadsFolder(home)).catch(() => [])
  const found = await Promise.all(keys.map((key) => readDownload(home, key, isActive(key)).catch(() => null)))
  return found.filter((each) => each !== null).toSorted((a, b) => (a.began < b.began ? 1 : -1))
}

export async function removeDownload(home: string, key: string): Promise<void> {
  await rm(folderOf(home, key), { recursive: true, force: true })
}

/**
 * Takes a folder for this process; gives the way to leave it. Two that write one partial file would spoil it: Fault download-busy
 * while the other runs. One that was killed holds nothing.
 */
export async function takeFolder(folder: string): Promise<() => Promise<void>> {
  const path = join(folder, lockFile)
  try {
    await mkdir(folder, { recursive: true })
    for (;;) {
      const file = await open(path, 'wx').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'EEXIST') return null
        throw error
      })
      if (file !== null) {
        await file.writeFile(String(process.pid))
        await file.close()
        return () => rm(path, { force: true })
      }
      const holder = Number(await readFile(path, 'utf8').catch(() => ''))
      if (holder > 0 && isRunning(holder))
        throw new Fault(
          'download-busy',
          `It is being downloaded already${holder === process.pid ? '' : ` by another workbench, process ${holder}`}.`,
        )
      await rm(path, { force: true })
    }
  } catch (error) {
    throw namingDisk(error, folder)
  }
}

async function sizeOf(path: string): Promise<number | null> {
  return stat(path).then(
    ({ size }) => size,
    () => null,
  )
}

function missing(key: string): Fault {
  return new Fault('download-missing', `There is no download ${key} here.`)
}
