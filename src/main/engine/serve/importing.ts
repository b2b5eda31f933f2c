/** A folder taken into the home, with its adapter where it is to have one, as a job. */
import { basename, resolve } from 'node:path'
import { Fault } from '../../../shared/fault.ts'
import type { JobEvent } from '../../../shared/job.ts'
import { ModelName, type CheckModel, type ImportModel, type ModelInfo } from '../../../shared/models.ts'
import { meter } from '../../../shared/progress.ts'
import { adaptModel } from '../models/adapt.ts'
import { readAdapter } from '../models/adapter.ts'
import { folderOf, readModelFolder } from '../models/folder.ts'
import { checkFree, importModel, type ImportStep } from '../models/import.ts'
import { modelFolder, modelInfo } from '../models/manifest.ts'
import { matchModel, type MatchedModel } from '../models/match.ts'
import { withAdapter, type AdapterHub, type AdapterWay } from './adapting.ts'
import { streamOf } from './stream.ts'

/** An input as the contract hands it over: its defaults filled in. */
type Parsed<Input> = { readonly [Key in keyof Input]-?: Exclude<Input[Key], undefined> }

/** A folder matched, with its adapter where it is to have one, for as long as `work` takes. Faults as `withAdapter`. */
export async function withMatched<Result>(
  { path, adapter, adapterRevision }: CheckModel,
  way: AdapterWay,
  work: (model: MatchedModel) => Promise<Result>,
): Promise<Result> {
  const model = matchModel(await readModelFolder(await folderOf(resolve(path))))
  if (adapter === undefined) return work(model)
  return withAdapter({ adapter, adapterRevision }, way, async (folder) =>
    work(adaptModel(model, await readAdapter(folder))),
  )
}

/** Imports a folder into the home; adapters come from `hub` too, where it is given. */
export function importFolder(
  input: Parsed<Pick<ImportModel, 'path' | 'dtype'>> & Omit<ImportModel, 'path' | 'dtype'>,
  home: string,
  signal?: AbortSignal,
  hub?: AdapterHub,
): AsyncGenerator<JobEvent<never, ModelInfo>> {
  return streamOf<JobEvent<never, ModelInfo>, ModelInfo>(
    async (emit, stop) => {
      const path = await folderOf(resolve(input.path))
      const folder = modelFolder(home, input.name ?? nameOf(path))
      // Said before anything is fetched.
      await checkFree(folder)
      const manifest = await withMatched(input, { hub, tell: emit, signal: stop }, (model) =>
        importModel(model, {
          folder,
          dtype: input.dtype ?? 'f32',
          source: input.source ?? { kind: 'folder', folder: path },
          signal: stop,
          tell: importTeller('import', emit),
        }),
      )
      return modelInfo(folder, manifest)
    },
    (result) => ({ type: 'done', result }),
    signal,
  )
}

/** The name that a folder gives its model. Fault bad-input where it gives none. */
function nameOf(path: string): string {
  const name = basename(path)
    .replaceAll(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 80)
  if (ModelName.safeParse(name).success) return name
  throw new Fault('bad-input', `${path} gives no name for the model.`, { remedy: 'Give it one with --name.' })
}

/** Progress of an import in tensors, bytes and their rate beside. */
export function importTeller(stage: string, emit: (event: JobEvent<never, never>) => void): (step: ImportStep) => void {
  let progress: ReturnType<typeof meter> | null = null
  const began = performance.now()
  return ({ done, total, bytes, of }) => {
    progress ??= meter(stage, 'tensors', total)
    if (!progress.due() && done < total) return
    const seconds = (performance.now() - began) / 1000
    const perSecond = seconds > 0 ? bytes / seconds : 0
    const megabytes = (value: number): string => (value / 1e6).toFixed(0)
    const note = `${megabytes(bytes)} of ${megabytes(of)} MB, ${megabytes(perSecond)} MB/s`
    emit({ ...progress.at(done, note), secondsLeft: perSecond > 0 ? (of - bytes) / perSecond : null })
  }
}
