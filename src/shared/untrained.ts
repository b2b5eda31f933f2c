/** Parts of a bundle that still have the random weights they were made with: what they say means nothing yet. */
import * as z from 'zod'

export const UntrainedPart = z.enum(['encoder', 'projector', 'policy', 'policyQuery', 'embedder'])
export type UntrainedPart = z.infer<typeof UntrainedPart>

const words: Readonly<Record<UntrainedPart, string>> = {
  encoder: 'encoder',
  projector: 'projector',
  policy: 'policy',
  policyQuery: 'query-aware policy',
  embedder: 'embedder',
}

/** The parts in words; empty where all are trained. */
export function untrainedText(parts: readonly UntrainedPart[] | undefined): string {
  return (parts ?? []).map((part) => words[part]).join(', ')
}

/** What a bundle's name stands with, wherever it is told: nothing, or that parts of it are untrained. */
export function untrainedNote(parts: readonly UntrainedPart[] | undefined): string {
  const text = untrainedText(parts)
  return text === '' ? '' : `, untrained: ${text}`
}
