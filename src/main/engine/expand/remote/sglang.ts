/** SGLang: `/generate`, the prompt as rows of decimal numbers; events repeat what came before, or do not, by a setting of the server. */
import * as z from 'zod'
import { bestOf, finishOf } from './completion.ts'
import type { Format, RemotePart } from './format.ts'

/** Log-probability, id, and a text that is not asked for. */
const Scored = z.tuple([z.number().nullable(), z.number().int()], z.unknown())
const Event = z.object({
  output_ids: z.array(z.number().int()).nullish(),
  meta_info: z.object({
    finish_reason: z.object({ type: z.string(), message: z.string().nullish() }).nullish(),
    prompt_tokens: z.number().int().nullish(),
    completion_tokens: z.number().int(),
    output_token_logprobs: z.array(Scored).nullish(),
    output_top_logprobs: z.array(z.array(Scored).nullable()).nullish(),
  }),
})

export const sglangFormat: Format = {
  body: ({ logProbs }, input, { sampling, seed, most, stopIds }) => {
    if (input.type !== 'embeddings') throw new Error('internal: SGLang is sent rows')
    const asked = {
      sampling_params: {
        temperature: sampling.temperature,
        ...(sampling.topP < 1 ? { top_p: sampling.topP } : {}),
        ...(sampling.topK > 0 ? { top_k: sampling.topK } : {}),
        // Versions that draw without a seed refuse to be given one.
        ...(sampling.temperature > 0 ? { sampling_seed: seed } : {}),
        max_new_tokens: most,
        stop_token_ids: stopIds,
      },
      ...(logProbs ? { return_logprob: true, top_logprobs_num: 5 } : {}),
      stream: true,
    }
    // The rows are the bulk of it: written as they are walked, and the rest set behind them.
    return `{"input_embeds":${decimals(input.rows, input.hidden)},${JSON.stringify(asked).slice(1)}`
  },
  reader: () => {
    let seen = 0
    return (event): RemotePart => {
      const { output_ids: told, meta_info: meta } = Event.parse(event)
      const { finish_reason: finish, completion_tokens: total } = meta
      if (finish?.type === 'abort') throw new Error(finish.message ?? 'the server gave the answer up')
      const scores = since(meta.output_token_logprobs ?? [], seen, total)
      const top = since(meta.output_top_logprobs ?? [], seen, total)
      const ids = told ? since(told, seen, total) : scores.map(([, id]) => id)
      if (ids.length !== total - seen) throw new Error('the server tells no tokens of the answer')
      seen = total
      return {
        text: '',
        tokens: ids.map((id, at) => ({
          id,
          text: '',
          logProb: scores[at]?.[0] ?? null,
          alternatives: bestOf(
            (top[at] ?? []).flatMap(([logProb, other]) => (logProb === null ? [] : [{ id: other, text: '', logProb }])),
          ),
        })),
        finish: finishOf(finish?.type),
        stopId: null,
        promptTokens: meta.prompt_tokens ?? null,
        answerTokens: total,
      }
    }
  },
}

/** What of a list is new: those that repeat themselves hold all tokens so far. */
function since<Each>(list: readonly Each[], seen: number, total: number): readonly Each[] {
  if (list.length === 0 || list.length === total - seen) return list
  if (list.length === total) return list.slice(seen)
  throw new Error(`the server tells of ${list.length} tokens where there are ${total}`)
}

/** Rows as JSON, each number in nine digits, which give its 32 bits back. */
function decimals(rows: Float32Array, hidden: number): string {
  const lines: string[] = []
  for (let at = 0; at < rows.length; at += hidden)
    lines.push(`[${Array.from(rows.subarray(at, at + hidden), (value) => Number(value.toPrecision(9))).join()}]`)
  return `[${lines.join()}]`
}
