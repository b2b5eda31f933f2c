/** Safetensors files by their headers alone: what lies where, checked before a number is read, and the header that a writer begins with. */
import { open } from 'node:fs/promises'
import { basename } from 'node:path'
import * as z from 'zod'
import { Fault } from '../../../shared/fault.ts'
import { count } from '../graph/value.ts'

/** Bytes of a number, of every kind that the layout knows. */
const sizes = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  I64: 8,
  I32: 4,
  I16: 2,
  I8: 1,
  U64: 8,
  U32: 4,
  U16: 2,
  U8: 1,
  BOOL: 1,
  F8_E4M3: 1,
  F8_E5M2: 1,
} as const
export type FileDtype = keyof typeof sizes

/** Where a tensor's numbers lie: `offset` counts from the beginning of the file. */
export type Located = {
  readonly name: string
  readonly file: string
  readonly dtype: FileDtype
  readonly shape: readonly number[]
  readonly offset: number
  readonly bytes: number
}

export type TensorFile = {
  readonly file: string
  readonly bytes: number
  readonly metadata: Readonly<Record<string, string>>
  readonly tensors: ReadonlyMap<string, Located>
}

/** Longest header that the layout allows. */
const longestHeader = 100_000_000

const whole = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER)
const Entry = z.object({
  dtype: z.string(),
  shape: z.array(whole).max(8),
  data_offsets: z.tuple([whole, whole]),
})

/**
 * Reads a file's header and checks it against the file: every tensor within it, as long as its shape says, one behind the other without
 * a gap. Fault model-damaged says what is wrong; not a number is read.
 */
export async function readTensorFile(file: string): Promise<TensorFile> {
  const name = basename(file)
  const damaged = (reason: string, cause?: unknown): Fault =>
    new Fault('model-damaged', `${name}: ${reason}.`, {
      remedy: 'Fetch the file again: it is cut off, or was not written whole.',
      cause,
    })
  const handle = await open(file, 'r')
  try {
    const { size } = await handle.stat()
    if (size < 8) throw damaged(`${size} bytes are too few for a header`)
    const first = new Uint8Array(8)
    await handle.read(first, 0, 8, 0)
    const told = new DataView(first.buffer).getBigUint64(0, true)
    if (told > BigInt(longestHeader)) throw damaged(`a header of ${told} bytes is longer than the layout allows`)
    const length = Number(told)
    if (8 + length > size) throw damaged(`the header says ${length} bytes, the file has ${size}`)
    const text = new Uint8Array(length)
    await handle.read(text, 0, length, 8)
    const header = parseHeader(text, damaged)
    const { __metadata__: metadata, ...entries } = header
    const tensors = locate(file, entries, { start: 8 + length, size }, damaged)
    const parsed = z.record(z.string(), z.string()).safeParse(metadata ?? {})
    return { file, bytes: size, metadata: parsed.success ? parsed.data : {}, tensors }
  } finally {
    await handle.close()
  }
}

type Damaged = (reason: string, cause?: unknown) => Fault

function parseHeader(text: Uint8Array, damaged: Damaged): Record<string, unknown> {
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(text)))
  } catch (error) {
    throw damaged('the header is not JSON', error)
  }
}

function locate(
  file: string,
  entries: Readonly<Record<string, unknown>>,
  at: { readonly start: number; readonly size: number },
  damaged: Damaged,
): Map<string, Located> {
  const found = Object.entries(entries).map(([name, value]): Located => {
    const entry = Entry.safeParse(value)
    if (!entry.success) throw damaged(`${name} is not described as dtype, shape and data_offsets`)
    const {
      dtype,
      shape,
      data_offsets: [from, to],
    } = entry.data
    if (!isKnown(dtype)) throw damaged(`${name} is of a type ${dtype.slice(0, 20)} that the layout does not know`)
    const bytes = count(shape) * sizes[dtype]
    if (to - from !== bytes) throw damaged(`${name} has ${to - from} bytes for ${dtype} [${shape.join(', ')}]`)
    return { name, file, dtype, shape, offset: at.start + from, bytes }
  })
  let end = at.start
  for (const { name, offset, bytes } of found.toSorted((a, b) => a.offset - b.offset || a.bytes - b.bytes)) {
    if (offset !== end) throw damaged(`${name} begins at byte ${offset}, where ${end} was to come next`)
    end = offset + bytes
  }
  if (end !== at.size) throw damaged(`its tensors end at byte ${end}, the file at ${at.size}`)
  return new Map(found.map((each) => [each.name, each]))
}

function isKnown(dtype: string): dtype is FileDtype {
  return Object.hasOwn(sizes, dtype)
}

/** The bytes of a tensor of this type. */
export function tensorBytes(dtype: FileDtype, shape: readonly number[]): number {
  return count(shape) * sizes[dtype]
}

/** Where tensors that stand in this order begin, behind a head of `start` bytes, and where the file ends. */
export function tensorOffsets(
  tensors: readonly { readonly name: string; readonly dtype: FileDtype; readonly shape: readonly number[] }[],
  start: number,
): { readonly offsets: ReadonlyMap<string, number>; readonly end: number } {
  let end = start
  const offsets = new Map<string, number>()
  for (const { name, dtype, shape } of tensors) {
    offsets.set(name, end)
    end += tensorBytes(dtype, shape)
  }
  return { offsets, end }
}

/**
 * The head of a file whose tensors stand in the order given. It is padded so that the numbers begin at a multiple of 64: a file that
 * is mapped then serves aligned vectors.
 */
export function tensorHead(
  tensors: readonly { readonly name: string; readonly dtype: FileDtype; readonly shape: readonly number[] }[],
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const header: Record<string, unknown> = { __metadata__: metadata }
  let at = 0
  for (const { name, dtype, shape } of tensors) {
    const end = at + tensorBytes(dtype, shape)
    header[name] = { dtype, shape, data_offsets: [at, end] }
    at = end
  }
  const text = new TextEncoder().encode(JSON.stringify(header))
  const head = new Uint8Array(Math.ceil((8 + text.length) / 64) * 64).fill(0x20)
  new DataView(head.buffer).setBigUint64(0, BigInt(head.length - 8), true)
  head.set(text, 8)
  return head
}
