/** createEngine(): the only thing a door imports. Ties each call of the contract to the room that answers it. */
import { mkdir } from 'node:fs/promises'
import type { JobInfo } from '../../shared/jobList.ts'
import type { LogEntry, LogSource } from '../../shared/log.ts'
import { policyNames } from '../../shared/plan.ts'
import { writeTables } from './bench/export/write.ts'
import { writeCorpus } from './corpus/synthetic/make.ts'
import { removeModel } from './models/import.ts'
import { listModels } from './models/library.ts'
import { modelFolder } from './models/manifest.ts'
import { findPassage, listDocuments, readDocument } from './retrieve/documents.ts'
import { listPassages } from './retrieve/load.ts'
import { searchIndex } from './retrieve/search.ts'
import { verifyIndex } from './retrieve/verify.ts'
import { policies } from './sense/policies.ts'
import { ablate } from './serve/ablating.ts'
import { checkClaims } from './serve/claiming.ts'
import { chooseBundle, listBundles } from './serve/bundles.ts'
import { openComparisons, type Comparisons } from './serve/comparisons.ts'
import { openDemo } from './serve/demo.ts'
import { answer, stageProgress, type Asking } from './serve/asking.ts'
import { makeMachine } from './serve/background.ts'
import { measureMemory, measureTraining, measureTtft } from './serve/benching.ts'
import { measurePolicy, measurePpl, measureQa, measureRetrieval } from './serve/evaluating.ts'
import { openEmbedders } from './serve/embedders.ts'
import { server } from './serve/faults.ts'
import { readHealth, takeThreads, version } from './serve/health.ts'
import { checkIndex } from './serve/indexHealth.ts'
import { openHub, type HubRoom, type Keeper } from './serve/hub.ts'
import { openIndexes, titleOf } from './serve/indexes.ts'
import { openJobs, type Jobs } from './serve/jobs.ts'
import { clearCache, followLog, restartBy } from './serve/logging.ts'
import { openLoader } from './serve/loaded.ts'
import { makeLock } from './serve/lock.ts'
import { askModel, checkModel, importFolder, verifyModel } from './serve/models.ts'
import { pair, write } from './serve/pairing.ts'
import { openChunkReader } from './serve/reading.ts'
import { makeReport } from './serve/reporting.ts'
import { chunkNeighbours, chunkTokens } from './serve/runChunks.ts'
import { review } from './serve/reviewing.ts'
import { openSessions, type Sessions } from './serve/sessions.ts'
import { openSweeps, type Sweeps } from './serve/sweeps.ts'
import { probe, runSweep } from './serve/sweeping.ts'
import { trainFrom, trainParts } from './serve/training.ts'
import { openTrainings, type Trainings } from './serve/trainings.ts'
import { readChoice } from './store/choice.ts'
import { openLog, type Log } from './store/log.ts'
import { measurePlaces } from './store/places.ts'
import { findBest, findContribution, flipChunks, sampleShapley } from './serve/whatIf.ts'
import { openRuns } from './store/runs.ts'
import { openSettings, type KeptSettings } from './store/settings.ts'

export type EngineOptions = {
  /** Folder for indexes, caches and runs; made when missing. */
  readonly home: string
  /** Folder that holds the bundles. */
  readonly models: string
  /** Hears what goes wrong beside any call. */
  readonly log: (line: string) => void
  /** Who writes the lines of the log; the engine itself when left out. */
  readonly source?: LogSource
  /** The door's own way to print a finished page as a PDF; without one, an installed browser prints. */
  readonly print?: (html: string) => Promise<Uint8Array>
  /** The door's own way to keep secrets, encrypted by the system; without one they are held until the engine ends. */
  readonly keeper?: Keeper
  /** Ends this process so that another is started in its place; left out where nothing would. */
  readonly restart?: () => void
}

export type Engine = {
  readonly router: EngineRouter
  /** Enters into the log what a door has to say. */
  readonly note: (entry: LogEntry) => void
  readonly close: () => Promise<void>
}
export type EngineRouter = ReturnType<typeof makeRouter>

