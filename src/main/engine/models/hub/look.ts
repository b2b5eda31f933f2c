/** A repository looked at before any of it is fetched: its files with sizes and hashes, its licence, what it is, what it will take. */
import { statfs } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { isAbort } from '../../../../shared/fault.ts'
import type { HubFile, HubModel, HubTarget } from '../../../../shared/hub.ts'
import type { Hub } from './access.ts'
import { chooseFiles, isAdapter, notesOn, whyNotChosen } from './choose.ts'
import { listRepository, readRepository, type ListedFile } from './client.ts'
import { downloadsFolder, haveOf, keyOf } from './folder.ts'
import { request } from './request.ts'

/** A config.json beyond this is none. */
const longestConfig = 1 << 20
/** What a file system keeps for itself, and the small files. */
const spareBytes = 16 << 20

const name = z.string().nullable().catch(null).default(null)
const size = z.number().int().nullable().catch(null).default(null)
const Shape = z.object({
  architectures: z.array(z.string()).catch([]).default([]),
  model_type: name,
  hidden_size: size,
  n_embd: size,
  num_hidden_layers: size,
  n_layer: size,
  torch_dtype: name,
  dtype: name,
})

const adapterFile = 'adapter_config.json'
const Base = z.object({ base_model_name_or_path: name })

/** What a person does with an adapter. */
function adapterNote(id: string, base: string | null): string {
  const model = base === null ? 'a model that it does not name' : base
  return `It is an adapter for ${model}: name it as the adapter where that model is imported (models import BASE --adapter ${id}), or keep it beside one that is here (Adapter… in the details of that model; models adapt NAME --adapter ${id}).`
}

/** Looks at a repository; nothing is written. Faults hub-offline and hub-refused. */
export async function lookAt(hub: Hub, home: string, target: HubTarget, signal?: AbortSignal): Promise<HubModel> {
  const { id, revision } = target
  const about = { id, signal }
  const repository = await readRepository(hub, id, revision, about)
  const listed = await listRepository(hub, id, repository.commit, about)
  const paths = listed.map(({ path }) => path)
  const adapts = isAdapter(paths)
  const settings = await readJson(
    hub,
    { id, commit: repository.commit, file: adapts ? adapterFile : 'config.json' },
    signal,
  )
  const shape = adapts ? null : (Shape.safeParse(settings).data ?? null)
  const files = filesOf(listed)
  const taken = files.filter(({ take }) => take)
  const folder = join(downloadsFolder(home), keyOf(id, repository.commit))
  const have = (await haveOf(folder, taken)).reduce((sum, { bytes }) => sum + bytes, 0)
  const bytes = taken.reduce((sum, file) => sum + file.bytes, 0)
  const adapter = adapts ? { base: Base.safeParse(settings).data?.base_model_name_or_path ?? null } : null
  return {
    ...repository,
    id,
    revision,
    architecture: shape?.architectures[0] ?? repository.architecture,
    modelType: shape?.model_type ?? repository.modelType,
    hidden: shape?.hidden_size ?? shape?.n_embd ?? null,
    layers: shape?.num_hidden_layers ?? shape?.n_layer ?? null,
    dtype: repository.dtype ?? shape?.torch_dtype ?? shape?.dtype ?? null,
    files,
    bytes,
    have,
    needs: bytes - have + bytes + spareBytes,
    free: await freeBytes(home),
    refused: whyNotChosen(paths) ?? whyNotHashed(taken),
    adapter,
    notes: adapter === null ? [...notesOn(paths)] : [adapterNote(id, adapter.base)],
  }
}

/** Every file with what becomes of it: those that are taken first, the small ones before the weights. */
function filesOf(listed: readonly ListedFile[]): HubFile[] {
  const chosen = chooseFiles(listed.map(({ path }) => path))
  const rank = (file: HubFile): number => (file.take ? 0 : 1)
  return listed
    .map((file): HubFile => ({ ...file, ...(chosen.get(file.path) ?? { take: false, why: '' }) }))
    .toSorted((a, b) => rank(a) - rank(b) || (a.take ? a.bytes - b.bytes : 0) || (a.path < b.path ? -1 : 1))
}

/** What cannot be checked is not fetched. */
function whyNotHashed(taken: readonly HubFile[]): string | null {
  const lengths = { sha256: 64, 'git-sha1': 40 } as const
  const bare = taken.find(({ hash, algorithm }) => !new RegExp(`^[0-9a-f]{${lengths[algorithm]}}$`).test(hash))
  return bare === undefined ? null : `The Hub gives no hash of ${bare.path}, so that it could not be checked.`
}

type Place = { readonly id: string; readonly commit: string; readonly file: string }

/** What a small file says; null where there is none, or it is shown to nobody yet. */
async function readJson(hub: Hub, { id, commit, file }: Place, signal?: AbortSignal): Promise<unknown> {
  const late = AbortSignal.timeout(hub.patience.answerMs)
  const both = signal === undefined ? late : AbortSignal.any([signal, late])
  try {
    const url = `${hub.endpoint}/${id}/resolve/${commit}/${file}`
    const response = await request(hub, url, { signal: both }, { id, signal })
    const parts: Uint8Array[] = []
    let length = 0
    for await (const part of response.body ?? []) {
      parts.push(part)
      length += part.length
      if (length > longestConfig) return null
    }
    return JSON.parse(Buffer.concat(parts).toString('utf8')) as unknown
  } catch (error) {
    if (signal?.aborted === true && isAbort(error)) throw error
    return null
  }
}

async function freeBytes(folder: string): Promise<number> {
  const disk = await statfs(folder)
  return disk.bavail * disk.bsize
}
