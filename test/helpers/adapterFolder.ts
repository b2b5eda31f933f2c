/** LoRA adapters of random numbers in the layout of PEFT, and what they make of their base, computed plainly. */
import { random } from '../../src/shared/random.ts'
import { folderWith } from './folder.ts'
import { safetensors } from './modelFolder.ts'

export type Matrix = { readonly shape: readonly number[]; readonly data: Float32Array }

/** A tensor as the file has it, in f32. */
export function written(name: string, { shape, data }: Matrix) {
  return { name, dtype: 'F32', shape, bytes: new Uint8Array(data.slice().buffer) }
}

/** Numbers drawn with a seed. */
export function drawn(shape: readonly number[], seed: number): Matrix {
  const draws = random(seed)
  return { shape, data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => draws.float() - 0.5) }
}

export const adapterConfig = { peft_type: 'LORA', r: 4, lora_alpha: 6, target_modules: 'all-linear' }

/** The files of an adapter: its tensors by name, without what PEFT puts before them all. */
export function adapterFiles(
  tensors: Readonly<Record<string, Matrix>>,
  config: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, string | Uint8Array>> {
  return {
    'adapter_config.json': JSON.stringify({ ...adapterConfig, ...config }),
    'adapter_model.safetensors': safetensors(
      Object.entries(tensors).map(([name, tensor]) => written(`base_model.model.${name}`, tensor)),
    ),
  }
}

/** Writes an adapter into a folder. */
export function adapterFolder(
  tensors: Readonly<Record<string, Matrix>>,
  config: Readonly<Record<string, unknown>> = {},
  files: Readonly<Record<string, string>> = {},
): Promise<string> {
  return folderWith({ ...adapterFiles(tensors, config), ...files })
}

/** Both factors of a rank of 4 for a module of [out, in]. */
export function pairOf(module: string, [out, into]: readonly [number, number]): Readonly<Record<string, Matrix>> {
  return { [`${module}.lora_A.weight`]: drawn([4, into], 1), [`${module}.lora_B.weight`]: drawn([out, 4], 2) }
}

/** W + BA times the scale, number by number; `turned` where W is stored [in, out]. */
export function merged(base: Matrix, a: Matrix, b: Matrix, scale: number, turned = false): Matrix {
  const [rank, into] = a.shape as [number, number]
  const width = base.shape[1]!
  const data = base.data.map((value, at) => {
    const [row, column] = [Math.floor(at / width), at % width]
    const [i, o] = turned ? [row, column] : [column, row]
    let sum = 0
    for (let k = 0; k < rank; k++) sum += b.data[o * rank + k]! * a.data[k * into + i]!
    return value + scale * sum
  })
  return { shape: base.shape, data }
}
