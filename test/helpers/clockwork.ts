/** A decoder and a compressor that compute nothing and take the time they are told to, at every place where a run can wait. */
import type { Clocked } from '../../src/main/engine/bench/ttftRun.ts'
import { tinyConfig } from './tinyBundle.ts'

/** Places where a run passes time, those of a phase that has no part of its own under the names of what is called. */
export const places = ['lookUp', 'encode', 'project', 'embedding', 'reserve', 'rewind', 'feed', 'logits'] as const
export type Place = (typeof places)[number]

/** `spend` is told where time passes, and passes it. */
export function clockwork(spend: (place: Place) => void, batch = 1): Clocked {
  const { hidden, vocabulary } = tinyConfig.decoder
  const table = new Float32Array(vocabulary * hidden)
  const known = new Set<number>()
  let length = 0
  const compressed = { encoded: new Float32Array(1), embedding: new Float32Array(hidden), cached: true }
  return {
    decoder: {
      config: tinyConfig.decoder,
      batch,
      block: 512,
      bytesPerNumber: 4,
      get embedding() {
        spend('embedding')
        return table
      },
      length: () => length,
      cache: () => [],
      cacheBytes: () => 0,
      copiedBytes: () => 0,
      open: async () => {},
      isOpen: () => true,
      reserve: () => {
        spend('reserve')
        return true
      },
      rewind: (to) => {
        spend('rewind')
        length = to
      },
      feed: async (rows) => {
        await Promise.resolve()
        spend('feed')
        length += rows.length / hidden / batch
        const logits = new Float32Array(batch * vocabulary)
        // Reading the logits is all that drawing a token does.
        let first = true
        Object.defineProperty(logits, 'length', {
          get: () => {
            if (first) spend('logits')
            first = false
            return batch * vocabulary
          },
        })
        return logits
      },
      close: async () => {},
    },
    compressor: {
      compress: async (chunks, k, _signal, watch) => {
        await Promise.resolve()
        spend('lookUp')
        if (!known.has(k)) {
          for (const part of ['encode', 'project'] as const) {
            const started = performance.now()
            spend(part)
            watch?.(part, performance.now() - started)
          }
          known.add(k)
        }
        return chunks.map(() => compressed)
      },
      forget: () => known.clear(),
      close: async () => {},
    } as Clocked['compressor'],
  }
}
