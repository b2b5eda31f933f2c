/** A run set up again as the decoder met it: the same passages, chunks, embeddings and decisions, and a fixed target. */
import { Fault } from '../../../shared/fault.ts'
import type { Run } from '../../../shared/run.ts'
import type { Target } from '../../../shared/whatif.ts'
import { cutPassages } from '../compress/passages.ts'
import type { Cut } from '../expand/input.ts'
import { answerIds, withoutStop } from '../nets/template.ts'
import type { Parts } from '../parts.ts'

/** What of a run is needed to set it up again. */
export type AskedRun = Pick<Run, 'id' | 'plan' | 'passages' | 'chunks' | 'tokens'> & {
  readonly manifest: Pick<Run['manifest'], 'bundle' | 'decoder' | 'weights'>
}

export type Restored = {
  readonly parts: Parts
  readonly run: AskedRun
  readonly cut: Cut
  /** What the run did with each chunk. */
  readonly expanded: readonly boolean[]
  readonly target: {
    readonly kind: Target
    readonly ids: readonly number[]
    readonly text: string
  }
}

/**
 * Sets `run` up again. `kind` is the gold answer where the plan has one, else the run's own answer. Faults: run-other-bundle where
 * other weights are loaded, run-elsewhere where another decoder made it, bad-input where there is no gold answer to measure.
 */
export async function restore(
  parts: Parts,
  run: AskedRun,
  kind: Target = run.plan.target ? 'gold' : 'answer',
  signal?: AbortSignal,
): Promise<Restored> {
  const { bundle, decoder } = run.manifest
  if (decoder !== undefined)
    throw new Fault(
      'run-elsewhere',
      `Run ${run.id} was decoded by ${decoder.name}: what-if needs the decoder of the run here.`,
    )
  if (bundle.hash !== parts.bundle.hash)
    throw new Fault('run-other-bundle', `Run ${run.id} was made with ${bundle.name} ${bundle.hash.slice(0, 12)}.`)
  const held = run.manifest.weights ?? 'f32'
  if (held !== parts.format)
    throw new Fault('run-other-bundle', `Run ${run.id} was made with ${held} weights; ${parts.format} are loaded.`, {
      remedy: `Hold the weights as the run did: refrag settings weights=${held}, then start the engine again.`,
    })
  const { passages, plan } = run
  const chunks = cutPassages(passages, plan.k, parts.tokenizer)
  if (chunks.length !== run.chunks.length) throw new Error(`internal: run ${run.id} is cut into other chunks`)
  const made = await parts.compressor.compress(
    chunks.map((chunk) => chunk.tokens),
    plan.k,
    signal,
  )
  const embedding = (index: number): Float32Array => made[index]?.embedding ?? new Float32Array(0)
  const question = parts.tokenizer.encode(plan.question)
  return {
    parts,
    run,
    cut: { k: plan.k, passages, chunks, embedding, question },
    expanded: run.chunks.map((chunk) => chunk.expanded),
    target: targetOf(parts, run, kind),
  }
}

function targetOf(parts: Parts, run: AskedRun, kind: Target): Restored['target'] {
  if (kind === 'answer') {
    const own = run.tokens.flatMap((token) => token.id ?? [])
    return { kind, ids: own, text: textOf({ parts }, own) }
  }
  const { target } = run.plan
  if (!target)
    throw new Fault('bad-input', 'The run has no gold answer to measure.', {
      remedy: 'Give a gold answer and run again, or measure the run’s own answer.',
    })
  return { kind, ids: answerIds(parts.ids, parts.tokenizer, target), text: target }
}

/** The chunks asked for, in context order; all where none are named. Fault bad-input for one that does not exist. */
export function chosenChunks({ expanded }: Pick<Restored, 'expanded'>, asked?: readonly number[]): readonly number[] {
  if (asked === undefined) return [...expanded.keys()]
  for (const index of asked)
    if (!(index in expanded)) {
      const range = expanded.length === 0 ? 'the run has no chunks' : `chunks run from 0 to ${expanded.length - 1}`
      throw new Fault('bad-input', `There is no chunk ${index}: ${range}.`)
    }
  return [...new Set(asked)].toSorted((a, b) => a - b)
}

/** Tokens of an answer as text, its end left off. */
export function textOf({ parts }: Pick<Restored, 'parts'>, tokens: readonly number[]): string {
  return parts.tokenizer.decode(withoutStop(parts.ids, tokens)).trim()
}
