/** The plans of kept runs asked again in turn, A B A B, so that what grows slower or faster meanwhile touches all alike. */
import type { Round, TimedAsk } from '../../../../shared/comparison.ts'
import { Fault } from '../../../../shared/fault.ts'
import type { Counts, Run } from '../../../../shared/run.ts'
import { ask, type Answer } from '../../ask.ts'
import { cutPassages } from '../../compress/passages.ts'
import type { Parts } from '../../parts.ts'

export type Timing =
  /** `round` is negative for rounds that warm up and are dropped. */
  | {
      readonly type: 'ask'
      readonly done: number
      readonly round: number
      readonly ask: TimedAsk
      readonly counts: Counts
    }
  | { readonly type: 'round'; readonly asks: Round['asks'] }

/**
 * Asks every plan once a round. Each reads the passages of its run, so that retrieval takes no time; its chunk embeddings are in the cache
 * and no prefix of the run before is kept, so that no time hangs on which plan came before. Faults bad-input for runs of another
 * bundle and run-elsewhere.
 */
export async function* timeRuns(
  parts: Parts,
  runs: readonly Run[],
  { repeats, warmups }: { readonly repeats: number; readonly warmups: number },
  signal?: AbortSignal,
): AsyncGenerator<Timing> {
  checkBundle(parts, runs)
  let done = 0
  for (let round = -warmups; round < repeats; round++) {
    const asks: TimedAsk[] = []
    for (const run of runs) {
      signal?.throwIfAborted()
      const { timings, counts } = await askAgain(parts, run, signal)
      const timed = { run: run.id, timings }
      asks.push(timed)
      yield { type: 'ask', done: ++done, round, ask: timed, counts }
    }
    if (round >= 0) yield { type: 'round', asks }
  }
}

async function askAgain(parts: Parts, { plan, passages }: Run, signal?: AbortSignal): Promise<Answer> {
  const chunks = cutPassages(passages, plan.k, parts.tokenizer).map(({ tokens }) => tokens)
  await parts.compressor.compress(chunks, plan.k, signal)
  parts.held.keys = []
  return ask(parts, { ...plan, target: undefined }, async () => passages, { signal })
}

function checkBundle({ bundle }: Parts, runs: readonly Run[]): void {
  const away = runs.find(({ manifest }) => manifest.decoder !== undefined)
  if (away !== undefined)
    throw new Fault(
      'run-elsewhere',
      `One of the runs was decoded by ${away.manifest.decoder?.name}: rounds time what runs here.`,
    )
  const other = runs.find(({ manifest }) => manifest.bundle.hash !== bundle.hash)
  if (other === undefined) return
  const { name } = other.manifest.bundle
  throw new Fault(
    'bad-input',
    `One of the runs was made with another bundle, ${name}: its plan cannot be timed here.`,
    {
      remedy: `Open the workbench with ${name}, or compare runs of ${bundle.config.name} alone.`,
    },
  )
}
