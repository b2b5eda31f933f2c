/** A Llama shape with random weights as a GGUF file, for timing llama.cpp on the shape that is timed here. Nothing is learned from its text. */
import { open } from 'node:fs/promises'
import { random } from '../../src/shared/random.ts'

/** The sizes of a Llama decoder; `bytes` a weight has: 4 for f32, 2 for f16. */
export type Shape = {
  readonly vocabulary: number
  readonly hidden: number
  readonly layers: number
  readonly heads: number
  readonly kvHeads: number
  readonly headDim: number
  readonly feedForward: number
  readonly epsilon: number
  readonly ropeTheta: number
  readonly window: number
  readonly bytes: 2 | 4
}

const types = { uint32: 4, int32: 5, float32: 6, text: 8, array: 9 } as const
/** GGUF's numbers for the kinds of tensors. */
const kinds = { 4: 0, 2: 1 } as const
const alignment = 32

/** Values of the file's head: sizes under the names that llama.cpp looks for. */
function settings(shape: Shape): readonly (readonly [string, 'uint32' | 'float32' | 'text', number | string])[] {
  return [
    ['general.architecture', 'text', 'llama'],
    ['general.name', 'text', 'random weights'],
    ['general.alignment', 'uint32', alignment],
    ['general.file_type', 'uint32', kinds[shape.bytes]],
    ['llama.context_length', 'uint32', shape.window],
    ['llama.embedding_length', 'uint32', shape.hidden],
    ['llama.block_count', 'uint32', shape.layers],
    ['llama.feed_forward_length', 'uint32', shape.feedForward],
    ['llama.attention.head_count', 'uint32', shape.heads],
    ['llama.attention.head_count_kv', 'uint32', shape.kvHeads],
    ['llama.attention.key_length', 'uint32', shape.headDim],
    ['llama.attention.value_length', 'uint32', shape.headDim],
    ['llama.attention.layer_norm_rms_epsilon', 'float32', shape.epsilon],
    ['llama.rope.dimension_count', 'uint32', shape.headDim],
    ['llama.rope.freq_base', 'float32', shape.ropeTheta],
    ['llama.vocab_size', 'uint32', shape.vocabulary],
    ['tokenizer.ggml.model', 'text', 'llama'],
  ]
}

/** What a vocabulary must have for llama.cpp to take it: marks, the 256 bytes, words. Tokens are fed as numbers, so that any will do. */
function vocabulary(size: number): readonly { readonly text: string; readonly kind: number }[] {
  const marks = [
    { text: '<unk>', kind: 2 },
    { text: '<s>', kind: 3 },
    { text: '</s>', kind: 3 },
  ]
  const bytes = Array.from({ length: 256 }, (_, byte) => ({
    text: `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`,
    kind: 6,
  }))
  const fixed = [...marks, ...bytes]
  const words = Array.from({ length: size - fixed.length }, (_, at) => ({ text: `word${at}`, kind: 1 }))
  return [...fixed, ...words]
}

type Listed = {
  readonly name: string
  readonly sizes: readonly number[]
  readonly kind: number
  readonly bytes: number
}

/** Every tensor with its sizes, the fastest first. The table of tokens is used for the logits too. */
function tensors(shape: Shape): readonly Listed[] {
  const { hidden, heads, kvHeads, headDim, feedForward, vocabulary, layers, bytes } = shape
  const matrix = (name: string, from: number, to: number): Listed => ({
    name: `${name}.weight`,
    sizes: [from, to],
    kind: kinds[bytes],
    bytes: from * to * bytes,
  })
  const gain = (name: string): Listed => ({ name: `${name}.weight`, sizes: [hidden], kind: 0, bytes: hidden * 4 })
  const layer = (i: number): readonly Listed[] => [
    gain(`blk.${i}.attn_norm`),
    matrix(`blk.${i}.attn_q`, hidden, heads * headDim),
    matrix(`blk.${i}.attn_k`, hidden, kvHeads * headDim),
    matrix(`blk.${i}.attn_v`, hidden, kvHeads * headDim),
    matrix(`blk.${i}.attn_output`, heads * headDim, hidden),
    gain(`blk.${i}.ffn_norm`),
    matrix(`blk.${i}.ffn_gate`, hidden, feedForward),
    matrix(`blk.${i}.ffn_up`, hidden, feedForward),
    matrix(`blk.${i}.ffn_down`, feedForward, hidden),
  ]
  return [
    matrix('token_embd', hidden, vocabulary),
    ...Array.from({ length: layers }, (_, i) => layer(i)).flat(),
    gain('output_norm'),
  ]
}

