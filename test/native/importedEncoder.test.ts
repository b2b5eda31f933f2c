/** A chunk encoder that was imported: chunks of decoder tokens read as text in its own tokens, compressed, and trained through. */
import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { encodeBatch } from '../../src/main/engine/bench/encoderReference.ts'
import { openReader } from '../../src/main/engine/compress/reader.ts'
import { openParts, type Parts } from '../../src/main/engine/parts.ts'
import { openBundle, writeBundle, type Bundle } from '../../src/main/engine/store/bundle.ts'
import { openTokenizer } from '../../src/main/engine/tokens/tokenizer.ts'
import { registerRun } from '../../src/main/engine/train/register.ts'
import { trainRun } from '../../src/main/engine/train/run.ts'
import { TrainInput, type TrainEvent } from '../../src/shared/train.ts'
import { faultOf } from '../helpers/faults.ts'
import { folderWith } from '../helpers/folder.ts'
import { bundleWithBert, wordPieces } from '../helpers/importedEncoder.ts'

let bundle: Bundle
let parts: Parts
beforeAll(async () => {
  bundle = await bundleWithBert()
  parts = await openParts(bundle, { threads: 1 })
})
afterAll(() => parts.close())

const own = openTokenizer(wordPieces)
const text = 'The mayor of Kardova is Oda Rinn.'
const chunksOf = (k: number) => {
  const tokens = parts.tokenizer.encode(text)
  return Array.from({ length: Math.ceil(tokens.length / k) }, (_, i) => tokens.subarray(i * k, (i + 1) * k))
}
/** The vector of a text by the encoder alone. */
const alone = async (of: string) => {
  const ids = [...own.frame.around(own.encode(of)).ids]
  const imported = bundle.config.encoder.imported
  if (!imported) throw new Error('no imported encoder')
  const batch = { inputIds: [ids], attentionMask: [ids.map(() => 1)] }
  return encodeBatch(imported.network, bundle.weights, imported.pooling, batch, { threads: 1 })
}
const apart = (a: Float32Array, b: Float32Array): number =>
  Math.max(...a.map((value, i) => Math.abs(value - (b[i] ?? NaN))))

test('a chunk’s encoder output is what the encoder makes of its text, and its embedding has the decoder’s width', async () => {
  const chunks = chunksOf(8)
  const made = await parts.compressor.compress(chunks, 8)
  expect(made.length).toBeGreaterThan(1)
  for (const [i, { encoded, embedding, cached }] of made.entries()) {
    expect(apart(encoded, await alone(parts.tokenizer.decode(chunks[i] ?? [])))).toBeLessThan(1e-5)
    expect([embedding.length, cached]).toEqual([bundle.config.decoder.hidden, false])
  }
  expect((await parts.compressor.compress(chunks, 8)).every(({ cached }) => cached)).toBe(true)
})

test('a chunk with more of its tokens than there is room for loses its end, and keeps the token that closes it', () => {
  const reader = openReader(bundle.config.encoder, parts.tokenizer, own)
  const digits = parts.tokenizer.encode('zq'.repeat(40))
  const read = reader.read(digits, 4)
  expect([reader.length(4), read.length]).toEqual([16, 16])
  expect([read[0], read[15]]).toEqual([own.find('[CLS]'), own.find('[SEP]')])
  expect(reader.length(400)).toBe(80)
})

test('another tokenizer of the encoder is another encoder to the cache', async () => {
  const folder = await folderWith()
  const other = { ...wordPieces, version: '1.1' }
  await writeBundle(join(folder, 'bundle'), { ...bundle, encoderTokenizer: other })
  const opened = await openBundle(join(folder, 'bundle'))
  const cached = async (from: Bundle) => {
    const reopened = await openParts(from, { threads: 1, home: folder })
    const [first] = await reopened.compressor.compress(chunksOf(8), 8)
    reopened.flush()
    await reopened.close()
    return first?.cached
  }
  expect([await cached(bundle), await cached(bundle), await cached(opened)]).toEqual([false, true, false])
})

test('a bundle without the tokenizer that its encoder reads by is refused', async () => {
  const folder = await folderWith()
  await writeBundle(join(folder, 'bundle'), bundle)
  await rename(join(folder, 'bundle/encoder-tokenizer.json'), join(folder, 'elsewhere.json'))
  expect(await faultOf(openBundle(join(folder, 'bundle')))).toMatchObject({
    code: 'bundle-damaged',
    message: expect.stringContaining('encoder-tokenizer.json'),
  })
})

test('it is trained through: the loss falls, its weights move, and the bundle made of the run reads chunks as before', async () => {
  const folder = await folderWith({ 'text.txt': `${text} `.repeat(80) })
  const input = TrainInput.parse({
    trainer: 'reconstruct',
    data: [join(folder, 'text.txt')],
    out: join(folder, 'run'),
    steps: 150,
    batch: 8,
    ks: [8],
    longest: 8,
    output: 8,
    learningRate: 5e-3,
    every: { log: 1, valid: 1000, checkpoint: 150 },
  })
  // The decoder stays as it is, random: what the loss loses it loses through encoder and projector.
  const losses: number[] = []
  for await (const event of trainRun(input, bundle, { threads: 1 }) as AsyncIterable<TrainEvent>)
    if (event.type === 'step') losses.push(event.loss)
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
  expect(mean(losses.slice(-6))).toBeLessThan(mean(losses.slice(0, 6)) - 0.15)
  await registerRun(join(folder, 'run'), bundle, join(folder, 'made'))
  const made = await openBundle(join(folder, 'made'))
  const moved = made.weights.get('encoder.layers.0.attention.qkv.weight')?.data as Float32Array
  const before = bundle.weights.get('encoder.layers.0.attention.qkv.weight')?.data as Float32Array
  expect(apart(moved, before)).toBeGreaterThan(1e-4)
  const opened = await openParts(made, { threads: 1 })
  const [first] = await opened.compressor.compress(chunksOf(8), 8)
  expect(first?.encoded.every(Number.isFinite)).toBe(true)
  await opened.close()
})
