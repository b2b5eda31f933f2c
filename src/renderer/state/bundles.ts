/** The bundles that the engine can load, on the page, and the choice of another. */
import { createStore } from 'zustand/vanilla'
import type { BundleInfo } from '../../shared/bundles.ts'
import type { FaultData } from '../../shared/fault.ts'
import { faultOf, link } from '../link.ts'
import { noteFault } from './engine.ts'

export type BundlesState = {
  /** Null until the engine has told. */
  readonly list: readonly BundleInfo[] | null
  readonly fault: { readonly what: string; readonly fault: FaultData } | null
}

export const bundles = createStore<BundlesState>()(() => ({ list: null, fault: null }))

export async function listBundles(): Promise<void> {
  try {
    bundles.setState({ list: await link().bundles.list(), fault: null })
  } catch (error) {
    if (faultOf(error).code === 'engine-gone') return
    bundles.setState({
      fault: { what: 'The bundles could not be listed.', fault: noteFault('list the bundles', error) },
    })
  }
}

/** Names the bundle to load from the engine's next start on; true where it was taken. */
export async function chooseBundle({ folder, own, name }: BundleInfo): Promise<boolean> {
  try {
    await link().bundles.choose({ folder: own ? null : folder })
    await listBundles()
    return true
  } catch (error) {
    bundles.setState({ fault: { what: `${name} was not opened.`, fault: noteFault(`open the bundle ${name}`, error) } })
    return false
  }
}
