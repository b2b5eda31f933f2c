/** The template of an imported decoder: what its tokenizer and its chat template have in place of REFRAG's special tokens. */
import { Fault } from '../../../shared/fault.ts'
import type { TemplateKind } from '../../../shared/pair.ts'
import type { Piece, Template } from '../nets/template.ts'
import type { Tokenizer } from '../tokens/tokenizer.ts'

/** What of an imported decoder says how its texts begin and end. */
export type Speech = {
  readonly tokenizer: Pick<Tokenizer, 'encode' | 'piece' | 'frame'>
  /** Ids that end a text, the usual one first. */
  readonly ends: readonly number[]
  /** Its chat template as it came, in Jinja; null where it has none. */
  readonly chat: string | null
}

/** The text about a user's message in one form of chat; `end` ends the answer, the text's own end where it is null. */
type Chat = {
  readonly name: string
  /** What only templates of this form hold. */
  readonly sign: string
  readonly before: string
  readonly after: string
  readonly end: string | null
}

/** Chat templates are programs; what they make of one message is known by their signs, and none is run. */
const chats: readonly Chat[] = [
  {
    name: 'ChatML',
    sign: '<|im_start|>',
    before: '<|im_start|>user\n',
    after: '<|im_end|>\n<|im_start|>assistant\n',
    end: '<|im_end|>',
  },
  {
    name: 'Llama 3',
    sign: '<|start_header_id|>',
    before: '<|start_header_id|>user<|end_header_id|>\n\n',
    after: '<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n',
    end: '<|eot_id|>',
  },
  { name: 'Llama 2 and Mistral', sign: '[INST]', before: '[INST] ', after: ' [/INST]', end: null },
  { name: 'Zephyr', sign: '<|user|>', before: '<|user|>\n', after: '</s>\n<|assistant|>\n', end: null },
]

const text = (value: string): Piece => [{ text: value }]

/** The tokens that the tokenizer puts before every text, by their names. */
function openingOf({ frame, piece }: Speech['tokenizer']): readonly string[] {
  const { ids } = frame.around([-1])
  return [...ids.subarray(0, ids.indexOf(-1))].map(piece)
}

/** Whether the tokenizer itself puts a space before a text: an answer then needs none of its own. */
function opensWithSpace({ encode, piece }: Speech['tokenizer']): boolean {
  const [first] = encode('a')
  return first !== undefined && piece(first).startsWith(' ')
}

function chatOf(chat: string | null): Chat | null {
  return chats.find(({ sign }) => chat?.includes(sign) === true) ?? null
}

/** The template's kind where none is asked for. */
export function usualKind({ chat }: Pick<Speech, 'chat'>): TemplateKind {
  return chatOf(chat) === null ? 'question' : 'chat'
}

/** The template of an imported decoder. Fault bad-input for a chat template that it has not, or that is of none of the known forms. */
export function templateOf(kind: TemplateKind, speech: Speech): Template {
  const { tokenizer } = speech
  const [end, ...others] = speech.ends.map(tokenizer.piece)
  const opening = openingOf(tokenizer)
  // A text that follows another's end begins anew: that is how decoders without an opening token met theirs.
  const start: Piece = opening.length > 0 ? [...opening] : end === undefined ? text('\n') : [end]
  const common = {
    order: 'question-last',
    repeat: text('\n'),
    end: end ?? text('\n\n'),
    start,
    ...(opensWithSpace(tokenizer) ? { lead: '' } : {}),
  } as const
  // A decoder that opens another text has ended this one, whatever its config names as the end.
  const ways = [...others, ...(opening.length === 1 ? opening : [])].filter((way) => way !== end)
  const stops = ways.length === 0 ? {} : { stops: [...ways] }
  if (kind === 'plain') return { ...common, passage: [], question: [], answer: [], ...stops }
  if (kind === 'question')
    return {
      ...common,
      passage: text('\n\n'),
      question: text('\n\nQuestion:\n'),
      answer: text('\nAnswer:'),
      stops: [...ways, text('\n\n')],
    }
  const chat = chatOf(speech.chat)
  if (chat === null)
    throw new Fault(
      'bad-input',
      speech.chat === null
        ? 'The decoder has no chat template.'
        : `Its chat template is of none of the known forms: ${chats.map(({ name }) => name).join(', ')}.`,
      { remedy: 'Choose the template question or plain.' },
    )
  return {
    ...common,
    passage: text('\n\n'),
    question: text('\n\n'),
    answer: text(chat.after),
    start: [...opening, { text: chat.before }],
    ...(chat.end === null ? stops : { end: chat.end, stops: speech.ends.map(tokenizer.piece) }),
    lead: '',
  }
}
