/** A zip archive of a few entries, stored as they are and aligned, as PyTorch lays its files out. */
import { crc32 } from 'node:zlib'

/** The data of every entry begins at a multiple of this. */
const alignment = 64
const localHeader = 30
const centralHeader = 46
const endRecord = 22
/** 1 January 1980, the first day that a zip can name. */
const date = 0x21

/** Entries in their order, ASCII names. Throws where the archive would need 64-bit sizes. */
export function storedZip(entries: readonly (readonly [name: string, data: Uint8Array])[]): Uint8Array {
  let at = 0
  const placed = entries.map(([name, data]) => {
    // An extra field of four bytes and as much padding as brings the data to its place.
    const begins = at + localHeader + name.length + 4
    const padding = (alignment - (begins % alignment)) % alignment
    const entry = { name: new TextEncoder().encode(name), data, crc: crc32(data), offset: at, padding }
    at = begins + padding + data.length
    return entry
  })
  const central = at
  const size = central + placed.reduce((sum, { name }) => sum + centralHeader + name.length, 0) + endRecord
  if (size >= 2 ** 32) throw new Error('internal: an archive of 4 GiB or more')
  const out = Buffer.alloc(size)
  for (const { name, data, crc, offset, padding } of placed) {
    out.writeUInt32LE(0x04034b50, offset)
    out.writeUInt16LE(20, offset + 4)
    out.writeUInt16LE(date, offset + 12)
    writeSizes(out, offset + 14, crc, data.length)
    out.writeUInt16LE(name.length, offset + 26)
    out.writeUInt16LE(4 + padding, offset + 28)
    out.set(name, offset + localHeader)
    const extra = offset + localHeader + name.length
    out.write('FB', extra, 'latin1')
    out.writeUInt16LE(padding, extra + 2)
    out.fill('Z', extra + 4, extra + 4 + padding)
    out.set(data, extra + 4 + padding)
  }
  let row = central
  for (const { name, data, crc, offset } of placed) {
    out.writeUInt32LE(0x02014b50, row)
    out.writeUInt16LE(20, row + 4)
    out.writeUInt16LE(20, row + 6)
    out.writeUInt16LE(date, row + 14)
    writeSizes(out, row + 16, crc, data.length)
    out.writeUInt16LE(name.length, row + 28)
    out.writeUInt32LE(offset, row + 42)
    out.set(name, row + centralHeader)
    row += centralHeader + name.length
  }
  out.writeUInt32LE(0x06054b50, row)
  out.writeUInt16LE(placed.length, row + 8)
  out.writeUInt16LE(placed.length, row + 10)
  out.writeUInt32LE(row - central, row + 12)
  out.writeUInt32LE(central, row + 16)
  return out
}

/** Checksum, size packed and size unpacked, which are the same. */
function writeSizes(out: Buffer, at: number, crc: number, size: number): void {
  out.writeUInt32LE(crc, at)
  out.writeUInt32LE(size, at + 4)
  out.writeUInt32LE(size, at + 8)
}
