/** The Hub's calls: where it is, the token, looks, and the downloads that run and rest. */
import { isAbort, toFault } from '../../../shared/fault.ts'
import type { HubAccess, HubDownload, HubEntry, HubModel, HubSearch, HubTarget } from '../../../shared/hub.ts'
import { readEndpoint, usualEndpoint, usualPatience, type Hub } from '../models/hub/access.ts'
import { searchHub } from '../models/hub/client.ts'
import { prepareDownload, type DownloadEvent, type Prepared } from '../models/hub/download.ts'
import { listDownloads, readDownload, removeDownload, takeFolder } from '../models/hub/folder.ts'
import { lookAt } from '../models/hub/look.ts'
import type { KeptSettings } from '../store/settings.ts'
import type { Jobs } from './jobs.ts'
import type { Keyring } from './keyring.ts'
import { streamOf } from './stream.ts'

export type HubRoom = {
  readonly access: () => Promise<HubAccess>
  readonly takeToken: (token: string | null) => Promise<HubAccess>
  readonly search: (input: HubSearch, signal?: AbortSignal) => Promise<HubEntry[]>
  readonly look: (target: HubTarget, signal?: AbortSignal) => Promise<HubModel>
  /** Downloads for a reader, whose leaving pauses it. */
  readonly download: (target: HubTarget, signal: AbortSignal) => AsyncGenerator<DownloadEvent>
  /** Downloads a repository that holds an adapter, and keeps others off its folder until it is let go. */
  readonly adapter: (
    target: HubTarget,
    tell: (event: DownloadEvent) => void,
    signal: AbortSignal,
  ) => Promise<HubAdapter>
  /** Downloads for the workbench, among its jobs. */
  readonly begin: (target: HubTarget) => Promise<HubDownload>
  readonly list: () => Promise<HubDownload[]>
  readonly stop: (key: string) => Promise<void>
  readonly discard: (key: string) => Promise<void>
  readonly close: () => Promise<void>
}

export type HubAdapter = {
  readonly folder: string
  /** Ends its use; what has been worked into a model is deleted. */
  readonly leave: (used: boolean) => Promise<void>
}

type Active = { readonly stop: AbortController; readonly ended: Promise<unknown> }
type Token = { readonly text: string | null; readonly held: HubAccess['token'] }

const secretName = 'hub-token'

/** Downloads are kept under `home`; HF_ENDPOINT and HF_TOKEN are read from `env`. */
export function openHub(
  home: string,
  at: { readonly settings: KeptSettings; readonly jobs: Jobs; readonly keyring: Keyring },
  env: Readonly<Record<string, string | undefined>> = process.env,
): HubRoom {
  const { settings, jobs, keyring } = at
  const active = new Map<string, Active>()

  async function token(): Promise<Token> {
    const given = await keyring.read(secretName)
    if (given !== null) return given
    const text = env['HF_TOKEN']?.trim() ?? ''
    return text === '' ? { text: null, held: 'none' } : { text, held: 'environment' }
  }

  function endpoint(): Pick<HubAccess, 'endpoint' | 'named'> {
    const named = env['HF_ENDPOINT']?.trim() ?? ''
    if (named !== '') return { endpoint: readEndpoint(named), named: 'HF_ENDPOINT' }
    const { hubEndpoint } = settings.read()
    if (hubEndpoint !== null) return { endpoint: readEndpoint(hubEndpoint), named: 'setting' }
    return { endpoint: usualEndpoint, named: 'automatic' }
  }

  async function hub(): Promise<Hub> {
    return { endpoint: endpoint().endpoint, token: (await token()).text, patience: usualPatience }
  }

  async function prepare(
    target: HubTarget,
    signal?: AbortSignal,
    wanted: 'model' | 'adapter' = 'model',
  ): Promise<Prepared> {
    return prepareDownload(await hub(), home, target, signal, wanted)
  }

  /** Runs what is prepared, known by its key until it ends. */
  async function drive(
    { key, run }: Prepared,
    tell: (event: DownloadEvent) => void,
    signal?: AbortSignal,
  ): Promise<HubDownload> {
    const stop = new AbortController()
    const running = run(signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]), tell)
    active.set(key, { stop, ended: running.catch(() => {}) })
    try {
      return await running
    } finally {
      active.delete(key)
    }
  }

  async function stop(key: string): Promise<void> {
    const running = active.get(key)
    running?.stop.abort()
    await running?.ended
  }

  return {
    access: async () => ({ ...endpoint(), token: (await token()).held }),
    takeToken: async (text) => {
      await keyring.write(secretName, text)
      return { ...endpoint(), token: (await token()).held }
    },
    search: async (input, signal) => searchHub(await hub(), input, signal),
    look: async (target, signal) => lookAt(await hub(), home, target, signal),
    download: async function* (target, signal) {
      yield* streamOf<DownloadEvent, HubDownload>(
        async (emit, own) => drive(await prepare(target, own), emit, own),
        (result) => ({ type: 'done', result }),
        signal,
      )
    },
    adapter: async (target, tell, signal) => {
      const { key, folder } = await drive(await prepare(target, signal, 'adapter'), tell, signal)
      const leave = await takeFolder(folder)
      return {
        folder,
        leave: async (used) => {
          if (used) await removeDownload(home, key)
          await leave()
        },
      }
    },
    begin: async (target) => {
      const prepared = await prepare(target)
      const job = jobs.begin({ kind: 'download', title: `Download of ${target.id}`, work: prepared.key }, () => {
        void stop(prepared.key)
      })
      const ended = drive(prepared, (event) => {
        if (event.type === 'progress') job.tell(event)
      })
      // Its failure is kept with the download; nobody may be following it.
      ended.then(
        () => job.end('done'),
        (error: unknown) => {
          const { code, message, remedy } = toFault(error)
          if (isAbort(error)) job.end('stopped')
          else job.end('failed', { code, message, remedy })
        },
      )
      return readDownload(home, prepared.key, true)
    },
    list: () => listDownloads(home, (key) => active.has(key)),
    stop: async (key) => {
      await readDownload(home, key, active.has(key))
      await stop(key)
    },
    discard: async (key) => {
      await stop(key)
      await removeDownload(home, key)
    },
    close: async () => {
      await Promise.all([...active.keys()].map(stop))
    },
  }
}