/** Starts an engine. Sessions open on first use, so that this is quick; `close` frees them. */
export async function createEngine(options: EngineOptions): Promise<Engine> {
  const { home } = options
  await mkdir(home, { recursive: true })
  const kept = openLog(home, options.source ?? 'engine')
  const log = (line: string): void => {
    kept.write('warning', line)
    options.log(line)
  }
  const settings = openSettings(home, log)
  takeThreads(settings.read().threads)
  const jobs = openJobs((job) => noteJob(kept, job))
  // A terminal names its bundle at each command; a door, which is started again, is told on its page.
  const chosen = options.restart === undefined ? null : await readChoice(home, options.models)
  const loader = openLoader(options.models, { home, log }, chosen)
  const embedders = openEmbedders(home, loader)
  const indexes = openIndexes(home, embedders)
  const runs = openRuns(home, log)
  const machine = makeMachine()
  const trainings = openTrainings(home, loader, machine, jobs)
  const asking: Asking = { loader, indexes, runs, lock: makeLock(), log }
  const sweeps = openSweeps(home, asking, machine, jobs)
  const comparisons = openComparisons(home, asking, machine, options.print)
  const hub = openHub(home, { settings, jobs, keeper: options.keeper })
  const sessions = openSessions(home, { ...asking, comparisons })
  kept.write('info', `started: version ${version}, Node ${process.versions.node}, process ${process.pid}`)
  return {
    router: makeRouter(options, { ...asking, trainings, sweeps, comparisons, sessions, hub, settings, jobs, kept }),
    note: kept.add,
    close: async () => {
      // An engine is often started again for the sake of a setting that was changed a moment before.
      await settings.close()
      await trainings.close()
      await sweeps.close()
      await hub.close()
      sessions.close()
      comparisons.close()
      runs.close()
      await indexes.close()
      await embedders.close()
      await loader.close()
    },
  }
}

