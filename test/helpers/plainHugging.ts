/**
 * Decoders in plain TypeScript, straight from a Hugging Face config and its tensors by their own names: what an imported model is
 * compared with. It shares nothing with the engine: no names, no layouts, no tables of angles.
 */

export type HuggingConfig = Readonly<Record<string, unknown>>
export type PlainTensor = { readonly shape: readonly number[]; readonly data: Float32Array }
type Tensors = ReadonlyMap<string, PlainTensor>
type Row = readonly number[]

/**
 * Logits of every position. With `prompt`, positions from there on were decoded one at a time, each when there were so many: dynamic
 * scaling turns by that.
 */
export function plainLogits(
  config: HuggingConfig,
  tensors: Tensors,
  ids: readonly number[],
  prompt = ids.length,
): number[][] {
  return config['model_type'] === 'gpt2' ? gpt2(config, tensors, ids) : llama(config, tensors, ids, prompt)
}

function llama(config: HuggingConfig, tensors: Tensors, ids: readonly number[], prompt: number): number[][] {
  const number = (name: string): number => config[name] as number
  const [heads, kvHeads, headDim] = [number('num_attention_heads'), number('num_key_value_heads'), number('head_dim')]
  const epsilon = number('rms_norm_eps')
  const of = (name: string): PlainTensor | undefined => tensors.get(name)
  const linear = (x: Row, name: string): number[] => timesRows(x, of(`${name}.weight`)!, of(`${name}.bias`))
  let states: Row[] = ids.map((id) => rowOf(of('model.embed_tokens.weight')!, id))
  for (let layer = 0; layer < number('num_hidden_layers'); layer++) {
    const own = `model.layers.${layer}`
    const inputs = states.map((x) => rms(x, of(`${own}.input_layernorm.weight`)!.data, epsilon))
    const headsOf = (part: 'q' | 'k', count: number): number[][][] =>
      inputs.map((x, position) => {
        const gain = of(`${own}.self_attn.${part}_norm.weight`)
        const reach = Math.max(position + 1, prompt)
        return cut(linear(x, `${own}.self_attn.${part}_proj`), count).map((head) =>
          turn(gain ? rms(head, gain.data, epsilon) : head, position, config, reach),
        )
      })
    const [q, k] = [headsOf('q', heads), headsOf('k', kvHeads)]
    const v = inputs.map((x) => cut(linear(x, `${own}.self_attn.v_proj`), kvHeads))
    const mixed = attend(q, k, v, 1 / Math.sqrt(headDim), windowOf(config, layer))
    states = states.map((x, position) => {
      const y = sum(x, linear(mixed[position]!, `${own}.self_attn.o_proj`))
      const m = rms(y, of(`${own}.post_attention_layernorm.weight`)!.data, epsilon)
      const [gate, up] = [linear(m, `${own}.mlp.gate_proj`), linear(m, `${own}.mlp.up_proj`)]
      const inner = gate.map((value, i) => activation(config['hidden_act'], value) * up[i]!)
      return sum(y, linear(inner, `${own}.mlp.down_proj`))
    })
  }
  const head = of(config['tie_word_embeddings'] === true ? 'model.embed_tokens.weight' : 'lm_head.weight')!
  return states.map((x) => timesRows(rms(x, of('model.norm.weight')!.data, epsilon), head))
}

/** How far back a layer looks. */
function windowOf(config: HuggingConfig, layer: number): number {
  const window = config['sliding_window']
  const types = config['layer_types'] as readonly string[] | undefined
  const listed = types ? types[layer] === 'sliding_attention' : layer >= (config['max_window_layers'] as number)
  const slides = config['model_type'] === 'mistral' || (config['use_sliding_window'] === true && listed)
  return slides && typeof window === 'number' ? window : Infinity
}

/** Angles a position, rounded where the model stands for one that was cast whole: no config says so, a test does. */
function frequency(config: HuggingConfig, i: number, reach: number): number {
  const exact = scaled(config, i, reach)
  return config['cast'] === 'f16' ? Float16Array.of(exact)[0]! : exact
}

