/** Weights on disk in the safetensors layout: a JSON header, then the numbers, read and written without other parts. */
import * as z from 'zod'
import { Fault } from '../../../shared/fault.ts'
import { count, floats, type Tensor, type Weights } from '../graph/value.ts'

const Entry = z.object({
  dtype: z.enum(['F32', 'F16']),
  shape: z.array(z.number().int().min(0)),
  data_offsets: z.tuple([z.number().int().min(0), z.number().int().min(0)]),
})
const bytesPer = { F32: 4, F16: 2 } as const

/** All weights in one block of bytes, in the order of their names; f16 halves the size and rounds. */
export function writeSafetensors(
  weights: Weights,
  dtype: 'F32' | 'F16',
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const names = [...weights.keys()].toSorted()
  const header: Record<string, unknown> = { __metadata__: metadata }
  let at = 0
  for (const name of names) {
    const { shape } = weights.get(name) as Tensor
    const size = count(shape) * bytesPer[dtype]
    header[name] = { dtype, shape, data_offsets: [at, at + size] }
    at += size
  }
  // The header is padded with spaces, so that the numbers begin at a multiple of 8.
  const text = JSON.stringify(header)
  const head = new TextEncoder().encode(text.padEnd(Math.ceil(text.length / 8) * 8))
  const out = new Uint8Array(8 + head.length + at)
  new DataView(out.buffer).setBigUint64(0, BigInt(head.length), true)
  out.set(head, 8)
  let place = 8 + head.length
  for (const name of names) {
    const values = (weights.get(name) as Tensor).data as Float32Array
    const block =
      dtype === 'F32'
        ? new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
        : new Uint8Array(Float16Array.from(values).buffer)
    out.set(block, place)
    place += block.length
  }
  return out
}

/** The weights of such a block, as float32; Fault bundle-damaged when it is not what its header says. */
export function readSafetensors(bytes: Uint8Array, name: string): Map<string, Tensor> {
  const damaged = (reason: string): Fault => new Fault('bundle-damaged', `${name}: ${reason}.`)
  if (bytes.length < 8) throw damaged('too short for a header')
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true))
  if (length > bytes.length - 8) throw damaged('the header is longer than the file')
  let header: Record<string, unknown>
  try {
    header = z
      .record(z.string(), z.unknown())
      .parse(JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length))))
  } catch (error) {
    throw new Fault('bundle-damaged', `${name}: the header is not JSON.`, { cause: error })
  }
  const body = bytes.subarray(8 + length)
  return new Map(
    Object.entries(header)
      .filter(([key]) => key !== '__metadata__')
      .map(([key, value]) => {
        const entry = Entry.safeParse(value)
        if (!entry.success) throw damaged(`${key} is not described as F32 or F16 numbers`)
        const {
          dtype,
          shape,
          data_offsets: [from, to],
        } = entry.data
        if (to - from !== count(shape) * bytesPer[dtype] || to > body.length)
          throw damaged(`${key} has ${to - from} bytes for [${shape.join(', ')}]`)
        // A copy: a Buffer's own slice would be a view on the whole file.
        const block = new Uint8Array(body.subarray(from, to)).buffer
        return [
          key,
          floats(shape, dtype === 'F32' ? new Float32Array(block) : Float32Array.from(new Float16Array(block))),
        ] as const
      }),
  )
}
