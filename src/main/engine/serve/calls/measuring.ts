/** Calls that measure: time, quality, sweeps, tables. */
import { writeTables } from '../../bench/export/write.ts'
import { ablate } from '../ablating.ts'
import { measureMemory, measureTraining, measureTtft } from '../benching.ts'
import { checkClaims } from '../claiming.ts'
import { measurePolicy, measurePpl, measureQa, measureRetrieval } from '../evaluating.ts'
import { probe, runSweep } from '../sweeping.ts'
import type { Calls, Rooms } from './rooms.ts'

/** Time, quality, sweeps and tables. Each call is tied to the room that answers it. */
export function measuringCalls(os: Calls, at: Rooms) {
  const { print, loader, jobs } = at
  return {
    bench: {
      ttft: os.bench.ttft.handler(({ input, signal }) =>
        jobs.stream({ kind: 'timing', title: 'Time to first token' }, signal, (own) => measureTtft(input, at, own)),
      ),
      train: os.bench.train.handler(({ input, signal }) =>
        jobs.stream({ kind: 'timing', title: 'Speed of training' }, signal, (own) => measureTraining(input, at, own)),
      ),
      ablation: os.bench.ablation.handler(({ input, signal }) =>
        jobs.stream({ kind: 'ablation', title: `Ablation ${input.what}` }, signal, (own) => ablate(input, loader, own)),
      ),
      claims: os.bench.claims.handler(({ input, signal }) =>
        jobs.stream({ kind: 'claims', title: 'Claims of the paper' }, signal, (own) => checkClaims(input, at, own)),
      ),
      memory: os.bench.memory.handler(({ input, signal }) =>
        jobs.stream({ kind: 'timing', title: 'Memory of training' }, signal, (own) => measureMemory(input, at, own)),
      ),
    },
    evaluate: {
      ppl: os.evaluate.ppl.handler(({ input, signal }) =>
        jobs.stream({ kind: 'evaluation', title: 'Log-perplexity' }, signal, (own) => measurePpl(input, at, own)),
      ),
      policy: os.evaluate.policy.handler(({ input, signal }) =>
        jobs.stream({ kind: 'evaluation', title: 'Choices of policies' }, signal, (own) =>
          measurePolicy(input, at, own),
        ),
      ),
      retrieval: os.evaluate.retrieval.handler(({ input, signal }) =>
        jobs.stream({ kind: 'evaluation', title: 'Retrieval' }, signal, (own) => measureRetrieval(input, at, own)),
      ),
      qa: os.evaluate.qa.handler(({ input, signal }) =>
        jobs.stream({ kind: 'evaluation', title: 'Answers to questions' }, signal, (own) => measureQa(input, at, own)),
      ),
    },
    tables: {
      write: os.tables.write.handler(async ({ input }) => ({
        files: [...(await writeTables(input.tables, input.path, input.title, print))],
      })),
    },
    sweep: {
      run: os.sweep.run.handler(({ input, signal }) =>
        jobs.stream({ kind: 'sweep', title: 'Sweep' }, signal, (own) => runSweep(input, at, own)),
      ),
      probe: os.sweep.probe.handler(({ input, signal }) =>
        jobs.call({ kind: 'estimate', title: 'Estimate of a sweep' }, signal, (own) => probe(input, at, own)),
      ),
      begin: os.sweep.begin.handler(({ input }) => at.sweeps.begin(input)),
      list: os.sweep.list.handler(() => at.sweeps.list()),
      open: os.sweep.open.handler(({ input }) => at.sweeps.open(input.out)),
      follow: os.sweep.follow.handler(({ input, signal }) => at.sweeps.follow(input.id, signal)),
      stop: os.sweep.stop.handler(({ input }) => at.sweeps.stop(input.id)),
      forget: os.sweep.forget.handler(({ input }) => at.sweeps.forget(input.id, input.keys)),
      discard: os.sweep.discard.handler(({ input }) => at.sweeps.discard(input.id)),
    },
  }
}