/** By the formulas of each kind of scaling. */
function scaled(config: HuggingConfig, i: number, reach: number): number {
  const headDim = config['head_dim'] as number
  const spelt = (config['rope_parameters'] ?? config['rope_scaling'] ?? {}) as Readonly<Record<string, unknown>>
  const theta = (spelt['rope_theta'] ?? config['rope_theta'] ?? 10_000) as number
  const [type, factor] = [spelt['rope_type'] ?? spelt['type'], spelt['factor'] as number]
  const longest = config['max_position_embeddings'] as number
  if (type === 'dynamic') {
    const seen = Math.max(reach, longest)
    const base = theta * ((factor * seen) / longest - (factor - 1)) ** (headDim / (headDim - 2))
    return 1 / base ** ((2 * i) / headDim)
  }
  const plain = 1 / theta ** ((2 * i) / headDim)
  if (type === 'linear') return plain / factor
  if (type === 'yarn') return yarn(config, spelt, plain, i)
  if (type !== 'llama3') return plain
  const [low, high] = [spelt['low_freq_factor'] as number, spelt['high_freq_factor'] as number]
  const old = spelt['original_max_position_embeddings'] as number
  const length = (2 * Math.PI) / plain
  if (length < old / high) return plain
  if (length > old / low) return plain / factor
  const smooth = (old / length - low) / (high - low)
  return (1 - smooth) * (plain / factor) + smooth * plain
}

/** YaRN's, from what the library documents: beta_fast and beta_slow turns of the original length bound a linear ramp over pairs. */
function yarn(config: HuggingConfig, spelt: Readonly<Record<string, unknown>>, plain: number, i: number): number {
  const [dim, theta] = [config['head_dim'] as number, (spelt['rope_theta'] ?? config['rope_theta']) as number]
  const old = spelt['original_max_position_embeddings'] as number
  const pair = (turns: number): number => (dim * Math.log(old / (turns * 2 * Math.PI))) / (2 * Math.log(theta))
  const low = Math.max(Math.floor(pair((spelt['beta_fast'] ?? 32) as number)), 0)
  const high = Math.min(Math.ceil(pair((spelt['beta_slow'] ?? 1) as number)), dim - 1)
  const kept = 1 - Math.min(1, Math.max(0, (i - low) / (high - low)))
  return kept * plain + (1 - kept) * (plain / (spelt['factor'] as number))
}

/** What cosines and sines are multiplied by. */
function amplitude(config: HuggingConfig): number {
  const spelt = (config['rope_parameters'] ?? config['rope_scaling'] ?? {}) as Readonly<Record<string, unknown>>
  if (spelt['rope_type'] !== 'yarn') return 1
  return (spelt['attention_factor'] ?? 1 + 0.1 * Math.log(spelt['factor'] as number)) as number
}

function turn(head: Row, position: number, config: HuggingConfig, reach: number): number[] {
  const [half, grown] = [head.length / 2, amplitude(config)]
  return head.map((value, i) => {
    const angle = position * frequency(config, i % half, reach)
    const other = i < half ? -head[i + half]! : head[i - half]!
    return grown * (value * Math.cos(angle) + other * Math.sin(angle))
  })
}

function gpt2(config: HuggingConfig, tensors: Tensors, ids: readonly number[]): number[][] {
  const number = (name: string): number => config[name] as number
  const [heads, epsilon] = [number('n_head'), number('layer_norm_epsilon')]
  const of = (name: string): PlainTensor => tensors.get(`transformer.${name}`)!
  const conv = (x: Row, name: string): number[] => timesColumns(x, of(`${name}.weight`), of(`${name}.bias`))
  const norm = (x: Row, name: string): number[] => layer(x, of(`${name}.weight`).data, of(`${name}.bias`).data, epsilon)
  const root = config['scale_attn_weights'] === false ? 1 : Math.sqrt(number('n_embd') / heads)
  const byLayer = config['scale_attn_by_inverse_layer_idx'] === true
  let states = ids.map((id, position) => sum(rowOf(of('wte.weight'), id), rowOf(of('wpe.weight'), position)))
  for (let at = 0; at < number('n_layer'); at++) {
    const own = `h.${at}`
    const qkv = states.map((x) => conv(norm(x, `${own}.ln_1`), `${own}.attn.c_attn`))
    const part = (i: number): number[][][] =>
      qkv.map((row) => cut(row.slice((i * row.length) / 3, ((i + 1) * row.length) / 3), heads))
    const mixed = attend(part(0), part(1), part(2), 1 / (byLayer ? root * (at + 1) : root), Infinity)
    states = states.map((x, position) => {
      const y = sum(x, conv(mixed[position]!, `${own}.attn.c_proj`))
      const inner = conv(norm(y, `${own}.ln_2`), `${own}.mlp.c_fc`).map((value) =>
        activation(config['activation_function'], value),
      )
      return sum(y, conv(inner, `${own}.mlp.c_proj`))
    })
  }
  return states.map((x) => timesRows(norm(x, 'ln_f'), of('wte.weight')))
}

