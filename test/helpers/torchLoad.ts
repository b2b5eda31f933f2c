/** A strict reader of the file that torch.save makes of one float tensor: it refuses whatever `torch.load(weights_only=True)` might. */
import { crc32 } from 'node:zlib'

export type Loaded = {
  readonly dtype: 'f32' | 'f16' | 'bf16'
  readonly shape: readonly number[]
  readonly values: Float32Array
}

type Entry = { readonly name: string; readonly data: Buffer; readonly at: number }

/** The entries of a zip whose two tables agree, each stored, none compressed, each checksum right. */
export function readStoredZip(bytes: Buffer): readonly Entry[] {
  const end = bytes.length - 22
  equal(bytes.readUInt32LE(end), 0x06054b50, 'end record')
  const [count, size, central] = [
    bytes.readUInt16LE(end + 10),
    bytes.readUInt32LE(end + 12),
    bytes.readUInt32LE(end + 16),
  ]
  equal(bytes.readUInt16LE(end + 8), count, 'entries on this disk')
  equal(central + size, end, 'size of the central table')
  const entries: Entry[] = []
  let row = central
  let next = 0
  for (let each = 0; each < count; each++) {
    equal(bytes.readUInt32LE(row), 0x02014b50, 'central header')
    const [nameLength, extraLength, noteLength] = [28, 30, 32].map((at) => bytes.readUInt16LE(row + at)) as [
      number,
      number,
      number,
    ]
    const name = bytes.toString('latin1', row + 46, row + 46 + nameLength)
    const local = bytes.readUInt32LE(row + 42)
    equal(local, next, `place of ${name}`)
    equal(bytes.readUInt32LE(local), 0x04034b50, `local header of ${name}`)
    // Flags, method, time, date, checksum and both sizes are told twice.
    equal(
      bytes.toString('hex', local + 6, local + 26),
      bytes.toString('hex', row + 8, row + 28),
      `what is told twice of ${name}`,
    )
    equal(bytes.readUInt16LE(row + 8), 0, `flags of ${name}`)
    equal(bytes.readUInt16LE(row + 10), 0, `method of ${name}`)
    equal(bytes.toString('latin1', local + 30, local + 30 + nameLength), name, `local name of ${name}`)
    const at = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28)
    const data = bytes.subarray(at, at + bytes.readUInt32LE(row + 24))
    equal(bytes.readUInt32LE(row + 20), data.length, `packed size of ${name}`)
    equal(bytes.readUInt32LE(row + 16), crc32(data), `checksum of ${name}`)
    entries.push({ name, data, at })
    next = at + data.length
    row += 46 + nameLength + extraLength + noteLength
  }
  equal(next, central, 'place of the central table')
  equal(row, end, 'end of the central table')
  return entries
}

/** Reads the tensor; throws where anything is not as it must be. */
export function torchLoad(bytes: Buffer): Loaded {
  const entries = readStoredZip(bytes)
  const read = (name: string): Entry => {
    const entry = entries.find((each) => each.name === `archive/${name}`)
    if (entry === undefined) throw new Error(`no entry ${name}`)
    equal(entry.at % 64, 0, `place of ${name} in multiples of 64`)
    return entry
  }
  equal(entries.length, 4, 'entries')
  equal(read('version').data.toString(), '3\n', 'version')
  equal(read('byteorder').data.toString(), 'little', 'byte order')
  const { storage, count, shape } = rebuilt(read('data.pkl').data)
  const { data } = read('data/0')
  const dtype = ({ FloatStorage: 'f32', HalfStorage: 'f16', BFloat16Storage: 'bf16' } as const)[storage]
  if (dtype === undefined) throw new Error(`no storage ${storage}`)
  equal(data.length, count * (dtype === 'f32' ? 4 : 2), 'bytes of the storage')
  const block = new Uint8Array(data).buffer
  if (dtype === 'f32') return { dtype, shape, values: new Float32Array(block) }
  if (dtype === 'f16') return { dtype, shape, values: Float32Array.from(new Float16Array(block)) }
  const words = Uint32Array.from(new Uint16Array(block), (half) => half << 16)
  return { dtype, shape, values: new Float32Array(words.buffer) }
}

