/** What is loaded: one bundle, opened for work on first use, whole or not at all. */
import { access, readdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { Fault, toFault } from '../../../shared/fault.ts'
import type { Health } from '../../../shared/workbenchContract.ts'
import { marksOf } from '../nets/template.ts'
import { openParts, type Parts } from '../parts.ts'
import { openBundle, untrainedOf, type Bundle } from '../store/bundle.ts'
import type { KeptDevices } from './devices.ts'

/** What can be told of a bundle without holding it. */
export type About = Pick<Parts, 'use' | 'format'> & Pick<Health, 'bundle'>

function aboutOf({ bundle, ids, use, format }: Parts, own: string | null): About {
  const { config, hash, parameters } = bundle
  return {
    use,
    format,
    bundle: {
      name: config.name,
      hash,
      parameters,
      ks: config.ks,
      window: config.decoder.window,
      toy: config.toy,
      ...untrainedOf(config),
      ...(own === null || resolve(bundle.folder) === resolve(own) ? {} : { folder: bundle.folder }),
      ...marksOf(ids),
    },
  }
}

export type Loader = {
  /** Throws Fault bundle-missing or bundle-damaged, and tries again at the next call. */
  readonly get: () => Promise<Parts>
  /** True while a bundle is in memory, or on its way there. */
  readonly isHeld: () => boolean
  /** What is loaded, or was before it was let go; nothing is opened again for it. Faults as `get` where nothing was loaded yet. */
  readonly about: () => Promise<About>
  /** Lets the bundle go; the next `get` opens it again. */
  readonly close: () => Promise<void>
}

/**
 * Loads the bundle in `models`: the folder itself, or the first one in it that holds a bundle. `chosen` goes before it; where that cannot
 * be loaded the log says so, since a workbench without any bundle could not show what to do about it. A device that refuses it gives
 * way to the CPU.
 */
export function openLoader(
  models: string,
  options: {
    readonly home: string
    readonly devices: Pick<KeptDevices, 'running' | 'fallBack'>
    readonly log: (line: string) => void
  },
  chosen: string | null = null,
): Loader {
  let loading: Promise<Parts> | null = null
  let told: About | null = null
  const own = (): Promise<Bundle> => findBundle(models).then(openBundle)
  const choose = (): Promise<Bundle> =>
    chosen === null
      ? own()
      : openBundle(chosen).catch((error: unknown) => {
          const { message } = toFault(error)
          options.log(`The bundle that was chosen is not loaded: ${message} That of the door is, in its place.`)
          return own()
        })
  async function open(bundle: Bundle): Promise<Parts> {
    const { devices, ...kept } = options
    const running = await devices.running()
    try {
      return await openParts(bundle, { ...kept, ...running })
    } catch (error) {
      if (!(error instanceof Fault) || error.code !== 'device-failed') throw error
      return openParts(bundle, { ...kept, ...(await devices.fallBack(error)) })
    }
  }
  const tell = async (parts: Parts): Promise<About> => aboutOf(parts, await findBundle(models).catch(() => null))
  const get = (): Promise<Parts> => {
    loading ??= choose()
      .then(open)
      .catch((error: unknown) => {
        loading = null
        throw error
      })
    return loading
  }
  return {
    get,
    isHeld: () => loading !== null,
    about: async () => {
      if (loading !== null || told === null) told = await tell(await get())
      return told
    },
    close: async () => {
      const held = loading
      // Whoever asks from now on opens it anew and does not get what is being closed.
      loading = null
      const parts = await held?.catch(() => null)
      if (parts) told = await tell(parts)
      await parts?.close()
    },
  }
}

/** The folder of a bundle: `models` itself, or the first one in it. Fault bundle-missing. */
export async function findBundle(models: string): Promise<string> {
  const names = await readdir(models).catch(() => [])
  for (const folder of [models, ...names.toSorted((a, b) => (a < b ? -1 : 1)).map((name) => join(models, name))]) {
    const holds = await access(join(folder, 'bundle.json')).then(
      () => true,
      () => false,
    )
    if (holds) return folder
  }
  throw new Fault('bundle-missing', `No bundle in ${models}.`)
}
