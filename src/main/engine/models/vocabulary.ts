/** A tokenizer.json beside the vocabulary of its model: every id has a row. */
import * as z from 'zod'
import { Fault } from '../../../shared/fault.ts'
import type { ModelFolder } from './folder.ts'

const id = z.number().int().min(0)
const Vocabulary = z.object({
  added_tokens: z.array(z.looseObject({ id, content: z.string() })).default([]),
  // Unigram keeps a list, in the order of the ids; the others ids by token.
  model: z.looseObject({ vocab: z.union([z.record(z.string(), id), z.array(z.unknown())]) }),
})

/** Highest id + 1 of a tokenizer.json; null for none. Fault model-damaged for what is no tokenizer. */
export function tokenizerSize(tokenizer: unknown): number | null {
  if (tokenizer === null || tokenizer === undefined) return null
  const parsed = Vocabulary.safeParse(tokenizer)
  if (!parsed.success)
    throw new Fault('model-damaged', 'tokenizer.json holds no vocabulary of tokens and ids.', { cause: parsed.error })
  const { vocab } = parsed.data.model
  let highest = Array.isArray(vocab) ? vocab.length - 1 : -1
  if (!Array.isArray(vocab)) for (const each of Object.values(vocab)) highest = Math.max(highest, each)
  for (const added of parsed.data.added_tokens) highest = Math.max(highest, added.id)
  return highest + 1
}

/** What there is to say of a folder's tokenizer. Fault model-damaged where it has an id that the embeddings have no row for. */
export function checkTokenizer({ tokenizer }: Pick<ModelFolder, 'tokenizer'>, rows: number): readonly string[] {
  const size = tokenizerSize(tokenizer)
  if (size === null) return ['There is no tokenizer.json: the model can be run on token ids alone.']
  if (size > rows)
    throw new Fault('model-damaged', `tokenizer.json has ids up to ${size - 1}, the embeddings have ${rows} rows.`, {
      remedy:
        'Fetch the tokenizer of the same model and revision; after tokens were added, the embeddings must be resized.',
    })
  return []
}