const mark = Symbol('mark')
type Global = { readonly global: string }
type Call = { readonly call: unknown; readonly args: unknown }
type Persistent = { readonly persistent: unknown }

/** Runs the pickle program on a machine that knows its opcodes and no other, and reads the tensor out of what it left. */
function rebuilt(program: Buffer): {
  readonly storage: 'FloatStorage' | 'HalfStorage' | 'BFloat16Storage'
  readonly count: number
  readonly shape: readonly number[]
} {
  const call = runPickle(program) as Call
  equal((call.call as Global).global, 'torch._utils _rebuild_tensor_v2', 'what is called')
  const [stored, offset, size, stride, grad, hooks] = call.args as readonly [
    Persistent,
    number,
    number[],
    number[],
    boolean,
    Call,
  ]
  const [kind, storage, key, device, count] = stored.persistent as readonly [string, Global, string, string, number]
  equal([kind, key, device], ['storage', '0', 'cpu'], 'the storage')
  equal([offset, grad], [0, false], 'offset and gradient')
  equal([hooks.call, hooks.args], [{ global: 'collections OrderedDict' }, []], 'hooks')
  equal(stride, [size[1], 1], 'strides')
  equal(count, (size[0] ?? 0) * (size[1] ?? 0), 'numbers')
  const [module, name] = storage.global.split(' ')
  equal(module, 'torch', 'module of the storage')
  return { storage: name as 'FloatStorage', count, shape: size }
}

function runPickle(program: Buffer): unknown {
  const stack: unknown[] = []
  const memo: unknown[] = []
  let at = 0
  const line = (): string => {
    const end = program.indexOf(0x0a, at)
    const text = program.toString('latin1', at, end)
    at = end + 1
    return text
  }
  const toMark = (): unknown[] => stack.splice(stack.lastIndexOf(mark)).slice(1)
  const number = (size: number, read: () => number): void => {
    stack.push(read())
    at += size
  }
  equal([program[0], program[1]], [0x80, 2], 'protocol')
  at = 2
  for (;;) {
    const code = program.toString('latin1', at, at + 1)
    at += 1
    if (code === 'c') stack.push({ global: `${line()} ${line()}` })
    else if (code === 'q') {
      equal(program.readUInt8(at), memo.length, 'place in the memo')
      memo.push(stack.at(-1))
      at += 1
    } else if (code === '(') stack.push(mark)
    else if (code === 'X') {
      const length = program.readUInt32LE(at)
      stack.push(program.toString('utf8', at + 4, at + 4 + length))
      at += 4 + length
    } else if (code === 'K') number(1, () => program.readUInt8(at))
    else if (code === 'M') number(2, () => program.readUInt16LE(at))
    else if (code === 'J') number(4, () => program.readInt32LE(at))
    else if (code === 't') stack.push(toMark())
    else if (code === '\x86') stack.push(stack.splice(-2))
    else if (code === ')') stack.push([])
    else if (code === '\x89') stack.push(false)
    else if (code === 'Q') stack.push({ persistent: stack.pop() })
    else if (code === 'R') {
      const args = stack.pop()
      stack.push({ call: stack.pop(), args })
    } else if (code === '.') {
      equal([stack.length, at], [1, program.length], 'the end of the program')
      return stack[0]
    } else throw new Error(`no opcode ${JSON.stringify(code)}`)
  }
}

function equal(found: unknown, expected: unknown, what: string): void {
  if (JSON.stringify(found) !== JSON.stringify(expected))
    throw new Error(`${what}: ${JSON.stringify(found)} instead of ${JSON.stringify(expected)}`)
}
