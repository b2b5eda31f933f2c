/** What is loaded: one bundle, opened for work on first use, whole or not at all. */
import { access, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Fault, toFault } from '../../../shared/fault.ts'
import { openParts, type Parts } from '../parts.ts'
import { openBundle, type Bundle } from '../store/bundle.ts'
import type { KeptDevices } from './devices.ts'

export type Loader = {
  /** Throws Fault bundle-missing or bundle-damaged, and tries again at the next call. */
  readonly get: () => Promise<Parts>
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
  return {
    get: () => {
      loading ??= choose()
        .then(open)
        .catch((error: unknown) => {
          loading = null
          throw error
        })
      return loading
    },
    close: async () => {
      const parts = await loading?.catch(() => null)
      await parts?.close()
      loading = null
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
