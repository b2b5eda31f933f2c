/** Run as a process of its own: the tiny decoder on a device against the CPU, the largest gap of each way of feeding on stdout. */
import type { DeviceName } from '../../src/shared/deviceNames.ts'
import { openAttention } from '../../src/main/engine/expand/attention.ts'
import { openDecoder, type Decoder } from '../../src/main/engine/expand/decoder.ts'
import { openCompressor } from '../../src/main/engine/compress/compressor.ts'
import { checkDevice, computesHalves } from '../../src/main/engine/graph/probeRun.ts'
import { memoryCache } from '../../src/main/engine/compress/cache.ts'
import { numbersFrom } from './numbers.ts'
import { tinyBundle, tinyConfig } from './tinyBundle.ts'

const device = process.argv[2] as DeviceName
const probed = { ...(await checkDevice(device, 2)), half: await computesHalves(device) }
/** Not every driver computes in f16. */
const formats = probed.half ? (['f32', 'f16', 'int8', 'int4'] as const) : (['f32', 'int8', 'int4'] as const)
const block = probed.block === null ? {} : { block: probed.block }
const { config, weights } = await tinyBundle()
const { hidden } = tinyConfig.decoder
const rows = numbersFrom(600 * hidden, 3)
const row = (from: number, to: number): Float32Array => rows.subarray(from * hidden, to * hidden)

/** Every way that a decoder is fed, each giving logits. */
const ways: Readonly<Record<string, (decoder: Decoder) => Promise<Float32Array>>> = {
  'prefill of two blocks, every row': (decoder) => decoder.feed(row(0, 540), 'all'),
  'steps behind it': async (decoder) => {
    const all: number[] = []
    for (let at = 540; at < 546; at++) all.push(...(await decoder.feed(row(at, at + 1), 'last')))
    return Float32Array.from(all)
  },
  'rewound and fed on': async (decoder) => {
    decoder.rewind(100)
    return decoder.feed(row(200, 210), 'last')
  },
  'a block without logits, then a step': async (decoder) => {
    await decoder.feed(row(210, 215), 'none')
    return decoder.feed(row(215, 216), 'last')
  },
  'a larger cache': async (decoder) => {
    decoder.reserve(1000)
    await decoder.feed(row(0, 30), 'none')
    return decoder.feed(row(30, 31), 'last')
  },
}

const found: Record<string, Float32Array>[] = []
const crossed: number[] = []
for (const on of ['cpu', device] as const) {
  const own: Record<string, Float32Array> = {}
  const options = { threads: 1, device: on, ...(on === 'cpu' ? {} : block) }
  for (const format of formats) {
    const decoder = await openDecoder(config.decoder, weights, { ...options, format })
    decoder.reserve(600)
    // Small weights have products of their own, nothing else.
    for (const [name, feed] of Object.entries(ways).slice(0, format === 'f32' ? undefined : 2))
      own[`${format}, ${name}`] = (await feed(decoder)).slice()
    const before = decoder.copiedBytes()
    await decoder.feed(row(31, 32), 'last')
    crossed.push(decoder.copiedBytes() - before)
    if (format === 'f32' || format === 'f16') {
      const attention = openAttention(config.decoder, weights, { ...options, format })
      const groups = { of: new Int32Array(36).fill(0, 0, 20).fill(1, 20), count: 2 }
      const over = { layers: [0, 1], heads: [0, 1] }
      const { mass, logits } = await attention.mass(decoder, row(40, 43), groups, over)
      own[`${format}, attention observed`] = Float32Array.from(mass.flatMap((each) => [...each]))
      own[`${format}, its logits`] = logits.slice()
      await attention.close()
    }
    await decoder.close()
  }
  const names = { cache: memoryCache(), encoderHash: '', projectorHash: '' }
  const compressor = openCompressor(config, weights, { ...names, ...options })
  const chunks = Array.from({ length: 5 }, (_, i) => Array.from({ length: 8 - i }, (_, j) => 7 * i + j))
  const compressed = await compressor.compress(chunks, 8)
  own['chunk embeddings'] = Float32Array.from(compressed.flatMap(({ embedding }) => [...embedding]))
  await compressor.close()
  found.push(own)
}
const [truth, other] = found as [Record<string, Float32Array>, Record<string, Float32Array>]
const gaps = Object.entries(truth).map(([name, values]) => [
  name,
  values.reduce((worst, value, i) => Math.max(worst, Math.abs(value - (other[name]?.[i] ?? Number.NaN))), 0),
])
process.stdout.write(JSON.stringify({ probed, gaps: Object.fromEntries(gaps), stepBytes: crossed.slice(3) }))
