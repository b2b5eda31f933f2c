/** Training rows: segments of tokens and chunks packed into batches of one static shape. */
import { live, type Feeds } from '../../graph/run.ts'
import { longs, floats, type Tensor } from '../../graph/value.ts'
import { ownReader, type ChunkReader } from '../../compress/reader.ts'

/** One position of a segment: a token, or a chunk that is compressed to one embedding. */
export type Item =
  | { readonly kind: 'token'; readonly id: number; readonly weight: number; readonly group?: number }
  | { readonly kind: 'chunk'; readonly tokens: readonly number[] }

/** Positions that belong together; `weight` of a token is what predicting it counts in the loss. */
export type Segment = readonly Item[]

/**
 * The static shape a training graph is built for. With `alone` a row holds one segment: what is read is then never
 * beside others like it, which made single-chunk reconstruction learn five times faster.
 */
export type BatchShape = {
  readonly batch: number
  readonly length: number
  readonly k: number
  readonly chunks: number
  readonly targets: number
  readonly alone?: boolean | undefined
  /** Positions are fed, drawn from 0 to below this with gaps, in place of counting on from 0. */
  readonly reach?: number | undefined
}

/** A packed batch: the graph's inputs, and the answer group of each target (-1 for none). */
export type Batch = {
  readonly feeds: Readonly<Record<string, Tensor>>
  readonly groups: Int32Array
  readonly tokens: number
  readonly targets: number
}

/** What hides a padded token of a chunk. */
const hidden = -1e9

/**
 * Packs segments into rows: `next` is asked for one until a row has no room for it.
 * Ids at or past `vocabulary` stand for chunks, which `reader` turns to what the encoder reads. A segment longer than a row is cut.
 */
export function packBatch(
  shape: BatchShape,
  vocabulary: number,
  pad: number,
  next: () => Segment,
  reader: ChunkReader = ownReader,
): Batch {
  const { batch, length, k, chunks, targets } = shape
  const room = reader.length(k)
  const ids = new Int32Array(batch * length).fill(pad)
  const chunkIds = new Int32Array(chunks * room).fill(reader.pad ?? pad)
  const mask = new Float32Array(chunks * room).fill(hidden)
  for (let chunk = 0; chunk < chunks; chunk++) mask[chunk * room] = 0
  const [rows, wanted, weights, groups] = [
    new Int32Array(targets),
    new Int32Array(targets),
    new Float32Array(targets),
    new Int32Array(targets).fill(-1),
  ]
  let [usedChunks, usedTargets, usedTokens, total, groupBase] = [0, 0, 0, 0, 0]

  for (let row = 0; row < batch; row++) {
    let at = 0
    for (;;) {
      const segment = next()
      const asks = segment.reduce((sum, item) => sum + (item.kind === 'chunk' ? 1 : 0), 0)
      if ((at > 0 && at + segment.length > length) || usedChunks + asks > chunks) break
      let topGroup = -1
      for (const item of segment.slice(0, length - at)) {
        const place = row * length + at
        if (item.kind === 'chunk') {
          const read = reader.read(item.tokens, k)
          for (let i = 0; i < read.length; i++) {
            chunkIds[usedChunks * room + i] = read[i] as number
            mask[usedChunks * room + i] = 0
          }
          ids[place] = vocabulary + usedChunks++
        } else {
          ids[place] = item.id
          if (item.weight > 0 && at > 0 && usedTargets < targets) {
            rows[usedTargets] = place - 1
            wanted[usedTargets] = item.id
            weights[usedTargets] = item.weight
            if (item.group !== undefined) {
              groups[usedTargets] = groupBase + item.group
              topGroup = Math.max(topGroup, item.group)
            }
            total += item.weight
            usedTargets++
          }
        }
        at++
        usedTokens++
      }
      groupBase += topGroup + 1
      if (shape.alone || at >= length || usedTargets === targets) break
    }
  }
  for (let i = 0; i < usedTargets; i++) weights[i] = (weights[i] as number) / total
  return {
    feeds: {
      ids: longs([batch * length], ids),
      chunkIds: longs([chunks, room], chunkIds),
      chunkMask: floats([chunks, room], mask),
      lossRows: longs([targets], rows),
      targets: longs([targets, 1], wanted),
      weights: floats([targets, 1], weights),
    },
    groups,
    tokens: usedTokens,
    targets: usedTargets,
  }
}

/** A batch as the runtime holds it. */
export function batchFeeds(batch: Batch): Feeds {
  return Object.fromEntries(Object.entries(batch.feeds).map(([name, tensor]) => [name, live(tensor)]))
}

/** Batches of one shape share a graph. */
export function shapeKey(shape: BatchShape): string {
  const { batch, length, k, chunks, targets, reach = 0 } = shape
  return `${batch}x${length} k${k} c${chunks} t${targets} r${reach}`
}
