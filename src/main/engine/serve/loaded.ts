/** What is loaded: one bundle, checked whole, opened for work on first use, its decoder when something is to be decoded here. */
import { access, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Fault, toFault } from '../../../shared/fault.ts'
import { openParts, type Parts } from '../parts.ts'
import { openStored, type Bundle } from '../store/bundle.ts'
import type { KeptDevices, Running } from './devices.ts'

export type Loader = {
  /** The bundle with its decoder opened. Throws Fault bundle-missing or bundle-damaged, and tries again at the next call. */
  readonly get: () => Promise<Parts>
  /** The bundle as it is without its decoder's layers: for what does not decode here. Faults as those of `get`. */
  readonly light: () => Promise<Parts>
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
    try {
      await parts.decoder.open()
      return parts
    } catch (error) {
      if (!(error instanceof Fault) || error.code !== 'device-failed') throw error
      const other = await openOn(parts.bundle, await options.devices.fallBack(error))
      // Something may have them in hand.
      retired.push(parts)
      loading = Promise.resolve(other)
      await other.decoder.open()
      return other
    }
  }

  return {
    light,
    get: () => {
      opened ??= open().catch((error: unknown) => {
        opened = null
        throw error
      })
      return opened
    },
    close: async () => {
      await opened?.catch(() => null)
      const parts = await loading?.catch(() => null)
      for (const each of [...retired.splice(0), ...(parts ? [parts] : [])]) await each.close()
      loading = null
      opened = null
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
