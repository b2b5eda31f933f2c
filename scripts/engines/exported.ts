/** An imported decoder as the ONNX file that Transformers.js loads: token ids and masks in, all logits out, a new cache at each run. */
import { link, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { startGraph } from '../../src/main/engine/graph/build.ts'
import { toOnnx } from '../../src/main/engine/graph/bytes.ts'
import { gather, reshape, sub, sum } from '../../src/main/engine/graph/express.ts'
import type { BoundWeights, Graph, StoredTensor, Value } from '../../src/main/engine/graph/value.ts'
import type { DecoderConfig } from '../../src/main/engine/nets/config.ts'
import { decoder, logits, tokenTable } from '../../src/main/engine/nets/decoder.ts'
import { rotaryTables } from '../../src/main/engine/nets/rotary.ts'

/** The graph with the inputs and outputs that exported Llamas have. */
function exportedGraph(config: DecoderConfig): Graph {
  const { layers, heads, kvHeads, headDim, vocabulary } = config
  const g = startGraph('exported')
  const ids = g.input('input_ids', 'int64', [1, 'sequence'])
  const mask = g.input('attention_mask', 'int64', [1, 'total'])
  const total = g.add('Cast', [sum(g, mask, [1], false)], { to: 'int32' })
  const last = sub(g, total, g.constant({ dtype: 'int32', shape: [1], data: Int32Array.of(1) }))
  const { cos, sin } = rotaryTables(g, config, config.window)
  const mix = (layer: number, q: Value, k: Value, v: Value): Value => {
    const past = (name: string): Value =>
      g.input(`past_key_values.${layer}.${name}`, 'float32', [1, kvHeads, 'past', headDim])
    const flat = (value: Value, count: number): Value => reshape(g, value, [1, 'sequence', count * headDim])
    const [mixed, key, value] = g.addAll(
      'GroupQueryAttention',
      [flat(q, heads), flat(k, kvHeads), flat(v, kvHeads), past('key'), past('value'), last, total, cos, sin],
      { num_heads: heads, kv_num_heads: kvHeads, do_rotary: 1, rotary_interleaved: 0, scale: headDim ** -0.5 },
    )
    for (const [name, each] of [
      ['key', key],
      ['value', value],
    ] as const) {
      const grown = { ...(each as Value), shape: [1, kvHeads, 'total', headDim] }
      g.output(`present.${layer}.${name}`, grown)
    }
    return reshape(g, mixed as Value, ['sequence', heads * headDim])
  }
  const rows = gather(g, tokenTable(g, config), reshape(g, ids, ['sequence']))
  const states = decoder(g, { ...config, layers }, rows, { mix, positions: () => ids })
  g.output('logits', reshape(g, logits(g, config, states), [1, 'sequence', vocabulary]))
  return g.finish()
}

/** Writes the folder of the model; its weights are linked, not copied, so that it must lie on the disk where they do. */
export async function writeExported(folder: string, config: DecoderConfig, weights: BoundWeights): Promise<void> {
  const data = join(folder, 'onnx', 'model.onnx_data')
  await mkdir(join(folder, 'onnx'), { recursive: true })
  const stored = [...weights].map(([name, weight]): readonly [string, StoredTensor] => {
    if (!('file' in weight) || weight.dtype !== 'float32')
      throw new Error(`${name} does not lie in a file in f32: import the model again without --dtype`)
    return [name, { ...weight, file: data }]
  })
  await link((weights.values().next().value as StoredTensor).file, data)
  await writeFile(join(folder, 'onnx', 'model.onnx'), toOnnx(exportedGraph(config), new Map(stored)))
  const own = {
    model_type: 'llama',
    architectures: ['LlamaForCausalLM'],
    vocab_size: config.vocabulary,
    hidden_size: config.hidden,
    num_hidden_layers: config.layers,
    num_attention_heads: config.heads,
    num_key_value_heads: config.kvHeads,
    head_dim: config.headDim,
    max_position_embeddings: config.window,
    bos_token_id: 1,
    // Beyond the vocabulary: an answer goes on for as long as it is asked to.
    eos_token_id: config.vocabulary,
    pad_token_id: config.vocabulary,
  }
  await writeFile(join(folder, 'config.json'), JSON.stringify(own))
  await writeFile(join(folder, 'generation_config.json'), JSON.stringify({ _from_model_config: true, ...own }))
}
