/** createEngine(): the only thing a door imports. Ties each call of the contract to the room that answers it. */
import { mkdir } from 'node:fs/promises'
import type { JobNotice } from '../../shared/job.ts'
import { policyNames } from '../../shared/plan.ts'
import { writeTables } from './bench/export/write.ts'
import { writeCorpus } from './corpus/synthetic/make.ts'
import { listPassages } from './retrieve/load.ts'
import { searchIndex } from './retrieve/search.ts'
import { verifyIndex } from './retrieve/verify.ts'
import { policies } from './sense/policies.ts'
import { ablate } from './serve/ablating.ts'
import { checkClaims } from './serve/claiming.ts'
import { openDemo } from './serve/demo.ts'
import { answer, type Asking } from './serve/asking.ts'
import { makeMachine } from './serve/background.ts'
import { measureMemory, measureTraining, measureTtft } from './serve/benching.ts'
import { measurePolicy, measurePpl, measureQa, measureRetrieval } from './serve/evaluating.ts'
import { server } from './serve/faults.ts'
import { readHealth } from './serve/health.ts'
import { openInHand, type InHand } from './serve/inHand.ts'
import { openIndexes } from './serve/indexes.ts'
import { openLoader } from './serve/loaded.ts'
import { makeLock } from './serve/lock.ts'
import { makeReport } from './serve/reporting.ts'
import { openSweeps, type Sweeps } from './serve/sweeps.ts'
import { probe, runSweep } from './serve/sweeping.ts'
import { trainFrom, trainParts } from './serve/training.ts'
import { openTrainings, type Trainings } from './serve/trainings.ts'
import { openRuns } from './store/runs.ts'

export type EngineOptions = {
  /** Folder for indexes, caches and runs; made when missing. */
  readonly home: string
  /** Folder that holds the bundles. */
  readonly models: string
  readonly log: (line: string) => void
  /** Hears how long work stands, for a door that shows it outside the page. */
  readonly onJob?: (notice: JobNotice) => void
  /** The door's own way to print a finished page as a PDF; without one, an installed browser prints. */
  readonly print?: (html: string) => Promise<Uint8Array>
}

export type Engine = { readonly router: EngineRouter; readonly close: () => Promise<void> }
export type EngineRouter = ReturnType<typeof makeRouter>

/** Starts an engine. Sessions open on first use, so that this is quick; `close` frees them. */
export async function createEngine(options: EngineOptions): Promise<Engine> {
  await mkdir(options.home, { recursive: true })
  const loader = openLoader(options.models, options)
  const indexes = openIndexes(options.home, loader)
  const runs = openRuns(options.home, options.log)
  const machine = makeMachine()
  const inHand = openInHand((notice) => options.onJob?.(notice))
  const trainings = openTrainings(options.home, loader, machine, inHand)
  const asking: Asking = { loader, indexes, runs, lock: makeLock(), log: options.log }
  const sweeps = openSweeps(options.home, asking, machine, inHand)
  return {
    router: makeRouter(options, { ...asking, trainings, sweeps, inHand }),
    close: async () => {
      await trainings.close()
      await sweeps.close()
      runs.close()
      await indexes.close()
      await loader.close()
    },
  }
}

