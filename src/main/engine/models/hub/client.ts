/**
 * The one door to @huggingface/hub, loaded at the first search: it knows the Hub's calls, pages and types. What it answers is a
 * stranger's JSON all the same, and is checked here. Files are not fetched through it (see fetchFile.ts).
 */
import * as z from 'zod'
import type { HubEntry, HubSearch } from '../../../../shared/hub.ts'
import type { Hub } from './access.ts'
import { answerFault, hubFetch, type About } from './request.ts'

const count = z.number().catch(0)
const text = z.string().nullable().catch(null).default(null)

/** What a listing and a repository's own page have in common. */
const Told = z.object({
  name: z.string(),
  private: z.boolean().catch(false),
  gated: z.union([z.boolean(), z.string()]).catch(false),
  task: text,
  downloads: count,
  likes: count,
  updatedAt: z.date().nullable().catch(null),
  config: z
    .object({ architectures: z.array(z.string()).catch([]), model_type: text })
    .nullable()
    .catch(null)
    .default(null),
  cardData: z
    .object({ license: z.union([z.string(), z.array(z.string())]).catch([]), license_name: text })
    .nullable()
    .catch(null)
    .default(null),
  safetensors: z
    .object({ total: z.number().nullable().catch(null), parameters: z.record(z.string(), z.number()).catch({}) })
    .nullable()
    .catch(null)
    .default(null),
})
type Told = z.infer<typeof Told>

const Repository = Told.extend({ sha: z.string().regex(/^[0-9a-f]{40}$/) })

/** A repository at a revision, as the Hub's own page tells of it. */
export type Repository = Omit<HubEntry, 'likes'> & {
  readonly commit: string
  readonly modelType: string | null
  readonly dtype: string | null
}

const Listed = z.object({
  type: z.string(),
  path: z.string(),
  size: z.number().int().min(0),
  oid: z.string(),
  lfs: z.object({ oid: z.string(), size: z.number().int().min(0) }).optional(),
})

/** A file as the tree of a commit lists it. */
export type ListedFile = {
  readonly path: string
  readonly bytes: number
  readonly hash: string
  readonly algorithm: 'sha256' | 'git-sha1'
}

const fields = ['cardData', 'config', 'safetensors'] as const

const library = () => import('@huggingface/hub')

/** Repositories that the words find, those with safetensors alone. Faults hub-offline and hub-refused. */
export async function searchHub(hub: Hub, { query, limit }: HubSearch, signal?: AbortSignal): Promise<HubEntry[]> {
  return ask(hub, { id: null, signal }, async (fetch) => {
    const { listModels } = await library()
    const found: HubEntry[] = []
    for await (const model of listModels({
      search: { query, tags: ['safetensors'] },
      sort: 'downloads',
      limit,
      additionalFields: [...fields],
      hubUrl: hub.endpoint,
      fetch,
    })) {
      const told = Told.parse(model)
      found.push({ ...toldOf(told), likes: told.likes })
    }
    return found
  })
}

/** A repository at a revision. Faults hub-offline and hub-refused. */
export async function readRepository(hub: Hub, id: string, revision: string, about: About): Promise<Repository> {
  return ask(hub, about, async (fetch) => {
    const { modelInfo } = await library()
    const given = await modelInfo({
      name: id,
      revision,
      additionalFields: [...fields, 'sha'],
      hubUrl: hub.endpoint,
      fetch,
    })
    const told = Repository.parse(given)
    const kinds = Object.entries(told.safetensors?.parameters ?? {}).toSorted((a, b) => b[1] - a[1])
    return {
      ...toldOf(told),
      commit: told.sha,
      modelType: told.config?.model_type ?? null,
      dtype: kinds[0]?.[0] ?? null,
    }
  })
}

/** The files of a commit, folders walked. Faults hub-offline, hub-refused. */
export async function listRepository(hub: Hub, id: string, commit: string, about: About): Promise<ListedFile[]> {
  return ask(hub, about, async (fetch) => {
    const { listFiles } = await library()
    const files: ListedFile[] = []
    for await (const entry of listFiles({
      repo: { type: 'model', name: id },
      revision: commit,
      recursive: true,
      hubUrl: hub.endpoint,
      fetch,
    })) {
      const { type, path, size, oid, lfs } = Listed.parse(entry)
      if (type !== 'file') continue
      files.push(
        lfs === undefined
          ? { path, bytes: size, hash: oid, algorithm: 'git-sha1' }
          : { path, bytes: lfs.size, hash: lfs.oid.replace(/^sha256:/, ''), algorithm: 'sha256' },
      )
    }
    return files
  })
}

async function ask<Answer>(hub: Hub, about: About, work: (fetch: typeof globalThis.fetch) => Promise<Answer>) {
  try {
    return await work(hubFetch(hub, about))
  } catch (error) {
    // An answer of another shape is a stranger's, like one that is no JSON.
    const strange = error instanceof z.ZodError ? new SyntaxError(error.message, { cause: error }) : error
    throw answerFault(hub, strange, about.signal)
  }
}

function toldOf(told: Told): Omit<HubEntry, 'likes'> {
  const { license = [], license_name: named = null } = told.cardData ?? {}
  const [first = null] = typeof license === 'string' ? [license] : license
  const date = told.updatedAt
  return {
    id: told.name,
    architecture: told.config?.architectures[0] ?? null,
    parameters: told.safetensors?.total ?? null,
    // `other` says nothing where the licence has a name of its own.
    licence: first === 'other' ? (named ?? first) : first,
    task: told.task,
    gated: told.gated !== false,
    private: told.private,
    downloads: told.downloads,
    updated: date === null || Number.isNaN(date.getTime()) ? null : date.toISOString(),
  }
}