function makeRouter(
  { home, models, restart, log, print }: EngineOptions,
  at: Asking & {
    readonly trainings: Trainings
    readonly sweeps: Sweeps
    readonly comparisons: Comparisons
    readonly sessions: Sessions
    readonly hub: HubRoom
    readonly settings: KeptSettings
    readonly jobs: Jobs
    readonly kept: Log
  },
) {
  const { loader, indexes, jobs } = at
  const chunksOf = openChunkReader(indexes, loader)
  const os = server(at.kept, log)
  return os.router({
    health: os.health.handler(async () => readHealth(home, await loader.get())),
    policies: os.policies.handler(() =>
      policyNames.map((name) => {
        const { label, metric, better, about } = policies[name]
        return { name, label, metric, better, about }
      }),
    ),
    settings: {
      read: os.settings.read.handler(() => at.settings.read()),
      write: os.settings.write.handler(({ input }) => at.settings.write(input)),
    },
    jobs: {
      follow: os.jobs.follow.handler(({ signal }) => jobs.follow(signal)),
      stop: os.jobs.stop.handler(({ input }) => jobs.stop(input.id)),
    },
    log: {
      follow: os.log.follow.handler(({ input, signal }) => followLog(at.kept, input.limit, signal)),
      read: os.log.read.handler(({ input }) => at.kept.read(input.limit)),
    },
    places: os.places.handler(() => measurePlaces(home, models)),
    cache: { clear: os.cache.clear.handler(() => clearCache(home, at)) },
    restart: os.restart.handler(() => restartBy(restart)),
    hub: {
      access: os.hub.access.handler(() => at.hub.access()),
      token: os.hub.token.handler(({ input }) => at.hub.takeToken(input.token)),
      search: os.hub.search.handler(({ input, signal }) => at.hub.search(input, signal)),
      look: os.hub.look.handler(({ input, signal }) => at.hub.look(input, signal)),
      download: os.hub.download.handler(({ input, signal }) =>
        jobs.stream({ kind: 'download', title: `Download of ${input.id}` }, signal, (own) =>
          at.hub.download(input, own),
        ),
      ),
      begin: os.hub.begin.handler(({ input }) => at.hub.begin(input)),
      list: os.hub.list.handler(() => at.hub.list()),
      stop: os.hub.stop.handler(({ input }) => at.hub.stop(input.key)),
      discard: os.hub.discard.handler(({ input }) => at.hub.discard(input.key)),
    },
    bundles: {
      list: os.bundles.list.handler(() => listBundles(home, models)),
      choose: os.bundles.choose.handler(({ input }) => chooseBundle(home, models, input.folder)),
    },
    models: {
      check: os.models.check.handler(({ input, signal }) =>
        jobs.stream({ kind: 'model', title: `Check of ${titleOf([input.path])}` }, signal, (own) =>
          checkModel(input, home, own),
        ),
      ),
      import: os.models.import.handler(({ input, signal }) =>
        jobs.stream({ kind: 'model', title: `Import of ${titleOf([input.path])}` }, signal, (own) =>
          importFolder(input, home, own),
        ),
      ),
      list: os.models.list.handler(() => listModels(home)),
      verify: os.models.verify.handler(({ input, signal }) =>
        jobs.stream({ kind: 'model', title: `Verification of ${input.name}` }, signal, (own) =>
          verifyModel(input, home, own),
        ),
      ),
      pair: os.models.pair.handler(({ input, signal }) =>
        jobs.stream({ kind: 'model', title: `Pairing of ${input.decoder}` }, signal, (own) => pair(input, home, own)),
      ),
      write: os.models.write.handler(({ input, signal }) =>
        jobs.stream({ kind: 'model', title: `Texts of ${input.model}` }, signal, (own) => write(input, home, own)),
      ),
      remove: os.models.remove.handler(({ input }) => removeModel(modelFolder(home, input.name))),
      ask: os.models.ask.handler(({ input, signal }) =>
        jobs.stream({ kind: 'answer', title: `${input.name} goes on` }, signal, (own) => askModel(input, home, own)),
      ),
    },
    corpus: {
      review: os.corpus.review.handler(({ input, signal }) =>
        jobs.stream({ kind: 'check', title: `Review of ${titleOf(input.paths)}` }, signal, (own) =>
          review(input, loader, own),
        ),
      ),
      make: os.corpus.make.handler(async function* ({ input }) {
        yield { type: 'done', result: await writeCorpus(input.out, input) }
      }),
      upload: os.corpus.upload.handler(async ({ input }) => ({ path: await indexes.upload(input.name, input.base64) })),
    },
    index: {
      build: os.index.build.handler(({ input, signal }) =>
        jobs.stream({ kind: 'index', title: `Index ${input.name ?? titleOf(input.paths)}` }, signal, (own) =>
          indexes.build(input, own),
        ),
      ),
      list: os.index.list.handler(() => indexes.list()),
      open: os.index.open.handler(({ input }) => indexes.use(input.path, ({ info }) => info)),
      passages: os.index.passages.handler(({ input }) =>
        indexes.use(input.path, (index) => [...listPassages(index, input.from, input.count)]),
      ),
      documents: os.index.documents.handler(({ input }) =>
        indexes.use(input.path, ({ database }) => listDocuments(database, input)),
      ),
      document: os.index.document.handler(({ input }) =>
        indexes.use(input.path, ({ database }) => readDocument(database, input.document, input)),
      ),
      questions: os.index.questions.handler(({ input }) => indexes.questions(input.path)),
      find: os.index.find.handler(({ input }) =>
        indexes.use(input.path, ({ database }) => findPassage(database, input.passage)),
      ),
      chunks: os.index.chunks.handler(({ input }) => chunksOf(input)),
      search: os.index.search.handler(({ input, signal }) =>
        indexes.use(input.path, (index) => searchIndex(index, input.query, input.passages, signal)),
      ),
      verify: os.index.verify.handler(({ input, signal }) =>
        indexes.use(input.path, (index) => verifyIndex(index, input.sample, signal)),
      ),
      health: os.index.health.handler(({ input, signal }) =>
        jobs.stream({ kind: 'check', title: 'Check of an index' }, signal, (own) => checkIndex(input, at, own)),
      ),
    },
    demo: os.demo.handler(({ signal }) =>
      jobs.stream({ kind: 'index', title: 'Demo corpus' }, signal, (own) => openDemo(home, { loader, indexes }, own)),
    ),
    ask: os.ask.handler(({ input, signal }) =>
      jobs.stream({ kind: 'answer', title: input.question }, signal, (own) => answer(input, at, own), stageProgress),
    ),
    whatIf: {
      flips: os.whatIf.flips.handler(({ input, signal }) =>
        jobs.stream({ kind: 'what-if', title: 'What if chunks were flipped' }, signal, (own) =>
          flipChunks(input, at, own),
        ),
      ),
      best: os.whatIf.best.handler(({ input, signal }) =>
        jobs.stream({ kind: 'what-if', title: 'Best set of flips' }, signal, (own) => findBest(input, at, own)),
      ),
      shapley: os.whatIf.shapley.handler(({ input, signal }) =>
        jobs.stream({ kind: 'what-if', title: 'Shapley values' }, signal, (own) => sampleShapley(input, at, own)),
      ),
      contribution: os.whatIf.contribution.handler(({ input, signal }) =>
        jobs.stream({ kind: 'what-if', title: 'Contribution of the chunks' }, signal, (own) =>
          findContribution(input, at, own),
        ),
      ),
    },
    runs: {
      list: os.runs.list.handler(({ input }) => at.runs.list(input.limit)),
      open: os.runs.open.handler(({ input }) => at.runs.open(input.id)),
      mark: os.runs.mark.handler(({ input }) => at.runs.mark(input.ids, input.marks)),
      remove: os.runs.remove.handler(({ input }) => at.runs.remove(input.ids)),
      restore: os.runs.restore.handler(({ input }) => at.runs.restore(input.ids)),
      tokens: os.runs.tokens.handler(({ input }) => chunkTokens(input, at)),
      neighbours: os.runs.neighbours.handler(({ input, signal }) => chunkNeighbours(input, at, signal)),
    },
    report: os.report.handler(({ input, signal }) =>
      jobs.call({ kind: 'report', title: `Report ${input.title}` }, signal, () => makeReport(input, at, print)),
    ),
    compare: {
      make: os.compare.make.handler(({ input }) => at.comparisons.make(input.runs)),
      list: os.compare.list.handler(() => at.comparisons.list()),
      open: os.compare.open.handler(({ input }) => at.comparisons.open(input.id)),
      change: os.compare.change.handler(({ input }) => at.comparisons.change(input)),
      score: os.compare.score.handler(({ input, signal }) =>
        jobs.stream({ kind: 'comparison', title: 'Scores of a comparison' }, signal, (own) =>
          at.comparisons.score(input.id, own),
        ),
      ),
      time: os.compare.time.handler(({ input, signal }) =>
        jobs.stream({ kind: 'comparison', title: 'Timing of a comparison' }, signal, (own) =>
          at.comparisons.time(input, own),
        ),
      ),
      blind: os.compare.blind.handler(({ input }) => at.comparisons.blind(input.id, input.seed)),
      vote: os.compare.vote.handler(({ input }) => at.comparisons.vote(input.id, input.at, input.vote)),
      unblind: os.compare.unblind.handler(({ input }) => at.comparisons.unblind(input.id)),
      report: os.compare.report.handler(({ input }) => at.comparisons.report(input)),
      remove: os.compare.remove.handler(({ input }) => at.comparisons.remove(input.id)),
    },
    session: {
      list: os.session.list.handler(() => at.sessions.list()),
      make: os.session.make.handler(({ input }) => at.sessions.make(input.name, input.body)),
      open: os.session.open.handler(({ input }) => at.sessions.open(input.id)),
      save: os.session.save.handler(({ input }) => at.sessions.save(input)),
      change: os.session.change.handler(({ input }) => at.sessions.change(input)),
      remove: os.session.remove.handler(({ input }) => at.sessions.remove(input.ids)),
      restore: os.session.restore.handler(({ input }) => at.sessions.restore(input.ids)),
      follow: os.session.follow.handler(({ input, signal }) => at.sessions.follow(input, signal)),
      hold: os.session.hold.handler(({ input }) => at.sessions.hold(input)),
      missing: os.session.missing.handler(({ input }) => at.sessions.missing(input.id)),
      export: os.session.export.handler(({ input }) => at.sessions.pack(input.id, input.corpus)),
      import: os.session.import.handler(({ input }) => at.sessions.take(input.path)),
    },
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
    train: {
      run: os.train.run.handler(({ input, signal }) =>
        jobs.stream({ kind: 'training', title: `Training ${input.trainer}` }, signal, (own) =>
          trainParts(input, loader, own),
        ),
      ),
      dry: os.train.dry.handler(({ input, signal }) =>
        jobs.stream({ kind: 'dry run', title: `Dry run of ${input.trainer}` }, signal, (own) =>
          at.trainings.dry(input, own),
        ),
      ),
      begin: os.train.begin.handler(({ input }) => at.trainings.begin(input)),
      list: os.train.list.handler(() => at.trainings.list()),
      follow: os.train.follow.handler(({ input, signal }) => at.trainings.follow(input.id, signal)),
      stop: os.train.stop.handler(({ input }) => at.trainings.stop(input.id)),
      checkpoint: os.train.checkpoint.handler(({ input }) => at.trainings.checkpoint(input.id)),
      discard: os.train.discard.handler(({ input }) => at.trainings.discard(input.id)),
      register: os.train.register.handler(({ input }) => at.trainings.register(input)),
      bundle: os.train.bundle.handler(({ input, signal }) =>
        jobs.stream({ kind: 'training', title: 'Training a bundle' }, signal, (own) => trainFrom(input, own)),
      ),
    },
  })
}

/** A job's end as a line: what it was called may quote a question, so it stands apart. */
function noteJob(log: Log, { kind, title, state, began, ended, work, fault }: JobInfo): void {
  const seconds = (Date.parse(ended ?? began) - Date.parse(began)) / 1000
  const named = work === null ? kind : `${kind} ${work}`
  // The fault itself is told where the call ends; that of work which belongs to the engine ends no call.
  if (state === 'failed' && work !== null) log.write('warning', `${named}: ${fault?.code}`, fault?.message)
  else log.write('info', `${named} ${state} after ${seconds.toFixed(1)} s`, title)
}
