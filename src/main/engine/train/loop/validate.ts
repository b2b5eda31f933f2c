/** Validation: held-out batches, drawn once, under the weights of the moment. */
import type { Score } from '../../../../shared/corpus.ts'
import type { Histogram } from '../../../../shared/train.ts'
import { startGraph, type Builder } from '../../graph/build.ts'
import { numbers, openSession, type Live } from '../../graph/run.ts'
import type { Value } from '../../graph/value.ts'
import { batchFeeds, type Batch, type BatchShape } from './rows.ts'

/** What validation found: the loss that is watched, every score by name, and samples token by token. */
export type Validated = {
  readonly loss: number
  readonly scores: readonly Score[]
  readonly samples: readonly {
    readonly name: string
    readonly wanted: readonly string[]
    readonly likeliest: readonly string[]
  }[]
  /** How the scores of a policy lie. */
  readonly histogram?: Histogram
}

/** Held-out figures of one set. */
type Validation = {
  readonly name: string
  /** Nats a token. */
  readonly loss: number
  /** Share of targets that were the likeliest token. */
  readonly accuracy: number
  /** Share of answers whose every token was the likeliest; null where there are none. */
  readonly exact: number | null
  readonly tokens: number
  /** Of the first batch: what was to be told and what was likeliest at each place, given all that stood before. */
  readonly told: { readonly wanted: readonly number[]; readonly likeliest: readonly number[] }
}

/** Batches of one shape to validate on. */
export type ValidationSet = { readonly name: string; readonly shape: BatchShape; readonly batches: readonly Batch[] }
type ScoredLoss = (g: Builder, shape: BatchShape) => { readonly loss: Value; readonly scores: Value }

/** For each target of a batch its id and the likeliest id. */
function readTargets(batch: Batch, scores: Float32Array): { readonly wanted: number; readonly likeliest: number }[] {
  const { targets } = batch.feeds
  if (!targets) throw new Error('internal: a batch without targets')
  const words = new Int32Array((targets.data as BigInt64Array).buffer)
  const vocabulary = scores.length / targets.data.length
  return Array.from({ length: batch.targets }, (_, i) => {
    let likeliest = 0
    for (let id = 1; id < vocabulary; id++)
      if ((scores[i * vocabulary + id] as number) > (scores[i * vocabulary + likeliest] as number)) likeliest = id
    return { wanted: words[2 * i] as number, likeliest }
  })
}

/** Share of a batch's answers whose every target is the likeliest token. */
function exactShare(batch: Batch, right: readonly boolean[]): number | null {
  const groups = new Map<number, boolean>()
  right.forEach((hit, i) => {
    const group = batch.groups[i] as number
    if (group >= 0) groups.set(group, (groups.get(group) ?? true) && hit)
  })
  return groups.size === 0 ? null : [...groups.values()].filter(Boolean).length / groups.size
}

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length

/** Runs every set once. */
export async function validateSets(
  loss: ScoredLoss,
  sets: readonly ValidationSet[],
  weights: ReadonlyMap<string, Live>,
  threads: number,
  piece: (id: number) => string,
): Promise<Validated> {
  const results: Validation[] = []
  for (const { name, shape, batches } of sets) {
    const g = startGraph('valid')
    for (const [output, value] of Object.entries(pick(loss(g, shape)))) g.output(output, value)
    const graph = g.finish()
    const session = await openSession(graph, undefined, { threads, arena: false })
    const [losses, exacts, rights]: [number[], number[], boolean[]] = [[], [], []]
    let told: Validation['told'] | null = null
    for (const batch of batches) {
      const result = await session.run({
        ...batchFeeds(batch),
        ...Object.fromEntries(graph.params.map((param) => [param.name, weights.get(param.name) as Live])),
      })
      losses.push(numbers(result.loss)[0] as number)
      const targets = readTargets(batch, numbers(result.scores))
      const right = targets.map(({ wanted, likeliest }) => wanted === likeliest)
      rights.push(...right)
      const share = exactShare(batch, right)
      if (share !== null) exacts.push(share)
      told ??= { wanted: targets.map((each) => each.wanted), likeliest: targets.map((each) => each.likeliest) }
    }
    await session.close()
    results.push({
      name,
      loss: mean(losses),
      accuracy: mean(rights.map(Number)),
      exact: exacts.length > 0 ? mean(exacts) : null,
      tokens: rights.length,
      told: told ?? { wanted: [], likeliest: [] },
    })
  }
  return {
    loss: results[0]?.loss ?? Number.NaN,
    scores: results.flatMap(scoresOf),
    samples: results.map(({ name, told }) => ({
      name,
      wanted: told.wanted.map(piece),
      likeliest: told.likeliest.map(piece),
    })),
  }
}

function scoresOf({ name, loss, accuracy, exact }: Validation): Score[] {
  return [
    { metric: `${name}: loss, nats a token`, value: loss, better: 'lower' },
    { metric: `${name}: tokens right`, value: accuracy, better: 'higher' },
    ...(exact === null ? [] : [{ metric: `${name}: exact match`, value: exact, better: 'higher' as const }]),
  ]
}

const pick = ({ loss, scores }: { readonly loss: Value; readonly scores: Value }) => ({ loss, scores })