/** Attention of positions over those up to themselves, at most `window` of them: [positions, heads, headDim] in, heads joined out. */
function attend(
  q: readonly Row[][],
  k: readonly Row[][],
  v: readonly Row[][],
  scale: number,
  window: number,
): number[][] {
  return q.map((heads, row) =>
    heads.flatMap((query, head) => {
      const shared = Math.floor((head * k[0]!.length) / heads.length)
      const seen = Array.from({ length: row + 1 }, (_, i) => i).filter((column) => row - column < window)
      const scores = seen.map((column) => dot(query, k[column]![shared]!) * scale)
      const powers = scores.map((score) => Math.exp(score - Math.max(...scores)))
      const whole = powers.reduce((a, b) => a + b, 0)
      return Array.from({ length: query.length }, (_, i) =>
        seen.reduce((total, column, at) => total + (powers[at]! / whole) * v[column]![shared]![i]!, 0),
      )
    }),
  )
}

function activation(name: unknown, x: number): number {
  if (name === 'relu') return Math.max(0, x)
  if (name === 'silu') return x / (1 + Math.exp(-x))
  if (name === 'quick_gelu') return x / (1 + Math.exp(-1.702 * x))
  return name === 'gelu' ? gelu(x) : geluTanh(x)
}

function geluTanh(x: number): number {
  return 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)))
}

/** x Phi(x), erf by its power series. */
function gelu(x: number): number {
  const z = x / Math.SQRT2
  let [term, erf] = [z, z]
  for (let n = 1; n < 80; n++) {
    term *= (-z * z) / n
    erf += term / (2 * n + 1)
  }
  return 0.5 * x * (1 + (2 / Math.sqrt(Math.PI)) * erf)
}

function rms(x: Row, gain: Float32Array, epsilon: number): number[] {
  const scale = 1 / Math.sqrt(dot(x, x) / x.length + epsilon)
  return x.map((value, i) => value * scale * gain[i]!)
}

function layer(x: Row, gain: Float32Array, shift: Float32Array, epsilon: number): number[] {
  const mean = x.reduce((a, b) => a + b, 0) / x.length
  const centred = x.map((value) => value - mean)
  const scale = 1 / Math.sqrt(dot(centred, centred) / x.length + epsilon)
  return centred.map((value, i) => value * scale * gain[i]! + shift[i]!)
}

/** A product with a matrix [out, in]. */
function timesRows(x: Row, { shape, data }: PlainTensor, bias?: PlainTensor): number[] {
  return Array.from({ length: shape[0]! }, (_, out) => {
    let total = bias?.data[out] ?? 0
    for (let i = 0; i < x.length; i++) total += x[i]! * data[out * x.length + i]!
    return total
  })
}

/** A product with a matrix [in, out]. */
function timesColumns(x: Row, { shape, data }: PlainTensor, bias: PlainTensor): number[] {
  const width = shape[1]!
  return Array.from({ length: width }, (_, out) => {
    let total = bias.data[out]!
    for (let i = 0; i < x.length; i++) total += x[i]! * data[i * width + out]!
    return total
  })
}

function rowOf({ shape, data }: PlainTensor, at: number): number[] {
  return [...data.subarray(at * shape[1]!, (at + 1) * shape[1]!)]
}

function cut(row: Row, count: number): number[][] {
  const width = row.length / count
  return Array.from({ length: count }, (_, i) => row.slice(i * width, (i + 1) * width))
}

function dot(a: Row, b: Row): number {
  return a.reduce((total, value, i) => total + value * b[i]!, 0)
}

function sum(a: Row, b: Row): number[] {
  return a.map((value, i) => value + b[i]!)
}
