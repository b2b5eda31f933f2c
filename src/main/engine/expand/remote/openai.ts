/** OpenAI-compatible servers: the question as text, to chat or to text completions, whichever its address names. */
import * as z from 'zod'
import { bestOf, completionReader, finishOf, Usage } from './completion.ts'
import type { Format, RemotePart } from './format.ts'

const Scored = z.object({ token: z.string(), logprob: z.number() })
const Event = z.object({
  choices: z.array(
    z.object({
      delta: z.object({ content: z.string().nullish() }).default({}),
      logprobs: z
        .object({ content: z.array(Scored.extend({ top_logprobs: z.array(Scored).default([]) })).nullish() })
        .nullish(),
      finish_reason: z.string().nullish(),
    }),
  ),
  usage: Usage,
})

const isChat = ({ endpoint }: { readonly endpoint: string }): boolean => endpoint.endsWith('/chat/completions')

export const openaiFormat: Format = {
  body: (server, input, { sampling, seed, most }) => {
    if (input.type !== 'text') throw new Error('internal: only text is sent there')
    const { model, logProbs } = server
    const shared = {
      model,
      max_tokens: most,
      temperature: sampling.temperature,
      ...(sampling.topP < 1 ? { top_p: sampling.topP } : {}),
      seed,
      stream: true,
      stream_options: { include_usage: true },
    }
    return JSON.stringify(
      isChat(server)
        ? {
            ...shared,
            messages: [{ role: 'user', content: input.prompt }],
            ...(logProbs ? { logprobs: true, top_logprobs: 5 } : {}),
          }
        : { ...shared, prompt: `${input.prompt}\nAnswer:`, ...(logProbs ? { logprobs: 5 } : {}) },
    )
  },
  reader: (server) => (isChat(server) ? readChat : completionReader((text) => ({ id: null, text }))),
}

function readChat(event: unknown): RemotePart {
  const { choices, usage } = Event.parse(event)
  const [choice] = choices
  return {
    text: choice?.delta.content ?? '',
    tokens: (choice?.logprobs?.content ?? []).map(({ token, logprob, top_logprobs: top }) => ({
      id: null,
      text: token,
      logProb: logprob,
      alternatives: bestOf(top.map((other) => ({ id: null, text: other.token, logProb: other.logprob }))),
    })),
    finish: finishOf(choice?.finish_reason),
    stopId: null,
    promptTokens: usage?.prompt_tokens ?? null,
    answerTokens: usage?.completion_tokens ?? null,
  }
}