function makeRouter(
  { home, log, print }: EngineOptions,
  at: Asking & { readonly trainings: Trainings; readonly sweeps: Sweeps; readonly inHand: InHand },
) {
  const { loader, indexes } = at
  const os = server(log, at.inHand)
  return os.router({
    health: os.health.handler(async () => readHealth(home, (await loader.get()).bundle)),
    policies: os.policies.handler(() =>
      policyNames.map((name) => {
        const { label, metric, better, about } = policies[name]
        return { name, label, metric, better, about }
      }),
    ),
    corpus: {
      make: os.corpus.make.handler(async function* ({ input }) {
        yield { type: 'done', result: await writeCorpus(input.out, input) }
      }),
      upload: os.corpus.upload.handler(async ({ input }) => ({ path: await indexes.upload(input.name, input.base64) })),
    },
    index: {
      build: os.index.build.handler(({ input, signal }) => indexes.build(input, signal)),
      list: os.index.list.handler(() => indexes.list()),
      open: os.index.open.handler(({ input }) => indexes.use(input.path, ({ info }) => info)),
      passages: os.index.passages.handler(({ input }) =>
        indexes.use(input.path, (index) => [...listPassages(index, input.from, input.count)]),
      ),
      search: os.index.search.handler(({ input, signal }) =>
        indexes.use(input.path, (index) => searchIndex(index, input.query, input.passages, signal)),
      ),
      verify: os.index.verify.handler(({ input, signal }) =>
        indexes.use(input.path, (index) => verifyIndex(index, input.sample, signal)),
      ),
    },
    demo: os.demo.handler(({ signal }) => openDemo(home, { loader, indexes }, signal)),
    ask: os.ask.handler(({ input, signal }) => answer(input, at, signal)),
    runs: {
      list: os.runs.list.handler(({ input }) => at.runs.list(input.limit)),
      open: os.runs.open.handler(({ input }) => at.runs.open(input.id)),
      mark: os.runs.mark.handler(({ input }) => at.runs.mark(input.ids, input.marks)),
      remove: os.runs.remove.handler(({ input }) => at.runs.remove(input.ids)),
      restore: os.runs.restore.handler(({ input }) => at.runs.restore(input.ids)),
    },
    report: os.report.handler(({ input }) => makeReport(input, at.runs, print)),
    bench: {
      ttft: os.bench.ttft.handler(({ input, signal }) => measureTtft(input, at, signal)),
      train: os.bench.train.handler(({ input, signal }) => measureTraining(input, at, signal)),
      ablation: os.bench.ablation.handler(({ input, signal }) => ablate(input, loader, signal)),
      claims: os.bench.claims.handler(({ input, signal }) => checkClaims(input, at, signal)),
      memory: os.bench.memory.handler(({ input, signal }) => measureMemory(input, at, signal)),
    },
    evaluate: {
      ppl: os.evaluate.ppl.handler(({ input, signal }) => measurePpl(input, at, signal)),
      policy: os.evaluate.policy.handler(({ input, signal }) => measurePolicy(input, at, signal)),
      retrieval: os.evaluate.retrieval.handler(({ input, signal }) => measureRetrieval(input, at, signal)),
      qa: os.evaluate.qa.handler(({ input, signal }) => measureQa(input, at, signal)),
    },
    tables: {
      write: os.tables.write.handler(async ({ input }) => ({
        files: [...(await writeTables(input.tables, input.path, input.title, print))],
      })),
    },
    sweep: {
      run: os.sweep.run.handler(({ input, signal }) => runSweep(input, at, signal)),
      probe: os.sweep.probe.handler(({ input, signal }) => probe(input, at, signal)),
      begin: os.sweep.begin.handler(({ input }) => at.sweeps.begin(input)),
      list: os.sweep.list.handler(() => at.sweeps.list()),
      open: os.sweep.open.handler(({ input }) => at.sweeps.open(input.out)),
      follow: os.sweep.follow.handler(({ input, signal }) => at.sweeps.follow(input.id, signal)),
      stop: os.sweep.stop.handler(({ input }) => at.sweeps.stop(input.id)),
      discard: os.sweep.discard.handler(({ input }) => at.sweeps.discard(input.id)),
    },
    train: {
      run: os.train.run.handler(({ input, signal }) => trainParts(input, loader, signal)),
      dry: os.train.dry.handler(({ input, signal }) => at.trainings.dry(input, signal)),
      begin: os.train.begin.handler(({ input }) => at.trainings.begin(input)),
      list: os.train.list.handler(() => at.trainings.list()),
      follow: os.train.follow.handler(({ input, signal }) => at.trainings.follow(input.id, signal)),
      stop: os.train.stop.handler(({ input }) => at.trainings.stop(input.id)),
      checkpoint: os.train.checkpoint.handler(({ input }) => at.trainings.checkpoint(input.id)),
      discard: os.train.discard.handler(({ input }) => at.trainings.discard(input.id)),
      register: os.train.register.handler(({ input }) => at.trainings.register(input)),
      bundle: os.train.bundle.handler(({ input, signal }) => trainFrom(input, signal)),
    },
  })
}
