/** What is loaded: one bundle, opened for work on first use, whole or not at all. */
import { access, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Fault } from '../../../shared/fault.ts'
import { openParts, type Parts } from '../parts.ts'
import { openBundle, type Bundle } from '../store/bundle.ts'
import type { KeptDevices } from './devices.ts'

export type Loader = {
  /** Throws Fault bundle-missing or bundle-damaged, and tries again at the next call. */
  readonly get: () => Promise<Parts>
  readonly close: () => Promise<void>
}

/** Loads the bundle in `models`: the folder itself, or the first one in it that holds a bundle. A device that refuses it gives way to the CPU. */
export function openLoader(
  models: string,
  options: { readonly home: string; readonly devices: KeptDevices; readonly log: (line: string) => void },
): Loader {
  let loading: Promise<Parts> | null = null
  async function open(bundle: Bundle): Promise<Parts> {
    const { devices, ...own } = options
    const running = await devices.running()
    try {
      return await openParts(bundle, { ...own, ...running })
    } catch (error) {
      if (!(error instanceof Fault) || error.code !== 'device-failed') throw error
      return openParts(bundle, { ...own, ...(await devices.fallBack(error)) })
    }
  }
  return {
    get: () => {
      loading ??= findBundle(models)
        .then(openBundle)
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

async function findBundle(models: string): Promise<string> {
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
