/** The forced beginning of an answer, as tokens. */
import { Fault } from '../../../shared/fault.ts'
import type { Plan } from '../../../shared/plan.ts'
import { stopLength, type TemplateIds } from '../nets/template.ts'
import type { Tokenizer } from '../tokens/tokenizer.ts'

/**
 * The tokens that a plan's answer is forced to begin with; a text is read as an answer is. Fault bad-input for ids that
 * the tokenizer does not know, for more tokens than the answer may have, and for anything behind the end.
 */
export function prefixIds(
  { prefix = [], maxTokens }: Pick<Plan, 'prefix' | 'maxTokens'>,
  {
    tokenizer,
    ids,
  }: { readonly tokenizer: Pick<Tokenizer, 'encode' | 'size'>; readonly ids: Pick<TemplateIds, 'stops' | 'lead'> },
): readonly number[] {
  const text = typeof prefix === 'string' ? prefix.trim() : null
  const given = typeof prefix !== 'string' ? prefix : text === '' ? [] : [...tokenizer.encode(`${ids.lead}${text}`)]
  const unknown = given.find((id) => id >= tokenizer.size)
  if (unknown !== undefined)
    throw new Fault('bad-input', `The answer cannot begin with token ${unknown}: ids end at ${tokenizer.size - 1}.`, {
      remedy: 'Go on from a run of the bundle that is loaded, or give the beginning as text.',
    })
  if (given.length > maxTokens)
    throw new Fault('bad-input', `The answer begins with ${given.length} tokens, and may have ${maxTokens}.`, {
      remedy: 'Raise max tokens, or go on from an earlier token.',
    })
  if (given.some((_, i) => i + 1 < given.length && stopLength(ids, given.slice(0, i + 1)) > 0))
    throw new Fault('bad-input', 'The beginning of the answer goes on behind its end.', {
      remedy: 'Leave out what stands behind the end.',
    })
  return given
}