const aligned = (at: number): number => Math.ceil(at / alignment) * alignment

function head(shape: Shape, listed: readonly Listed[]): Buffer {
  const parts: Buffer[] = []
  const int = (value: number): void => {
    const buffer = Buffer.alloc(4)
    buffer.writeUInt32LE(value)
    parts.push(buffer)
  }
  const long = (value: number): void => {
    const buffer = Buffer.alloc(8)
    buffer.writeBigUInt64LE(BigInt(value))
    parts.push(buffer)
  }
  const text = (value: string): void => {
    const bytes = Buffer.from(value)
    long(bytes.length)
    parts.push(bytes)
  }
  parts.push(Buffer.from('GGUF'))
  int(3)
  long(listed.length)
  const pairs = settings(shape)
  long(pairs.length + 3)
  for (const [name, type, value] of pairs) {
    text(name)
    int(types[type])
    if (typeof value === 'string') text(value)
    else if (type === 'float32') {
      const buffer = Buffer.alloc(4)
      buffer.writeFloatLE(value)
      parts.push(buffer)
    } else int(value)
  }
  const words = vocabulary(shape.vocabulary)
  const array = (name: string, type: number): void => {
    text(name)
    int(types.array)
    int(type)
    long(words.length)
  }
  array('tokenizer.ggml.tokens', types.text)
  for (const word of words) text(word.text)
  array('tokenizer.ggml.scores', types.float32)
  parts.push(Buffer.alloc(4 * words.length))
  array('tokenizer.ggml.token_type', types.int32)
  for (const word of words) int(word.kind)
  let at = 0
  for (const { name, sizes, kind, bytes } of listed) {
    text(name)
    int(sizes.length)
    for (const size of sizes) long(size)
    int(kind)
    long(at)
    at = aligned(at + bytes)
  }
  const whole = Buffer.concat(parts)
  return Buffer.concat([whole, Buffer.alloc(aligned(whole.length) - whole.length)])
}

/** Small random numbers, the same megabytes over and over: speed does not depend on them, only on their being ordinary. */
function noise(bytes: 2 | 4, seed: number): Uint8Array {
  const draws = random(seed)
  const values = Float32Array.from({ length: 1 << 20 }, () => (draws.float() - 0.5) * 0.06)
  return new Uint8Array(bytes === 4 ? values.buffer : Float16Array.from(values).buffer)
}

/** Writes the file; gains are ones, all else is noise. */
export async function writeGguf(path: string, shape: Shape, seed = 7): Promise<void> {
  const listed = tensors(shape)
  const file = await open(path, 'w')
  try {
    await file.write(head(shape, listed))
    const numbers = noise(shape.bytes, seed)
    for (const { sizes, bytes } of listed) {
      const ones = sizes.length === 1 ? new Uint8Array(new Float32Array(sizes[0] ?? 0).fill(1).buffer) : null
      for (let done = 0; done < bytes;) {
        const block = (ones ?? numbers).subarray(0, Math.min(bytes - done, numbers.length))
        await file.write(block)
        done += block.length
      }
      await file.write(Buffer.alloc(aligned(bytes) - bytes))
    }
  } finally {
    await file.close()
  }
}
