/** An encoder compared with the reference that lies beside it: its texts' first states and their means, padded as there. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { Fault } from '../../../shared/fault.ts'
import type { ReferenceWay } from '../../../shared/models.ts'
import { startGraph } from '../graph/build.ts'
import { live, numbers, openSession, type RunOn } from '../graph/run.ts'
import { floats, longs, type BoundWeights } from '../graph/value.ts'
import { bert, encoderPart, pool } from '../nets/bert.ts'
import { bertWindow, type BertConfig, type Pooling } from '../nets/config.ts'

const Rows = z.array(z.array(z.number()).min(1)).min(1)
const File = z.looseObject({ inputIds: Rows, attentionMask: Rows, cls: Rows, mean: Rows })

/** What another program found: a batch of ids with its mask, and the vectors of its texts. */
export type EncoderReference = z.infer<typeof File>

/** Reads reference.json of a folder; null where there is none. Fault bad-record for one of another form. */
export async function readEncoderReference(folder: string): Promise<EncoderReference | null> {
  const text = await readFile(join(folder, 'reference.json'), 'utf8').catch(() => null)
  if (text === null) return null
  try {
    return File.parse(JSON.parse(text))
  } catch (error) {
    throw new Fault('bad-record', `${join(folder, 'reference.json')} is not of the form that is compared with.`, {
      remedy: 'It holds inputIds, attentionMask, cls and mean, a row a text.',
      cause: error,
    })
  }
}

/** Compares both ways of pooling, each as soon as it is done. */
export async function* compareEncoder(
  config: BertConfig,
  weights: BoundWeights,
  reference: EncoderReference,
  options: { readonly threads?: number; readonly signal?: AbortSignal },
): AsyncGenerator<ReferenceWay> {
  checkReference(config, reference)
  for (const way of ['cls', 'mean'] as const) {
    options.signal?.throwIfAborted()
    const found = await encodeBatch(config, weights, way, reference, options)
    const maxAbsDiff = reference[way].flat().reduce((most, value, i) => {
      const far = Math.abs(value - (found[i] ?? NaN))
      return far <= most ? most : far
    }, 0)
    yield { way, maxAbsDiff, greedyIdentical: null, greedyMatched: 0, nll: null }
  }
}

/** The vectors [texts, hidden] of a batch of texts padded to one length. */
export async function encodeBatch(
  config: BertConfig,
  weights: BoundWeights,
  way: Pooling,
  batch: Pick<EncoderReference, 'inputIds' | 'attentionMask'>,
  options: RunOn,
): Promise<Float32Array> {
  const opened = await openBatch(config, weights, way, batch, options)
  try {
    return await opened.run()
  } finally {
    await opened.close()
  }
}

/** An encoder opened for a batch of texts padded to one length, to be run as often as one likes. */
export async function openBatch(
  config: BertConfig,
  weights: BoundWeights,
  way: Pooling,
  { inputIds, attentionMask }: Pick<EncoderReference, 'inputIds' | 'attentionMask'>,
  options: RunOn,
): Promise<{ readonly run: () => Promise<Float32Array>; readonly close: () => Promise<void> }> {
  const [texts, length] = [inputIds.length, inputIds[0]?.length ?? 0]
  const shape = [texts, length]
  const g = startGraph(`batch pooled by ${way}`)
  const input = { ids: g.input('ids', 'int64', shape), keep: g.input('keep', 'float32', shape), texts, length }
  g.output('vectors', pool(g, way, bert(g, encoderPart, config, input), input, config.hidden))
  const session = await openSession(g.finish(), weights, options)
  const [ids, keep] = [longs(shape, inputIds.flat()), floats(shape, attentionMask.flat())]
  return {
    run: async () => numbers((await session.run({ ids: live(ids), keep: live(keep) })).vectors),
    close: () => session.close(),
  }
}

function checkReference(config: BertConfig, reference: EncoderReference): void {
  const wrong = (what: string): Fault =>
    new Fault('bad-record', `reference.json: ${what}.`, { remedy: 'Take the reference of this very model.' })
  const { inputIds, attentionMask, cls, mean } = reference
  const length = inputIds[0]?.length ?? 0
  if ([inputIds, attentionMask].some((rows) => rows.length !== cls.length || rows.some((row) => row.length !== length)))
    throw wrong('its ids, its mask and its vectors are not of as many texts of one length')
  if ([cls, mean].some((rows) => rows.length !== cls.length || rows.some((row) => row.length !== config.hidden)))
    throw wrong(`its vectors are not of ${config.hidden} numbers`)
  const unknown = inputIds.flat().find((id) => !Number.isInteger(id) || id < 0 || id >= config.vocabulary)
  if (unknown !== undefined) throw wrong(`the id ${unknown} is beyond the vocabulary of ${config.vocabulary}`)
  if (length > bertWindow(config)) throw wrong(`it is longer than the window of ${bertWindow(config)}`)
}
