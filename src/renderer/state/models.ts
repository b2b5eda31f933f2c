/** The models that are imported, and what is done with them: looked over, imported, verified, removed. */
import { createStore } from 'zustand/vanilla'
import type { FaultData } from '../../shared/fault.ts'
import type { ImportModel, ModelCheck, ModelInfo, ModelVerification } from '../../shared/models.ts'
import { faultOf, link } from '../link.ts'
import { noteFault } from './engine.ts'
import { follow, idleJob, type JobState } from './job.ts'
import { say } from './view.ts'

/** What a model is being proved to be, or was found to be. */
export type Verifying = JobState & { readonly result: ModelVerification | null }
/** A folder as it is looked over. */
export type Checking = JobState & {
  readonly path: string
  readonly adapter: string
  readonly result: ModelCheck | null
}
/** The import that runs, or the last one; `name` is what the model will be called. */
export type Importing = JobState & { readonly name: string }

export type ModelsState = {
  /** Null until the engine has told. */
  readonly list: readonly ModelInfo[] | null
  readonly listFault: FaultData | null
  /** The model whose details are shown. */
  readonly shown: string | null
  readonly verifying: Readonly<Record<string, Verifying>>
  readonly checking: Checking
  /** What stands in the field of the folder to look over. */
  readonly folder: string
  readonly importing: Importing
  readonly removeFault: FaultData | null
}

export const models = createStore<ModelsState>()(() => ({
  list: null,
  listFault: null,
  shown: null,
  verifying: {},
  checking: { ...idleJob, path: '', adapter: '', result: null },
  folder: '',
  importing: { ...idleJob, name: '' },
  removeFault: null,
}))

const stops = new Map<string, AbortController>()

export async function listModels(): Promise<void> {
  try {
    models.setState({ list: await link().models.list(), listFault: null })
  } catch (error) {
    // The frame says that the engine stopped; the list is asked for again when it is back.
    if (faultOf(error).code !== 'engine-gone') models.setState({ listFault: noteFault('list the models', error) })
  }
}

export function showModel(shown: string | null): void {
  models.setState({ shown })
}

export function setFolder(folder: string): void {
  models.setState({ folder })
}

/** Looks a folder over without importing it, with the adapter of another folder where one is named. */
export async function checkFolder(path: string, adapter = ''): Promise<void> {
  const [place, beside] = [path.trim(), adapter.trim()]
  if (place === '') return
  const signal = begin('check')
  models.setState({ checking: { ...idleJob, phase: 'running', path: place, adapter: beside, result: null } })
  const end = await follow(
    `look over ${place}`,
    signal,
    () => link().models.check({ path: place, ...(beside === '' ? {} : { adapter: beside }) }, { signal }),
    (state) => models.setState(({ checking }) => ({ checking: { ...checking, ...state } })),
    () => {},
  )
  if (end.phase !== 'done') return
  models.setState(({ checking }) => ({ checking: { ...checking, result: end.result } }))
  say(`${place} is looked over.`)
}

export function forgetCheck(): void {
  stops.get('check')?.abort()
  models.setState({ checking: { ...idleJob, path: '', adapter: '', result: null } })
}

/** Imports a folder; true where it stands among the models afterwards. */
export async function importModel(input: ImportModel & { readonly name: string }): Promise<boolean> {
  if (isImporting()) return false
  const signal = begin('import')
  models.setState({ importing: { ...idleJob, phase: 'running', name: input.name } })
  const end = await follow(
    `import ${input.name}`,
    signal,
    () => link().models.import(input, { signal }),
    (state) => models.setState({ importing: { ...state, name: input.name } }),
    () => {},
  )
  await listModels()
  if (end.phase !== 'done') return false
  models.setState({ shown: end.result.name })
  say(`${end.result.name} is imported.`)
  return true
}

export function isImporting(): boolean {
  const { phase } = models.getState().importing
  return phase === 'running' || phase === 'cancelling'
}

export function cancelImport(): void {
  if (!isImporting()) return
  models.setState(({ importing }) => ({ importing: { ...importing, phase: 'cancelling' } }))
  stops.get('import')?.abort()
}

export function forgetImport(): void {
  if (!isImporting()) models.setState({ importing: { ...idleJob, name: '' } })
}

/** Reads every file of a model through, compares its hash, and runs the network once. */
export async function verifyModel(name: string): Promise<void> {
  const signal = begin(`verify ${name}`)
  const keep = (change: Partial<Verifying>): void =>
    models.setState(({ verifying }) => ({
      verifying: { ...verifying, [name]: { ...idleJob, result: null, ...verifying[name], ...change } },
    }))
  keep({ result: null })
  const end = await follow(
    `verify ${name}`,
    signal,
    () => link().models.verify({ name }, { signal }),
    keep,
    () => {},
  )
  if (end.phase !== 'done') return
  keep({ result: end.result })
  say(end.result.holds ? `${name} is as it was imported.` : `${name} is not as it was imported.`)
}

export function cancelVerify(name: string): void {
  stops.get(`verify ${name}`)?.abort()
}

export async function removeModel(name: string): Promise<void> {
  models.setState({ removeFault: null })
  try {
    await link().models.remove({ name })
    models.setState(({ shown, verifying: { [name]: _gone, ...verifying } }) => ({
      verifying,
      shown: shown === name ? null : shown,
    }))
    say(`${name} is removed.`)
  } catch (error) {
    models.setState({ removeFault: noteFault(`remove ${name}`, error) })
  }
  await listModels()
}

/** A name that no model has: the last part of where it comes from, numbered on. */
export function freeName(from: string, list: readonly Pick<ModelInfo, 'name'>[]): string {
  const taken = new Set(list.map(({ name }) => name.toLowerCase()))
  const plain =
    (from.split(/[/\\]/).findLast((part) => part !== '') ?? '')
      .replaceAll(/[^A-Za-z0-9._-]+/g, '-')
      .replace(/^[^A-Za-z0-9]+/, '')
      .slice(0, 70) || 'model'
  let [name, number] = [plain, 1]
  while (taken.has(name.toLowerCase())) name = `${plain}-${++number}`
  return name
}

/** Ends what ran under a name, and begins anew. */
function begin(work: string): AbortSignal {
  stops.get(work)?.abort()
  const own = new AbortController()
  stops.set(work, own)
  return own.signal
}
