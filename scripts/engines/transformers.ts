/** A process that times Transformers.js of a folder: `transformers.ts FOLDER MODELS NAME THREADS POSITIONS`, then orders over IPC. */
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { answerOrders } from './orders.ts'

/** As much of @huggingface/transformers as is used here. It is no dependency: whoever compares installs it in a folder of their own. */
type Tensor = { readonly dims: readonly number[] }
type Asked = { readonly input_ids: Tensor; readonly attention_mask: Tensor } & Readonly<Record<string, unknown>>
type Model = { generate(asked: Asked): Promise<unknown> }
type Library = {
  readonly env: { localModelPath: string; allowLocalModels: boolean; allowRemoteModels: boolean }
  readonly AutoModelForCausalLM: {
    from_pretrained(name: string, options: Readonly<Record<string, unknown>>): Promise<Model>
  }
  readonly Tensor: new (type: 'int64', data: BigInt64Array, dims: readonly number[]) => Tensor
}

const [folder = '', models = '', name = '', threads = '0'] = process.argv.slice(2)
const entry = join(folder, 'node_modules', '@huggingface', 'transformers', 'dist', 'transformers.node.mjs')
const { env, AutoModelForCausalLM, Tensor } = (await import(pathToFileURL(entry).href)) as Library
env.localModelPath = models
env.allowLocalModels = true
env.allowRemoteModels = false
const model = await AutoModelForCausalLM.from_pretrained(name, {
  device: 'cpu',
  dtype: 'fp32',
  use_external_data_format: true,
  session_options: { intraOpNumThreads: Number(threads) },
})

/** Milliseconds from the call to each token, greedily. */
async function generate(tokens: readonly number[], count: number): Promise<readonly number[]> {
  const shape = [1, tokens.length]
  const times: number[] = []
  const begun = performance.now()
  // The prompt comes through the streamer too, first of all.
  const streamer = { put: () => void times.push(performance.now() - begun), end: () => {} }
  await model.generate({
    input_ids: new Tensor('int64', BigInt64Array.from(tokens, BigInt), shape),
    attention_mask: new Tensor('int64', new BigInt64Array(tokens.length).fill(1n), shape),
    do_sample: false,
    max_new_tokens: count,
    streamer,
  })
  const made = times.slice(1)
  if (made.length !== count) throw new Error(`${count} tokens were asked for, ${made.length} came`)
  return made
}

let read: readonly number[] = []
answerOrders({
  async prefill(tokens) {
    read = tokens
    return (await generate(tokens, 1))[0] as number
  },
  // Its cache is its own: what was read is read again, and not counted.
  async decode(count) {
    const times = await generate(read, count + 1)
    return (times[count] as number) - (times[0] as number)
  },
})
