/** vLLM: `/v1/completions`, the prompt as a torch-saved tensor in base64; tokens come back by their ids. */
import { completionReader } from './completion.ts'
import type { Format, RemoteToken } from './format.ts'
import { torchSave } from './torchSave.ts'

/** Most probable tokens asked for at each place, as many as a run keeps. */
const alternatives = 5

export const vllmFormat: Format = {
  body: ({ model, dtype, logProbs }, input, { sampling, seed, most, stopIds, stopTexts }) => {
    if (input.type !== 'embeddings') throw new Error('internal: vLLM is sent rows')
    const { rows, hidden } = input
    const tensor = torchSave(rows, [rows.length / hidden, hidden], dtype)
    return JSON.stringify({
      model,
      prompt: null,
      prompt_embeds: Buffer.from(tensor.buffer, tensor.byteOffset, tensor.byteLength).toString('base64'),
      max_tokens: most,
      temperature: sampling.temperature,
      ...(sampling.topP < 1 ? { top_p: sampling.topP } : {}),
      ...(sampling.topK > 0 ? { top_k: sampling.topK } : {}),
      seed,
      stop_token_ids: stopIds,
      // What ends an answer is said by the bundle: the model may have an end of its own, which is an ordinary token here.
      ignore_eos: true,
      ...(!logProbs && stopTexts.length > 0 ? { stop: stopTexts } : {}),
      ...(logProbs ? { logprobs: alternatives, return_tokens_as_token_ids: true } : {}),
      stream: true,
      stream_options: { include_usage: true },
    })
  },
  reader: () => completionReader(byId),
}

/** `token_id:N` where the server told the id; else the token's own text. */
function byId(token: string): Pick<RemoteToken, 'id' | 'text'> {
  const found = /^token_id:(\d+)$/.exec(token)
  return found === null ? { id: null, text: token } : { id: Number(found[1]), text: '' }
}
