/** Adapters where they can be read: in a folder as they are named, or brought from the Hub first; and kept beside a model, as a job. */
import { resolve } from 'node:path'
import { Fault } from '../../../shared/fault.ts'
import { HubTarget, isHubId } from '../../../shared/hub.ts'
import type { JobEvent, Progress } from '../../../shared/job.ts'
import type { AdaptModel, ModelInfo } from '../../../shared/models.ts'
import { folderOf } from '../models/folder.ts'
import { keepApart, openBase } from '../models/keepApart.ts'
import { exists } from '../store/files.ts'
import type { HubAdapter, HubRoom } from './hub.ts'
import { streamOf } from './stream.ts'

/** What brings adapters from the Hub. */
export type AdapterHub = Pick<HubRoom, 'adapter'>

type Named = { readonly adapter: string; readonly adapterRevision?: string | undefined }

export type AdapterWay = {
  /** Left out, adapters are folders. */
  readonly hub?: AdapterHub | undefined
  /** What was downloaded stays, since it is asked for again. */
  readonly keep?: boolean
  readonly tell: (progress: Progress) => void
  readonly signal: AbortSignal
}

/**
 * Gives `work` the folder of an adapter. An id of the Hub that no folder is called by is downloaded first, or gone on with, and deleted
 * when `work` has ended well: a model has all of it then. Faults hub-offline, hub-refused, download-busy, bad-input where the repository
 * holds no adapter.
 */
export async function withAdapter<Result>(
  { adapter, adapterRevision }: Named,
  { hub, keep = false, tell, signal }: AdapterWay,
  work: (folder: string) => Promise<Result>,
): Promise<Result> {
  const path = resolve(adapter)
  if (hub === undefined || !isHubId(adapter) || (await exists(path))) return work(await folderOf(path))
  const target = HubTarget.parse({ id: adapter, revision: adapterRevision })
  const here = await fetched(hub, target, tell, signal)
  let used = false
  try {
    const result = await work(here.folder)
    used = !keep
    return result
  } finally {
    await here.leave(used)
  }
}

async function fetched(
  hub: AdapterHub,
  target: HubTarget,
  tell: AdapterWay['tell'],
  signal: AbortSignal,
): Promise<HubAdapter> {
  try {
    return await hub.adapter(target, (event) => event.type === 'progress' && tell(event), signal)
  } catch (error) {
    // The name may have been meant for a folder.
    if (!(error instanceof Fault) || (error.code !== 'hub-refused' && error.code !== 'hub-offline')) throw error
    const remedy = `${error.remedy} There is no folder ${target.id} here either.`
    throw new Fault(error.code, error.message, { remedy, cause: error })
  }
}

/** Keeps an adapter beside a model that is here. What that model and the name forbid is said before anything is fetched. */
export function adaptStored(
  input: AdaptModel,
  home: string,
  hub: AdapterHub,
  signal?: AbortSignal,
): AsyncGenerator<JobEvent<never, ModelInfo>> {
  return streamOf<JobEvent<never, ModelInfo>, ModelInfo>(
    async (emit, stop) => {
      const { name, as } = input
      await openBase(home, { name, as })
      return withAdapter(input, { hub, tell: emit, signal: stop }, (adapter) => keepApart(home, { name, adapter, as }))
    },
    (result) => ({ type: 'done', result }),
    signal,
  )
}
