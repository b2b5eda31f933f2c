import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { startGraph } from '../../src/main/engine/graph/build.ts'
import { live, numbers, openSession } from '../../src/main/engine/graph/run.ts'
import { floats, longs, type Tensor, type Weights } from '../../src/main/engine/graph/value.ts'
import { encoderArchitectures } from '../../src/main/engine/models/encoders.ts'
import { bert, pool, unit } from '../../src/main/engine/nets/bert.ts'
import type { BertConfig, Pooling } from '../../src/main/engine/nets/config.ts'
import { readSafetensors } from '../../src/main/engine/store/safetensors.ts'
import { ownWeights } from '../helpers/ownWeights.ts'

type Reference = {
  readonly inputIds: readonly (readonly number[])[]
  readonly attentionMask: readonly (readonly number[])[]
  readonly cls: readonly (readonly number[])[]
  readonly mean: readonly (readonly number[])[]
}

function fixture(name: string) {
  const at = (file: string): URL => new URL(`../fixtures/models/${name}/${file}`, import.meta.url)
  const json = (file: string): unknown => JSON.parse(readFileSync(at(file), 'utf8'))
  const architecture = encoderArchitectures[name === 'bert' ? 'BertModel' : 'RobertaModel']
  if (!architecture) throw new Error(`no row for ${name}`)
  const config = architecture.read(json('config.json'))
  const weights = ownWeights(architecture.weights(config), readSafetensors(readFileSync(at('model.safetensors')), name))
  return { config, weights, reference: json('reference.json') as Reference }
}

async function encode(
  config: BertConfig,
  weights: Weights,
  pooling: Pooling,
  { inputIds, attentionMask }: Pick<Reference, 'inputIds' | 'attentionMask'>,
  length = inputIds[0]?.length ?? 0,
): Promise<number[][]> {
  const g = startGraph('encoder')
  const input = {
    ids: g.input('ids', 'int64', ['texts', length]),
    keep: g.input('keep', 'float32', ['texts', length]),
    texts: 'texts',
    length,
  }
  g.output('vectors', pool(g, pooling, bert(g, 'encoder', config, input), input, config.hidden))
  const session = await openSession(g.finish(), weights, { threads: 1 })
  const padded = (rows: readonly (readonly number[])[]): number[] =>
    rows.flatMap((row) => Array.from({ length }, (_, i) => row[i] ?? 0))
  const shape = [inputIds.length, length]
  const feeds = { ids: live(longs(shape, padded(inputIds))), keep: live(floats(shape, padded(attentionMask))) }
  const vectors = numbers((await session.run(feeds)).vectors)
  await session.close()
  return inputIds.map((_, row) => [...vectors.subarray(row * config.hidden, (row + 1) * config.hidden)])
}

const farthest = (a: readonly (readonly number[])[], b: readonly (readonly number[])[]): number =>
  Math.max(...a.flatMap((row, i) => row.map((value, j) => Math.abs(value - (b[i]?.[j] ?? NaN)))))

describe.each(['bert', 'roberta'])('the %s encoder', (name) => {
  const { config, weights, reference } = fixture(name)

  test.each(['cls', 'mean'] as const)('gives the vectors of its reference, pooled by %s', async (pooling) => {
    expect(farthest(await encode(config, weights, pooling, reference), reference[pooling])).toBeLessThan(1e-5)
  })

  test('gives the same vectors however far a batch is padded', async () => {
    const wider = await encode(config, weights, 'mean', reference, 40)
    expect(farthest(wider, reference.mean)).toBeLessThan(1e-5)
  })

  test('takes the largest of the states, and their mean weighted by position, of the tokens alone', async () => {
    // One text of two tokens, so that both can be told from the states that cls and mean give.
    const two = { inputIds: [(reference.inputIds[0] ?? []).slice(0, 2)], attentionMask: [[1, 1]] }
    const [first = []] = await encode(config, weights, 'cls', two)
    const [mean = []] = await encode(config, weights, 'mean', two)
    const second = mean.map((value, i) => 2 * value - (first[i] ?? NaN))
    const padded = async (pooling: Pooling) => encode(config, weights, pooling, two, 6)
    expect(farthest(await padded('max'), [first.map((value, i) => Math.max(value, second[i] ?? NaN))])).toBeLessThan(
      1e-5,
    )
    expect(
      farthest(await padded('weighted'), [first.map((value, i) => (value + 2 * (second[i] ?? NaN)) / 3)]),
    ).toBeLessThan(1e-5)
  })
})

