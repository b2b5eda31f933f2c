/** A bundle's file of weights of which some stay where they lie: those are read anew at each time that they are asked for. */
import { statSync } from 'node:fs'
import { Fault } from '../../../shared/fault.ts'
import type { StoredTensor, Tensor, Weights } from '../graph/value.ts'
import { readWhole } from './rows.ts'
import { readTensorFile, type Located } from './tensorFile.ts'

export type WeightFile = {
  /** All of them by name; walking over it reads every one. */
  readonly weights: Weights
  /** Where those lie that were not read. */
  readonly stored: ReadonlyMap<string, StoredTensor>
  /** Numbers of all of them. */
  readonly parameters: number
}

/** How the file stood on disk, so that another one in its place is noticed. */
export type FileState = { readonly size: number; readonly mtimeMs: number; readonly ino: number }

/** What a file is known again by. */
export function stateOf({ size, mtimeMs, ino }: FileState): FileState {
  return { size, mtimeMs, ino }
}

/**
 * Reads the weights but those that `stays`, of a file that stood as `known` when it was checked. Fault bundle-damaged for what is no
 * file of weights, and at any later reading for one that is no longer the file that was checked.
 */
export async function openWeightFile(
  path: string,
  known: FileState,
  stays: (name: string) => boolean,
): Promise<WeightFile> {
  const { tensors } = await readTensorFile(path).catch((error: unknown) => {
    if (error instanceof Fault && error.code === 'model-damaged')
      throw new Fault('bundle-damaged', error.message, { cause: error })
    throw error
  })
  const all = new Map([...tensors].map(([name, located]) => [name, storedOf(path, located)]))
  const read = (tensor: StoredTensor): Tensor => {
    demandSame(path, known)
    return readWhole(tensor)
  }
  const held = new Map([...all].flatMap(([name, tensor]) => (stays(name) ? [] : [[name, read(tensor)] as const])))
  const stored = new Map([...all].filter(([name]) => stays(name)))
  const parameters = [...tensors.values()].reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0)
  return { weights: readWhenAsked([...all.keys()], held, stored, read), stored, parameters }
}

const dtypes = { F32: 'float32', F16: 'float16' } as const

function storedOf(file: string, { name, dtype, shape, offset, bytes }: Located): StoredTensor {
  if (dtype !== 'F32' && dtype !== 'F16')
    throw new Fault('bundle-damaged', `${file}: ${name} is not described as F32 or F16 numbers.`)
  return { dtype: dtypes[dtype], shape, file, offset, bytes }
}

function demandSame(path: string, known: FileState): void {
  let now: FileState | null = null
  try {
    now = stateOf(statSync(path))
  } catch {
    // Gone: told below.
  }
  if (now?.size === known.size && now.mtimeMs === known.mtimeMs && now.ino === known.ino) return
  throw new Fault('bundle-damaged', `${path} is no longer the file that was opened.`, {
    remedy: 'Start the workbench again: it reads the bundle anew.',
  })
}

/** The weights as a map; nothing that is stored is kept in memory by it. */
function readWhenAsked(
  names: readonly string[],
  held: ReadonlyMap<string, Tensor>,
  stored: ReadonlyMap<string, StoredTensor>,
  read: (tensor: StoredTensor) => Tensor,
): Weights {
  const get = (name: string): Tensor | undefined => {
    const lies = stored.get(name)
    return lies === undefined ? held.get(name) : read(lies)
  }
  function* entries(): Generator<[string, Tensor], undefined> {
    for (const name of names) yield [name, get(name) as Tensor]
  }
  function* values(): Generator<Tensor, undefined> {
    for (const [, tensor] of entries()) yield tensor
  }
  const weights: Weights = {
    size: names.length,
    get,
    has: (name) => held.has(name) || stored.has(name),
    keys: () => names.values(),
    values,
    entries,
    [Symbol.iterator]: entries,
    forEach: (each) => {
      for (const [name, tensor] of entries()) each(tensor, name, weights)
    },
  }
  return weights
}
