/** Bundles made of trainings: where they are kept, and that none is written over. */
import { join } from 'node:path'
import { Fault } from '../../../shared/fault.ts'
import type { MadeBundle } from '../../../shared/train.ts'
import { exists } from '../store/files.ts'
import { registerRun } from '../train/register.ts'
import { fileName } from './fileName.ts'
import type { Loader } from './loaded.ts'

/** A run's folder and the bundle's, or a training of this workbench by its id. */
export type Registering =
  | { readonly run: string; readonly out: string; readonly name?: string | undefined }
  | { readonly id: string; readonly name: string }

/** Bundles without a folder of their own are kept under `home`; `folderOf` gives that of a training, or throws run-missing. */
export function openRegister(
  home: string,
  loader: Loader,
  folderOf: (id: string) => Promise<string>,
): (what: Registering) => Promise<MadeBundle> {
  /** Being made: a name is taken before its folder stands. */
  const making = new Set<string>()
  return async (what) => {
    const { bundle } = await loader.light()
    if ('run' in what) return registerRun(what.run, bundle, what.out, what.name)
    const folder = await folderOf(what.id)
    const out = join(home, 'bundles', fileName(what.name, 'bundle'))
    const taken = (): Fault =>
      new Fault('bad-input', `A bundle of this name is there already, in ${out}.`, {
        remedy: 'Give the bundle another name.',
      })
    if (making.has(out)) throw taken()
    making.add(out)
    try {
      if (await exists(out)) throw taken()
      return await registerRun(folder, bundle, out, what.name)
    } finally {
      making.delete(out)
    }
  }
}
