/** The small part of protobuf that an ONNX file is written with: lengths first, big blocks never copied twice. */

/** A message as parts in order, with the number of bytes they take. */
export type Message = { parts: Uint8Array[]; length: number }

export function message(): Message {
  return { parts: [], length: 0 }
}

function push(to: Message, part: Uint8Array): void {
  to.parts.push(part)
  to.length += part.length
}

function varint(value: number | bigint): Uint8Array {
  const bytes: number[] = []
  let rest = BigInt.asUintN(64, BigInt(value))
  do {
    const low = Number(rest & 0x7fn)
    rest >>= 7n
    bytes.push(rest > 0n ? low | 0x80 : low)
  } while (rest > 0n)
  return Uint8Array.from(bytes)
}

const kinds = { varint: 0, bytes: 2, float: 5 } as const

function tag(field: number, kind: keyof typeof kinds): Uint8Array {
  return varint((field << 3) | kinds[kind])
}

/** A whole number; negative ones as two's complement, as protobuf's int64 has them. */
export function writeInt(to: Message, field: number, value: number): void {
  push(to, tag(field, 'varint'))
  push(to, varint(value))
}

export function writeFloat(to: Message, field: number, value: number): void {
  push(to, tag(field, 'float'))
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setFloat32(0, value, true)
  push(to, bytes)
}

export function writeBytes(to: Message, field: number, value: Uint8Array): void {
  push(to, tag(field, 'bytes'))
  push(to, varint(value.length))
  push(to, value)
}

export function writeText(to: Message, field: number, value: string): void {
  writeBytes(to, field, new TextEncoder().encode(value))
}

/** A message inside another: its parts are taken over, not copied. */
export function writeMessage(to: Message, field: number, value: Message): void {
  push(to, tag(field, 'bytes'))
  push(to, varint(value.length))
  for (const part of value.parts) to.parts.push(part)
  to.length += value.length
}

/** All parts in one block. */
export function toBytes(from: Message): Uint8Array {
  const out = new Uint8Array(from.length)
  let at = 0
  for (const part of from.parts) {
    out.set(part, at)
    at += part.length
  }
  return out
}
