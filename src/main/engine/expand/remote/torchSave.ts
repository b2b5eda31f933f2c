/** A float tensor in the file that torch.save makes of it: what vLLM takes prompt embeddings as. */
import { Fault } from '../../../../shared/fault.ts'
import type { RemoteDtype } from '../../../../shared/remoteKinds.ts'
import { tensorPickle } from './pickle.ts'
import { storedZip } from './storedZip.ts'

/** What each precision is called in the file, and its numbers, little-endian. */
const storages: Readonly<
  Record<RemoteDtype, { readonly name: string; readonly bytes: (values: Float32Array) => Uint8Array }>
> = {
  f32: { name: 'FloatStorage', bytes: (values) => bytesOf(values) },
  f16: { name: 'HalfStorage', bytes: (values) => bytesOf(toHalf(values)) },
  bf16: { name: 'BFloat16Storage', bytes: (values) => bytesOf(toBfloat16(values)) },
}

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text)

/** `torch.load(weights_only=True)` reads it back as a tensor [rows, columns]. Fault bad-input for numbers past what f16 can hold. */
export function torchSave(values: Float32Array, shape: readonly [number, number], dtype: RemoteDtype): Uint8Array {
  if (values.length !== shape[0] * shape[1])
    throw new Error(`internal: ${values.length} numbers for a tensor of ${shape.join(' x ')}`)
  const { name, bytes } = storages[dtype]
  return storedZip([
    ['archive/data.pkl', tensorPickle(name, shape)],
    ['archive/byteorder', ascii('little')],
    ['archive/data/0', bytes(values)],
    ['archive/version', ascii('3\n')],
  ])
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array | Float16Array | Uint16Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength)
}

function toHalf(values: Float32Array): Float16Array {
  const halves = Float16Array.from(values)
  if (!halves.every(Number.isFinite))
    throw new Fault('bad-input', 'Some of the numbers are larger than f16 can hold.', {
      remedy: 'Add the server again with --dtype bf16 or f32.',
    })
  return halves
}

/** The upper half of each number, rounded to nearest, ties to even. */
function toBfloat16(values: Float32Array): Uint16Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length)
  return Uint16Array.from(bits, (word) => (word + 0x7fff + ((word >>> 16) & 1)) >>> 16)
}