test('segments are told apart where the network has a table of them', async () => {
  const { config, weights, reference } = fixture('bert')
  const [ids = []] = reference.inputIds
  const g = startGraph('segments')
  const shape = [1, ids.length]
  const input = {
    ids: g.input('ids', 'int64', shape),
    keep: g.input('keep', 'float32', shape),
    types: g.input('types', 'int64', shape),
    texts: 1,
    length: ids.length,
  }
  g.output('vectors', unit(g, pool(g, 'cls', bert(g, 'encoder', config, input), input, config.hidden)))
  const session = await openSession(g.finish(), weights, { threads: 1 })
  const run = async (type: number) => {
    const types = live(
      longs(
        shape,
        ids.map(() => type),
      ),
    )
    const feeds = {
      ids: live(longs(shape, ids)),
      keep: live(
        floats(
          shape,
          ids.map(() => 1),
        ),
      ),
      types,
    }
    return [...numbers((await session.run(feeds)).vectors)]
  }
  const [first, second] = [await run(0), await run(1)]
  const length = Math.hypot(...(reference.cls[0] ?? []))
  expect(farthest([first], [(reference.cls[0] ?? []).map((value) => value / length)])).toBeLessThan(1e-5)
  expect(farthest([first], [second])).toBeGreaterThan(0.01)
  await session.close()
})

describe('the rows of the table', () => {
  const bertRow = encoderArchitectures['BertModel']
  const config = JSON.parse(
    readFileSync(new URL('../fixtures/models/bert/config.json', import.meta.url), 'utf8'),
  ) as object

  test.each([
    [{ hidden_act: 'swish' }, 'the activation swish'],
    [{ position_embedding_type: 'relative_key' }, 'relative_key'],
    [{ is_decoder: true }, 'set to decode'],
    [{ num_attention_heads: 5 }, '5 heads'],
    [{ hidden_size: 0 }, 'hidden_size'],
  ])('refuse a config with %j', (changed, reason) => {
    expect(() => bertRow?.read({ ...config, ...changed })).toThrow(
      expect.objectContaining({ code: 'model-unsupported', message: expect.stringContaining(reason) }),
    )
  })

  test('know the names of a checkpoint with a head, of the oldest ones, and of DistilBERT', () => {
    const named = (row: string, has: (name: string) => boolean) => {
      const read = encoderArchitectures[row]
      const distil = { vocab_size: 9, dim: 8, n_layers: 1, n_heads: 2, hidden_dim: 12, max_position_embeddings: 16 }
      const plans = read?.weights(read.read(row.startsWith('Distil') ? distil : config)) ?? []
      return plans.flatMap(({ parts }) => parts.map((names) => names.find(has)))
    }
    const old = named('BertForMaskedLM', (name) => name.startsWith('bert.') && !/LayerNorm\.(weight|bias)$/.test(name))
    expect(old).toContain('bert.encoder.layer.1.output.LayerNorm.gamma')
    expect(old).not.toContain(undefined)
    const distil = named('DistilBertModel', (name) => name.startsWith('distilbert.'))
    expect(distil).toContain('distilbert.transformer.layer.0.ffn.lin2.weight')
    expect(distil).not.toContain('distilbert.embeddings.token_type_embeddings.weight')
  })

  test('pass over heads and counted tables, and nothing else', () => {
    const passed = [
      'cls.predictions.bias',
      'bert.pooler.dense.weight',
      'lm_head.dense.weight',
      'embeddings.position_ids',
    ]
    expect(passed.every((name) => bertRow?.passedOver.test(name))).toBe(true)
    expect(bertRow?.passedOver.test('encoder.layer.0.output.dense.weight')).toBe(false)
  })
})

// A weight that is not as the plan says would be a defect of the helper, which the import checks for itself.
test('the helper turns matrices and lays the parts of one weight side by side', () => {
  const tensor = (shape: readonly number[], data: readonly number[]): Tensor => floats(shape, data)
  const file = new Map([
    ['a', tensor([2, 3], [1, 2, 3, 4, 5, 6])],
    ['b', tensor([1, 3], [7, 8, 9])],
  ])
  const plan = { name: 'own', shape: [3, 3], parts: [['a'], ['x', 'b']], turned: true }
  expect([...ownWeights([plan], file).values()].map(({ data }) => [...(data as Float32Array)])).toEqual([[1, 4, 7, 2, 5, 8, 3, 6, 9]])
})
