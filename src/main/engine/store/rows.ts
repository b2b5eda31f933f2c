/** Rows of a weight, in memory or read from its file as they are asked for. */
import { closeSync, openSync, readSync } from 'node:fs'
import { count, floats, type StoredTensor, type Tensor } from '../graph/value.ts'
import { widenHalf } from '../graph/halves.ts'

/** Numbers in a row, of which stretches are read: a Float32Array is one. */
export type Stretches = { readonly subarray: (from: number, to: number) => Float32Array }

/** Numbers that are let go of when they are no longer needed. */
export type OpenStretches = { readonly stretches: Stretches; readonly close: () => void }

/** Opens a weight's numbers; those in memory are given as they are. */
export function openStretches(weight: Tensor | StoredTensor): OpenStretches {
  if (!('file' in weight)) return { stretches: weight.data as Float32Array, close: () => {} }
  const { file, offset, dtype } = weight
  if (dtype === 'uint8') throw new Error(`internal: ${file} keeps small integers where rows of numbers are read`)
  const size = dtype === 'float16' ? 2 : 4
  const handle = openSync(file, 'r')
  return {
    stretches: {
      subarray(from, to) {
        const bytes = new Uint8Array((to - from) * size)
        const got = readAll(handle, bytes, offset + from * size)
        if (got !== bytes.length) throw new Error(`internal: ${file} ended at ${got} of ${bytes.length} bytes`)
        return dtype === 'float16' ? widenHalf(new Uint16Array(bytes.buffer)) : new Float32Array(bytes.buffer)
      },
    },
    close: () => closeSync(handle),
  }
}

/** Longest block that is read at once: the system takes no more than 2 GiB. */
const longestRead = 2 ** 30

/** Fills `bytes` from `position` on; gives how many there were. */
function readAll(handle: number, bytes: Uint8Array, position: number): number {
  let got = 0
  while (got < bytes.length) {
    const read = readSync(handle, bytes, got, Math.min(longestRead, bytes.length - got), position + got)
    if (read === 0) break
    got += read
  }
  return got
}

/** Rows that are read from their file until they are held in memory. */
export function openTable(weight: Tensor | StoredTensor): OpenStretches & { readonly hold: () => void } {
  const opened = openStretches(weight)
  let now = opened.stretches
  return {
    stretches: { subarray: (from, to) => now.subarray(from, to) },
    hold: () => void (now = readWhole(weight).data as Float32Array),
    close: opened.close,
  }
}

/** A weight's numbers as f32, all of them: those of a file are read, those in memory given as they are. */
export function readWhole(weight: Tensor | StoredTensor): Tensor {
  if (!('file' in weight)) return weight
  const { stretches, close } = openStretches(weight)
  try {
    return floats(weight.shape, stretches.subarray(0, count(weight.shape)))
  } finally {
    close()
  }
}
