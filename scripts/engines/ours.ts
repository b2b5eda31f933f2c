/** A process that times the workbench's own decoder on an imported model: `ours.ts HOME NAME THREADS POSITIONS`, then orders over IPC. */
import { openDecoder } from '../../src/main/engine/expand/decoder.ts'
import { openModel } from '../../src/main/engine/models/library.ts'
import { answerOrders } from './orders.ts'

const [home = '', name = '', threads = '0', positions = '0'] = process.argv.slice(2)
const { manifest, weights } = await openModel(home, name)
const decoder = await openDecoder(manifest.decoder, weights, { threads: Number(threads) })
const { hidden } = manifest.decoder
decoder.reserve(Number(positions))

/** The embeddings of some tokens, row after row. */
function rowsOf(tokens: readonly number[]): Float32Array {
  const rows = new Float32Array(tokens.length * hidden)
  for (const [at, token] of tokens.entries())
    rows.set(decoder.embedding.subarray(token * hidden, (token + 1) * hidden), at * hidden)
  return rows
}

const likeliest = (logits: Float32Array): number =>
  logits.reduce((best, x, i) => (x > (logits[best] ?? 0) ? i : best), 0)

answerOrders({
  async prefill(tokens) {
    decoder.rewind(0)
    const begun = performance.now()
    await decoder.feed(rowsOf(tokens), 'last')
    return performance.now() - begun
  },
  async decode(count) {
    let token = 1
    const begun = performance.now()
    for (let left = count; left > 0; left--) token = likeliest(await decoder.feed(rowsOf([token]), 'last'))
    return performance.now() - begun
  },
})
