/** What OpenAI's text completions and those who follow them say in the events of a stream. */
import * as z from 'zod'
import type { RemotePart, RemoteToken } from './format.ts'

/** Counts come with the last event, or never. */
export const Usage = z.object({ prompt_tokens: z.number().int(), completion_tokens: z.number().int() }).nullish()

const LogProbs = z.object({
  tokens: z.array(z.string()),
  token_logprobs: z.array(z.number().nullable()),
  top_logprobs: z.array(z.record(z.string(), z.number()).nullable()).nullish(),
})
const Event = z.object({
  choices: z.array(
    z.object({
      text: z.string().default(''),
      logprobs: LogProbs.nullish(),
      finish_reason: z.string().nullish(),
      /** The token or the text that ended it. */
      stop_reason: z.union([z.number().int(), z.string()]).nullish(),
    }),
  ),
  usage: Usage,
})

type NameToken = (token: string) => Pick<RemoteToken, 'id' | 'text'>

/** Reads the events of one answer; `name` says what stands for a token in them. */
export function completionReader(name: NameToken): (event: unknown) => RemotePart {
  return (event) => {
    const { choices, usage } = Event.parse(event)
    const [choice] = choices
    return {
      text: choice?.text ?? '',
      tokens: choice?.logprobs ? tokensOf(choice.logprobs, name) : [],
      finish: finishOf(choice?.finish_reason),
      stopId: typeof choice?.stop_reason === 'number' ? choice.stop_reason : null,
      promptTokens: usage?.prompt_tokens ?? null,
      answerTokens: usage?.completion_tokens ?? null,
    }
  }
}

function tokensOf({ tokens, token_logprobs, top_logprobs }: z.infer<typeof LogProbs>, name: NameToken): RemoteToken[] {
  return tokens.map((token, at) => ({
    ...name(token),
    logProb: token_logprobs[at] ?? null,
    alternatives: bestOf(
      Object.entries(top_logprobs?.[at] ?? {}).map(([other, logProb]) => ({ ...name(other), logProb })),
    ),
  }))
}

/** The likeliest first; a server adds the token itself where it is none of them. */
export function bestOf<Each extends { readonly logProb: number }>(found: readonly Each[]): readonly Each[] {
  return found.toSorted((a, b) => b.logProb - a.logProb).slice(0, 5)
}

/** How an answer ended. Throws for an end that is none of an answer. */
export function finishOf(reason: string | null | undefined): RemotePart['finish'] {
  if (reason === null || reason === undefined) return null
  if (reason === 'length') return 'length'
  if (reason === 'stop') return 'end'
  throw new Error(`the server ended the answer with “${reason}”`)
}
