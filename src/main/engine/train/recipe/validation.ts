/** What a training run is watched by: answers over one and four unseen passages, in full and compressed, and reconstruction. */
import type { Part, Recipe } from './recipe.ts'

/** Tokens of the documents that are told again, and of the telling. */
const document = { before: 256, after: 96 } as const

type Named = Part & { readonly name: string }

/** Parts to validate on, for the first two k of a recipe. */
export function validationParts(recipe: Recipe): readonly Named[] {
  const ks = recipe.ks.slice(0, 2)
  const base = { share: 1, exactly: true, textShare: 0 }
  const answers = (name: string, passages: number, k: number, p: number): Named => {
    const perPassage = Math.ceil(100 / k) + 1
    const length = p === 1 ? 150 * passages + 20 : passages * (perPassage + 72)
    const batch = passages > 1 ? 8 : 16
    const shape = {
      batch,
      length,
      k,
      chunks: p === 1 ? 1 : batch * perPassage * passages,
      targets: Math.floor(batch * length * (p === 1 ? 0.8 : 0.35)),
      alone: true,
    }
    return { ...base, name, task: 'answer', most: passages, p, shape }
  }
  const reconstructions = ks.map((k): Named => {
    const batch = Math.floor(512 / k)
    return {
      ...base,
      name: `reconstruct k ${k}`,
      task: 'reconstruct',
      most: 1,
      shape: { batch, length: k + 3, k, chunks: batch, targets: batch * (k + 1), alone: true },
    }
  })
  const retellings = [1, ...recipe.ks].map((k): Named => {
    const batch = 8
    const positions = 1 + document.before / k + document.after
    return {
      ...base,
      ...document,
      name: k === 1 ? 'retold full' : `retold k ${k}`,
      task: 'retold',
      most: 1,
      p: k === 1 ? 1 : 0,
      contextWeight: 0,
      shape: {
        batch,
        length: positions,
        k: k === 1 ? (recipe.ks[0] as number) : k,
        chunks: k === 1 ? 1 : (batch * document.before) / k,
        targets: batch * document.after,
        alone: true,
      },
    }
  })
  return [
    ...[1, 4].flatMap((passages) => [
      answers(`${passages} full`, passages, ks[0] as number, 1),
      ...ks.map((k) => answers(`${passages} k ${k}`, passages, k, 0)),
    ]),
    ...reconstructions,
    ...retellings,
  ]
}
