/** The pickle program, protocol 2, that rebuilds a tensor over one stored block of numbers: the one that torch.save writes. */

/** Opcodes of the program, by their names in Python's pickletools. */
const op = {
  proto: 0x80,
  global: 0x63,
  binput: 0x71,
  mark: 0x28,
  binunicode: 0x58,
  binint: 0x4a,
  binint1: 0x4b,
  binint2: 0x4d,
  tuple: 0x74,
  tuple2: 0x86,
  binpersid: 0x51,
  newfalse: 0x89,
  emptyTuple: 0x29,
  reduce: 0x52,
  stop: 0x2e,
} as const

/**
 * `torch._utils._rebuild_tensor_v2(storage, 0, shape, strides, False, OrderedDict())`, where the storage is block 0 of the archive, of
 * type `torch.<storage>`, on the CPU.
 */
export function tensorPickle(storage: string, [rows, columns]: readonly [number, number]): Uint8Array {
  const bytes: number[] = []
  let memo = 0
  const put = (...values: readonly number[]): void => void bytes.push(...values)
  const remember = (): void => put(op.binput, memo++)
  const ascii = (text: string): readonly number[] => Array.from(text, (char) => char.charCodeAt(0))
  const int32 = (value: number): readonly number[] => [0, 8, 16, 24].map((shift) => (value >>> shift) & 0xff)
  const named = (module: string, name: string): void => {
    put(op.global, ...ascii(`${module}\n${name}\n`))
    remember()
  }
  const text = (value: string): void => {
    put(op.binunicode, ...int32(value.length), ...ascii(value))
    remember()
  }
  const int = (value: number): void => {
    if (value < 0x100) put(op.binint1, value)
    else if (value < 0x10000) put(op.binint2, value & 0xff, value >>> 8)
    else put(op.binint, ...int32(value))
  }
  const pair = (a: number, b: number): void => {
    int(a)
    int(b)
    put(op.tuple2)
    remember()
  }
  put(op.proto, 2)
  named('torch._utils', '_rebuild_tensor_v2')
  put(op.mark, op.mark)
  text('storage')
  named('torch', storage)
  text('0')
  text('cpu')
  int(rows * columns)
  put(op.tuple)
  remember()
  put(op.binpersid)
  int(0)
  pair(rows, columns)
  pair(columns, 1)
  put(op.newfalse)
  named('collections', 'OrderedDict')
  put(op.emptyTuple, op.reduce)
  remember()
  put(op.tuple)
  remember()
  put(op.reduce)
  remember()
  put(op.stop)
  return Uint8Array.from(bytes)
}
