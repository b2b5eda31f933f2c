/** What is loaded: one bundle, checked whole, opened for work on first use, its decoder when something is to be decoded here. */
import { access, readdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { Fault, toFault } from '../../../shared/fault.ts'
import type { Health } from '../../../shared/workbenchContract.ts'
import { marksOf } from '../nets/template.ts'
import { openParts, type Parts } from '../parts.ts'
import { openStored, untrainedOf, type Bundle } from '../store/bundle.ts'
import type { KeptDevices, Running } from './devices.ts'

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
  /** The bundle with its decoder opened. Throws Fault bundle-missing or bundle-damaged, and tries again at the next call. */
  readonly get: () => Promise<Parts>
  /** The bundle as it is without its decoder's layers: for what does not decode here. Faults as those of `get`. */
  readonly light: () => Promise<Parts>
  /** True while a bundle is in memory, or on its way there. */
  readonly isHeld: () => boolean
  /** What is loaded, or was before it was let go: nothing is opened again for it, and by `open` what was never loaded. Faults of `open`. */
  readonly about: (open: () => Promise<Parts>) => Promise<About>
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
  let opened: Promise<Parts> | null = null
  const retired: Parts[] = []
  const own = (): Promise<Bundle> => findBundle(models).then(openStored)
  let told: About | null = null
  const choose = (): Promise<Bundle> =>
    chosen === null
      ? own()
      : openStored(chosen).catch((error: unknown) => {
          const { message } = toFault(error)
          options.log(`The bundle that was chosen is not loaded: ${message} That of the door is, in its place.`)
          return own()
        })
  const openOn = async (bundle: Bundle, running: Running): Promise<Parts> => {
    const { devices: _devices, ...kept } = options
    return openParts(bundle, { ...kept, ...running, decoderLater: true })
  }

  function light(): Promise<Parts> {
    loading ??= choose()
      .then(async (bundle) => openOn(bundle, await options.devices.running()))
      .catch((error: unknown) => {
        loading = null
        throw error
      })
    return loading
  }

  async function open(): Promise<Parts> {
    const parts = await light()
    const from = loading
    try {
      await parts.decoder.open()
      return parts
    } catch (error) {
      if (!(error instanceof Fault) || error.code !== 'device-failed') throw error
      const other = await openOn(parts.bundle, await options.devices.fallBack(error))
      // Something may have them in hand.
      retired.push(parts)
      if (loading === from) loading = Promise.resolve(other)
      await other.decoder.open()
      return other
    }
  }
  const tell = async (parts: Parts): Promise<About> => aboutOf(parts, await findBundle(models).catch(() => null))

  return {
    light,
    get: () => {
      opened ??= open().catch((error: unknown) => {
        opened = null
        throw error
      })
      return opened
    },
    isHeld: () => loading !== null,
    about: async (openFirst) => {
      if (loading !== null || told === null) told = await tell(await openFirst())
      return told
    },
    close: async () => {
      const [held, whole] = [loading, opened]
      // Whoever asks from now on opens it anew and does not get what is being closed.
      loading = null
      opened = null
      const first = await held?.catch(() => null)
      // On a device that gave way another stands in place of the first.
      const last = (await whole?.catch(() => null)) ?? first
      if (last) told = await tell(last)
      const all = new Set([...retired.splice(0), ...(first ? [first] : []), ...(last ? [last] : [])])
      for (const each of all) await each.close()
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
