/** The bundles of a workbench, told without loading them, and the choice of the one to load. */
import { readdir } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import type { BundleInfo } from '../../../shared/bundles.ts'
import { toFault } from '../../../shared/fault.ts'
import { openStored } from '../store/bundle.ts'
import { readBundleCard } from '../store/bundleCard.ts'
import { keepChoice, readChoice } from '../store/choice.ts'
import { findBundle } from './loaded.ts'

/** The folder of the bundles that are made here. */
const placeOf = (home: string): string => join(home, 'bundles')

/** Every bundle, the door's own first; one that cannot be read stands there with the reason. */
export async function listBundles(home: string, own: string): Promise<BundleInfo[]> {
  const first = resolve(await findBundle(own))
  const names = await readdir(placeOf(home)).catch(() => [])
  const made = names
    // What is being written, or was when a process was killed, begins with a dot.
    .filter((name) => !name.startsWith('.'))
    .toSorted((a, b) => (a < b ? -1 : 1))
    .map((name) => resolve(placeOf(home), name))
  const chosen = resolve((await readChoice(home, own)) ?? first)
  return Promise.all(
    [first, ...made.filter((folder) => folder !== first)].map(async (folder) => ({
      folder,
      own: folder === first,
      chosen: folder === chosen,
      ...(await tell(folder)),
    })),
  )
}

async function tell(folder: string): Promise<Omit<BundleInfo, 'folder' | 'own' | 'chosen'>> {
  try {
    return await readBundleCard(folder)
  } catch (error) {
    const nothing = { name: basename(folder), hash: '', parameters: 0, ks: [], window: 0, toy: false }
    return { ...nothing, damaged: toFault(error).message }
  }
}

/** Reads a bundle through and keeps it as the one to load; null for the door's own. */
export async function chooseBundle(home: string, own: string, folder: string | null): Promise<void> {
  const other = folder === null || resolve(folder) === resolve(await findBundle(own)) ? null : resolve(folder)
  if (other !== null) await openStored(other)
  await keepChoice(home, own, other)
}
