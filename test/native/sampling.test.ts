/** A policy in training is read now and as it began: each as the bundle of those weights would read it. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { live, type Live } from '../../src/main/engine/graph/run.ts'
import { initialWeight } from '../../src/main/engine/nets/initial.ts'
import type { PolicyKind } from '../../src/main/engine/nets/policy.ts'
import { openParts, type Parts } from '../../src/main/engine/parts.ts'
import { openSampling } from '../../src/main/engine/train/courses/policySampling.ts'
import { random } from '../../src/shared/random.ts'
import { TrainInput } from '../../src/shared/train.ts'
import { tinyBundle } from '../helpers/tinyBundle.ts'

let before: Parts
let after: Parts
beforeAll(async () => {
  before = await openParts(await tinyBundle(7), { threads: 1 })
  after = await openParts(await tinyBundle(8), { threads: 1 })
})
afterAll(async () => {
  await before.close()
  await after.close()
})

const input = TrainInput.parse({ trainer: 'policy', data: ['synthetic'], out: '', seed: 5 })
const draws = random(3)
const rows = Array.from({ length: 9 }, () => Float32Array.from({ length: 64 }, () => draws.float() - 0.5))
const weightsOf = ({ bundle }: Parts, kind: PolicyKind): Map<string, Live> =>
  new Map([...bundle.weights].filter(([name]) => name.startsWith(`${kind}.`)).map(([name, each]) => [name, live(each)]))
const close = (values: Float32Array) => Array.from(values, (value) => expect.closeTo(value, 4))

test.each([
  { kind: 'policy', asked: 0 },
  { kind: 'policyQuery', asked: 3 },
] as const)('$kind', async ({ kind, asked }) => {
  const sampling = await openSampling({ input, bundle: before.bundle }, kind)
  const { now, start } = await sampling.read(weightsOf(after, kind))(rows, asked)
  const by = (parts: Parts) => parts.pointer.logits(kind, rows.slice(asked), rows.slice(0, asked))
  const [ours, theirs] = [await by(before), await by(after)]
  expect(ours).not.toEqual(close(theirs))
  expect([...now]).toEqual(close(theirs))
  expect([...start]).toEqual(close(ours))
  // Under the weights of the start nothing has moved, to the bit.
  const still = await sampling.read(weightsOf(before, kind))(rows, asked)
  expect(still.now).toEqual(still.start)
  await sampling.close()
})

test('a policy that the bundle lacks began with the weights of the seed', async () => {
  const { weights } = before.bundle
  const bare = { ...before.bundle, weights: new Map([...weights].filter(([name]) => !name.startsWith('policy.'))) }
  const drawn = new Map(
    [...weights].map(([name, tensor]) =>
      name.startsWith('policy.')
        ? [name, initialWeight({ name, dtype: 'float32', shape: tensor.shape }, input.seed, bare.config.decoder.layers)]
        : [name, tensor],
    ),
  )
  const made = await openParts({ ...before.bundle, weights: drawn }, { threads: 1 })
  const sampling = await openSampling({ input, bundle: bare }, 'policy')
  const { start } = await sampling.read(weightsOf(after, 'policy'))(rows, 0)
  expect([...start]).toEqual(close(await made.pointer.logits('policy', rows, [])))
  expect([...start]).not.toEqual(close(await before.pointer.logits('policy', rows, [])))
  await sampling.close()
  await made.close()
})
