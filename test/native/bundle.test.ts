/** What caches and indexes are keyed by: a part's hash changes with all that changes its results, and with nothing else. */
import { expect, test } from 'vitest'
import { floats } from '../../src/main/engine/graph/value.ts'
import { partHash, type BundleConfig } from '../../src/main/engine/store/bundle.ts'
import { tinyBundle } from '../helpers/tinyBundle.ts'

const bundle = await tinyBundle()
const before = partHash(bundle, 'encoder')
const withConfig = (change: Partial<BundleConfig>) => ({ ...bundle, config: { ...bundle.config, ...change } })

/** The bundle with the first number of one weight changed. */
function withWeight(start: string) {
  const [name, tensor] = [...bundle.weights].find(([each]) => each.startsWith(start))!
  const data = Float32Array.from(tensor.data as Float32Array, (value, i) => (i === 0 ? value + 1 : value))
  return { ...bundle, weights: new Map([...bundle.weights, [name, floats([...tensor.shape], data)]]) }
}

test('another weight, or another size that no weight shows, is another encoder', () => {
  const { encoder } = bundle.config
  expect(partHash(withWeight('encoder.'), 'encoder')).not.toBe(before)
  expect(partHash(withConfig({ encoder: { ...encoder, epsilon: 1e-4 } }), 'encoder')).not.toBe(before)
})

test('what belongs to another part leaves the encoder as it is', () => {
  const { embedder } = bundle.config
  for (const start of ['projector.', 'decoder.', 'policy.', 'embedder.'])
    expect(partHash(withWeight(start), 'encoder')).toBe(before)
  const other = withConfig({ name: 'other', embedder: { ...embedder, heads: 1 } })
  expect(partHash(other, 'encoder')).toBe(before)
  expect(partHash(other, 'embedder')).not.toBe(partHash(bundle, 'embedder'))
})
