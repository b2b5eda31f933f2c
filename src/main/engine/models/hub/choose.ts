/** Which files of a repository an import needs; everything else is left where it is, with the reason. */

export type Chosen = { readonly take: boolean; readonly why: string }

/** Files that an import reads, or that a person must be able to read later. No other path is ever written. */
const wanted: readonly (readonly [pattern: RegExp, why: string])[] = [
  [/^config\.json$/, 'shape of the network'],
  [/^generation_config\.json$/, 'how it ends a text'],
  [/^tokenizer\.json$/, 'tokenizer'],
  [/^(tokenizer_config|special_tokens_map|added_tokens)\.json$/, 'tokenizer settings'],
  [/^chat_template\.(jinja|json)$/, 'chat template'],
  [/^modules\.json$/, 'parts of a sentence embedder'],
  [/^(sentence_bert_config|config_sentence_transformers)\.json$/, 'settings of a sentence embedder'],
  [/^\d{1,2}_(Pooling|Normalize|Dense)\/config\.json$/, 'pooling'],
  [/^\d{1,2}_Dense\/model\.safetensors$/, 'projection of a sentence embedder'],
  [/^adapter_config\.json$/, 'settings of an adapter'],
  [/^adapter_model\.safetensors$/, 'weights of an adapter'],
  [/^README\.md$/, 'model card, which names the licence'],
  [/^(LICEN[CS]E|NOTICE|USE_POLICY)(\.(md|txt))?$/i, 'licence'],
]

const left: readonly (readonly [pattern: RegExp, why: string])[] = [
  [/\.(bin|pt|pth|ckpt|pkl|pickle)$/i, 'pickle: it can run code when it is read, and is never fetched'],
  [/\.safetensors(\.index\.json)?$/, 'another set of weights than the one imported'],
  [/\.(onnx|onnx_data|gguf|ggml|h5|msgpack|tflite|mlmodel|ot)$/i, 'weights in another format'],
]

const whole = 'model.safetensors'
const index = 'model.safetensors.index.json'
const shard = /^model-\d+-of-\d+\.safetensors$/

/** Each path with what becomes of it. One file of weights goes before shards, as it does where such a folder is read. */
export function chooseFiles(paths: readonly string[]): ReadonlyMap<string, Chosen> {
  const sharded = !paths.includes(whole) && paths.includes(index)
  const isWeights = (path: string): boolean => (sharded ? path === index || shard.test(path) : path === whole)
  return new Map(
    paths.map((path): [string, Chosen] => {
      if (isWeights(path)) return [path, { take: true, why: path === index ? 'which shard holds what' : 'weights' }]
      const found = wanted.find(([pattern]) => pattern.test(path))
      if (found) return [path, { take: true, why: found[1] }]
      return [path, { take: false, why: left.find(([pattern]) => pattern.test(path))?.[1] ?? 'no import reads it' }]
    }),
  )
}

/** Why a repository with these paths cannot be imported; null where it can. */
export function whyNotChosen(paths: readonly string[]): string | null {
  const chosen = [...chooseFiles(paths)].filter(([, { take }]) => take).map(([path]) => path)
  const weights = chosen.some((path) => path === whole || shard.test(path) || path === 'adapter_model.safetensors')
  if (!weights) {
    const pickled = paths.some((path) => left[0]?.[0].test(path) === true)
    return pickled
      ? 'Its weights lie in pickle files alone. They can run code when they are read, so that none is ever fetched.'
      : 'It has no weights in safetensors.'
  }
  const configured = chosen.includes('config.json') || chosen.includes('adapter_config.json')
  return configured ? null : 'It has no config.json, which tells the shape of a network.'
}

const adapterFiles = ['adapter_config.json', 'adapter_model.safetensors'] as const

/** Whether a repository with these paths is an adapter and no model of its own. */
export function isAdapter(paths: readonly string[]): boolean {
  return paths.includes(adapterFiles[0]) && !paths.includes('config.json')
}

/** Why no adapter can be fetched from a repository with these paths, which may be a model besides; null where one can. */
export function whyNoAdapter(paths: readonly string[]): string | null {
  const missing = adapterFiles.find((name) => !paths.includes(name))
  return missing === undefined ? null : `It has no ${missing}.`
}

/** What is missing or left out that a person should know of, in sentences. */
export function notesOn(paths: readonly string[]): readonly string[] {
  const notes: string[] = []
  if (!paths.includes('tokenizer.json'))
    notes.push('It has no tokenizer.json: the model can be run on token ids alone.')
  const pickles = paths.filter((path) => left[0]?.[0].test(path) === true).length
  if (pickles > 0) {
    notes.push(
      `${pickles === 1 ? 'A pickle file is' : `${pickles} pickle files are`} left out: pickles can run code when they are read.`,
    )
  }
  return notes
}
