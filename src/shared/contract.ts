/** The one contract: every call and stream between a door and the engine. */
import { eventIterator } from '@orpc/contract'
import * as z from 'zod'
import { AblationInput, AblationResult, AblationTold } from './ablation.ts'
import { TrainMemory, TrainMemoryInput, TrainSpeed, TrainSpeedInput, TtftInput, TtftRow } from './bench.ts'
import { bundlesContract } from './bundles.ts'
import { base } from './calls.ts'
import { Claim, ClaimsInput, ClaimsResult } from './claims.ts'
import { BuildInput, FileFailure, IndexInfo, Passage, Question, RetrievedPassage, Score } from './corpus.ts'
import { DocumentChunks, DocumentPage, DocumentText, DocumentWindow, IndexHealth, PassagePlace } from './documents.ts'
import {
  ChangeSession,
  ExportSession,
  Held,
  Imported,
  ImportSession,
  MissingIndex,
  NewSession,
  Saved,
  SaveSession,
  Session,
  SessionId,
  SessionIds,
  SessionInfo,
  SessionTold,
  SessionWindow,
} from './session.ts'
import {
  BlindInput,
  ChangeComparison,
  CompareInput,
  ComparisonId,
  ComparisonInfo,
  ComparisonReport,
  ComparisonView,
  Round,
  TimeInput,
  VoteInput,
} from './comparison.ts'
import {
  PolicyInput,
  PolicyPair,
  PolicyRow,
  PplGap,
  PplInput,
  PplPair,
  PplRow,
  QaCell,
  QaInput,
  QaPair,
} from './evaluate.ts'
import { hubContract } from './hub.ts'
import { jobEvent } from './job.ts'
import { EngineNow } from './jobList.ts'
import { LatencyModel, LeftOut } from './latency.ts'
import { LogEntry, mostLogged } from './log.ts'
import { modelsContract } from './models.ts'
import { pairContract } from './pair.ts'
import { Place } from './places.ts'
import { Plan, PolicyName } from './plan.ts'
import { ReportFile, ReportInput } from './report.ts'
import { RetrievalInput, RetrievalResult } from './retrieval.ts'
import { Review, ReviewedFile, ReviewInput } from './review.ts'
import { Marks, Run, RunEvent } from './run.ts'
import { UntrainedPart } from './untrained.ts'
import { ChunkNeighbour, ChunkOfRun, ChunkToken, NeighboursInput } from './runChunk.ts'
import { MarkRuns, mostListed, RunIds, RunSummary } from './runs.ts'
import { Settings, SettingsChange } from './settingsSchema.ts'
import { SweepCell, SweepInfo, SweepInput, SweepProbe, SweepResult, SweepTold } from './sweep.ts'
import { Table } from './table.ts'
import { DataReport, DryRun, MadeBundle, TrainEvent, TrainingInfo, TrainInput, TrainResult } from './train.ts'
import {
  BestInput,
  BestResult,
  BestTold,
  ContributionInput,
  ContributionResult,
  ContributionTold,
  FlipsInput,
  FlipsResult,
  FlipTold,
  ShapleyInput,
  ShapleyResult,
  ShapleyTold,
} from './whatif.ts'

export { contractVersion } from './version.ts'

export const Health = z.object({
  contract: z.number().int(),
  version: z.string(),
  home: z.string().describe('folder for indexes, caches and runs'),
  onnxruntime: z.string(),
  device: z.string(),
  threads: z.number().int().describe('of every session'),
  cores: z.number().int().describe('threads where no setting names another number'),
  memoryBytes: z.number(),
  residentBytes: z.number(),
  freeDiskBytes: z.number(),
  node: z.string(),
  bundle: z.object({
    name: z.string(),
    hash: z.string(),
    parameters: z.number().int(),
    ks: z.array(z.number().int()),
    window: z.number().int().describe('longest input in positions'),
    toy: z.boolean(),
    untrained: z.array(UntrainedPart).optional().describe('parts with random weights; none when left out'),
    marks: Marks.optional().describe('positions of the template, as in a run'),
  }),
})
export type Health = z.infer<typeof Health>

export const PolicyInfo = z.object({
  name: PolicyName,
  label: z.string(),
  metric: z.string(),
  better: z.enum(['higher', 'lower']),
  about: z.string(),
})
export type PolicyInfo = z.infer<typeof PolicyInfo>

/** Recall of the approximate index against exact search on a seeded sample. */
export const Verification = z.object({
  sample: z.number().int(),
  recallAt10: z.number(),
  passages: z.number().int(),
  vectors: z.number().int(),
  lexical: z.number().int(),
  agree: z.boolean().describe('the three counts agree'),
})
export type Verification = z.infer<typeof Verification>

export const contract = {
  health: base.output(Health),
  policies: base.output(z.array(PolicyInfo)),

  settings: {
    read: base.output(Settings),
    /** Writes what is given, and gives all; what is left out stays. */
    write: base.input(SettingsChange).output(Settings),
  },
  jobs: {
    /** Every job of the engine, whoever began it, at each change. */
    follow: base.output(eventIterator(EngineNow)),
    /** Stops a job that runs; of one that has ended, forgets how. Fault job-missing. */
    stop: base.input(z.object({ id: z.string() })).output(z.void()),
  },
  log: {
    /** The latest lines, then each as it comes. */
    follow: base
      .input(z.object({ limit: z.number().int().min(0).max(mostLogged).default(mostLogged) }))
      .output(eventIterator(z.array(LogEntry))),
    read: base
      .input(z.object({ limit: z.number().int().min(0).max(mostLogged).default(mostLogged) }))
      .output(z.array(LogEntry)),
  },
  /** What the workbench keeps, and what it takes on disk. */
  places: base.output(z.array(Place)),
  cache: {
    /** Forgets every chunk embedding; questions make them anew. Gives the bytes freed. */
    clear: base.output(z.object({ bytes: z.number() })),
  },
  /** Ends the engine's process, which its door starts again. Fault bad-input where nothing would. */
  restart: base.output(z.void()),

  /** Other people's networks on the Hub: searched, looked at, downloaded. */
  hub: hubContract,
  /** Bundles that the engine can load. */
  bundles: bundlesContract,
  /** Other people's networks, imported. */
  models: { ...modelsContract, ...pairContract },

  corpus: {
    /**
     * Looks over files and folders before any work starts: a partial result is the files that became known since the last one.
     * To see what another choice of columns or encoding gives, ask again with it.
     */
    review: base.input(ReviewInput).output(eventIterator(jobEvent(z.array(ReviewedFile), Review))),
    /** Synthetic corpus: corpus.txt (a passage a line) and questions.{train,valid,test}.jsonl in `out`. */
    make: base
      .input(z.object({ passages: z.number().int().min(1).max(100_000), seed: z.number().int(), out: z.string() }))
      .output(
        eventIterator(
          jobEvent(
            z.never(),
            z.object({ corpus: z.string(), passages: z.number(), questions: z.record(z.string(), z.number()) }),
          ),
        ),
      ),
    /** Text dropped on a page that knows no paths: kept in the home, answered by paths to index. */
    upload: base.input(z.object({ name: z.string(), base64: z.string() })).output(z.object({ path: z.string() })),
  },

  index: {
    /** A partial result is a file that could not be read; the others are read all the same. */
    build: base.input(BuildInput).output(eventIterator(jobEvent(FileFailure, IndexInfo))),
    list: base.output(z.array(IndexInfo)),
    open: base.input(z.object({ path: z.string() })).output(IndexInfo),
    passages: base
      .input(
        z.object({ path: z.string(), from: z.number().int().default(0), count: z.number().int().max(500).default(50) }),
      )
      .output(z.array(Passage)),
    /** Documents in corpus order; with `find`, those whose title, id or path holds it. */
    documents: base
      .input(
        z.object({
          path: z.string(),
          from: z.number().int().min(0).default(0),
          count: z.number().int().min(1).max(500).default(50),
          find: z.string().optional(),
        }),
      )
      .output(DocumentPage),
    /** A document's text, as it was when it was indexed, with its passages. Fault index-old where the index kept none. */
    document: base.input(DocumentWindow).output(DocumentText),
    /** The question set that the records of an index made, by their columns; empty where they made none. */
    questions: base.input(z.object({ path: z.string() })).output(z.array(Question)),
    /** Where a passage stands first. */
    find: base.input(z.object({ path: z.string(), passage: z.string() })).output(PassagePlace),
    /** The chunks of the passages of a document, for any k: another k of the same text comes in a few milliseconds. */
    chunks: base.input(DocumentWindow.extend({ k: z.number().int().min(1).max(512) })).output(DocumentChunks),
    search: base
      .input(z.object({ path: z.string(), query: z.string(), passages: z.number().int().min(1).max(200).default(10) }))
      .output(z.array(RetrievedPassage)),
    verify: base
      .input(z.object({ path: z.string(), sample: z.number().int().min(1).default(100) }))
      .output(Verification),
    /** All that must agree in an index, from its documents to its vectors, and its recall. Every document is read. */
    health: base
      .input(
        z.object({
          path: z.string(),
          k: z.number().int().min(1).max(512).default(16),
          sample: z.number().int().min(1).default(100),
        }),
      )
      .output(eventIterator(jobEvent(z.never(), IndexHealth))),
  },

  /** The built-in demo: a small synthetic corpus, indexed on first use, and questions to try. */
  demo: base.output(eventIterator(jobEvent(z.never(), z.object({ index: IndexInfo, questions: z.array(Question) })))),

  /** compress -> sense -> expand on one question. */
  ask: base.input(Plan).output(eventIterator(RunEvent)),

  /** What flipping or leaving out chunks would change in a kept run. */
  whatIf: {
    flips: base.input(FlipsInput).output(eventIterator(jobEvent(FlipTold, FlipsResult))),
    /** Greedy search for the flips that help most together. */
    best: base.input(BestInput).output(eventIterator(jobEvent(BestTold, BestResult))),
    /** Shapley values of flips by sampling permutations. */
    shapley: base.input(ShapleyInput).output(eventIterator(jobEvent(ShapleyTold, ShapleyResult))),
    /** What each chunk gives to each token of the target: left out, and by attention. */
    contribution: base.input(ContributionInput).output(eventIterator(jobEvent(ContributionTold, ContributionResult))),
  },

  runs: {
    /** The latest first. */
    list: base
      .input(z.object({ limit: z.number().int().min(1).max(mostListed).default(50) }))
      .output(z.array(RunSummary)),
    open: base.input(z.object({ id: z.string() })).output(Run),
    /** Stars, tags and notes; marks left out stay. */
    mark: base.input(MarkRuns).output(z.void()),
    /** Takes runs out of every list; they can be restored for 30 days. */
    remove: base.input(RunIds).output(z.void()),
    restore: base.input(RunIds).output(z.void()),
    /** The tokens of one chunk. Faults: run-missing, bad-input for a chunk that is not there. */
    tokens: base.input(ChunkOfRun).output(z.array(ChunkToken)),
    /** The chunks of the run whose embeddings are nearest to that of one, the nearest first. Faults as of `tokens`, and run-other-bundle. */
    neighbours: base.input(NeighboursInput).output(z.array(ChunkNeighbour)),
  },

  /** Comparisons of kept runs: every call that changes one keeps it and gives it back whole. */
  compare: {
    make: base.input(CompareInput).output(ComparisonView),
    /** The latest first. */
    list: base.output(z.array(ComparisonInfo)),
    open: base.input(ComparisonId).output(ComparisonView),
    /** Its order, baseline and note. */
    change: base.input(ChangeComparison).output(ComparisonView),
    /** Every answer, and the gold one, under the plan of every run: log-probability of each token. */
    score: base.input(ComparisonId).output(eventIterator(jobEvent(z.never(), ComparisonView))),
    /** Adds interleaved rounds, A B A B; each is kept as it ends. */
    time: base.input(TimeInput).output(eventIterator(jobEvent(Round, ComparisonView))),
    /** Begins a blind vote in place of the one before. */
    blind: base.input(BlindInput).output(ComparisonView),
    vote: base.input(VoteInput).output(ComparisonView),
    /** Shows the names: the votes stand. */
    unblind: base.input(ComparisonId).output(ComparisonView),
    /** One file: tables and runs to read, or all of it as JSON. */
    report: base.input(ComparisonReport).output(ReportFile),
    remove: base.input(ComparisonId).output(z.void()),
  },

  /** What a person works on, kept at each change: one window writes a session, others follow it. */
  session: {
    /** The pinned ones first, then the latest changed. */
    list: base.output(z.array(SessionInfo)),
    make: base.input(NewSession).output(Session),
    open: base.input(SessionId).output(Session),
    /** Keeps the parts given. Fault session-read-only where another window writes the session. */
    save: base.input(SaveSession).output(Saved),
    change: base.input(ChangeSession).output(SessionInfo),
    /** Takes sessions out of the list; they can be restored for 30 days. */
    remove: base.input(SessionIds).output(z.void()),
    restore: base.input(SessionIds).output(z.void()),
    /** The session now and at each change made elsewhere, whether this window writes it, and beats, which are answered by `hold`. */
    follow: base.input(SessionWindow).output(eventIterator(SessionTold)),
    hold: base.input(SessionWindow).output(Held),
    missing: base.input(SessionId).output(z.array(MissingIndex)),
    /** One .refrag file: session, runs and comparisons whole, corpora by hash and name, their text where asked for. */
    export: base.input(ExportSession).output(ReportFile),
    /** Takes a .refrag file in. A file that is none, or damaged, is a fault and changes nothing. */
    import: base.input(ImportSession).output(Imported),
  },

  /** One self-contained file from kept runs and from files. */
  report: base.input(ReportInput).output(ReportFile),

  bench: {
    /** Rows come a context at a time; what was not measured is told with its reason, and the model is fitted to the rows. */
    ttft: base
      .input(TtftInput)
      .output(
        eventIterator(
          jobEvent(
            TtftRow,
            z.object({ rows: z.array(TtftRow), left: z.array(LeftOut), model: LatencyModel.nullable() }),
          ),
        ),
      ),
    /** The fields of the first length, and those of all lengths as rows. */
    train: base
      .input(TrainSpeedInput)
      .output(eventIterator(jobEvent(TrainSpeed, TrainSpeed.extend({ rows: z.array(TrainSpeed) })))),
    memory: base
      .input(TrainMemoryInput)
      .output(eventIterator(jobEvent(TrainMemory, z.object({ rows: z.array(TrainMemory) })))),
    /** Trains with and without one thing and judges both; the same call on the same folder goes on where it stopped. */
    ablation: base.input(AblationInput).output(eventIterator(jobEvent(AblationTold, AblationResult))),
    /** The paper's statements at the scale of this machine; the same call on the same folder takes up what was measured. */
    claims: base.input(ClaimsInput).output(eventIterator(jobEvent(Claim, ClaimsResult))),
  },

  evaluate: {
    /** Log-perplexity of what follows a context, under every condition; rows come a set at a time. */
    ppl: base
      .input(PplInput)
      .output(
        eventIterator(
          jobEvent(PplRow, z.object({ rows: z.array(PplRow), gaps: z.array(PplGap), pairs: z.array(PplPair) })),
        ),
      ),
    /** What policies choose on unseen synthetic contexts; rows come a k at a time. */
    policy: base
      .input(PolicyInput)
      .output(eventIterator(jobEvent(PolicyRow, z.object({ rows: z.array(PolicyRow), pairs: z.array(PolicyPair) })))),
    /** How well an index finds what its questions ask for; there are no partial results. */
    retrieval: base.input(RetrievalInput).output(eventIterator(jobEvent(z.never(), RetrievalResult))),
    qa: base
      .input(QaInput)
      .output(eventIterator(jobEvent(QaCell, z.object({ cells: z.array(QaCell), pairs: z.array(QaPair) })))),
  },

  tables: {
    /**
     * Writes tables to a file, by its end csv, json, md, tex, parquet, html or pdf. Where a format holds one table a file (csv, parquet),
     * the first has the name given and each other its own name behind it. Gives the files written.
     */
    write: base
      .input(z.object({ tables: z.array(Table).min(1), path: z.string(), title: z.string().optional() }))
      .output(z.object({ files: z.array(z.string()) })),
  },

  sweep: {
    /** Measures a grid; the same call on the same folder goes on, another grid there is measured beside. */
    run: base.input(SweepInput).output(eventIterator(jobEvent(SweepTold, SweepResult))),
    /** Times a few asks of a sweep that is set up, for an estimate; nothing is written. */
    probe: base.input(SweepInput.partial({ out: true })).output(SweepProbe),
    /** Begins a sweep that goes on when its page is gone, or goes on with one: `out` is then its id. */
    begin: base.input(SweepInput.partial({ out: true })).output(SweepInfo),
    list: base.output(z.array(SweepInfo)),
    /** A sweep by its folder, with every cell that has ended. */
    open: base.input(z.object({ out: z.string() })).output(z.object({ info: SweepInfo, cells: z.array(SweepCell) })),
    /** The cells that have ended, and each as it ends until the sweep ends or stops. */
    follow: base.input(z.object({ id: z.string() })).output(eventIterator(jobEvent(SweepTold, SweepResult))),
    /** Stops a sweep after the ask in hand; finished cells are kept. */
    stop: base.input(z.object({ id: z.string() })).output(z.void()),
    /** Forgets cells of a sweep that rests: they are measured again when it goes on. */
    forget: base.input(z.object({ id: z.string(), keys: z.array(z.string()).min(1) })).output(z.void()),
    /** Stops a sweep if it runs, and deletes all that it kept. */
    discard: base.input(z.object({ id: z.string() })).output(z.void()),
  },

  train: {
    /** Trains parts of the loaded bundle; the same call on the same folder goes on where it stopped. */
    run: base.input(TrainInput).output(eventIterator(jobEvent(TrainEvent, TrainResult))),
    /** Times steps of the run that is set up and looks over its data; nothing is written. The report comes first. */
    dry: base.input(TrainInput.partial({ out: true })).output(eventIterator(jobEvent(DataReport, DryRun))),
    /** Begins a training that goes on when its page is gone, or goes on with one: `out` is then its id. */
    begin: base.input(TrainInput.partial({ out: true })).output(TrainingInfo),
    list: base.output(z.array(TrainingInfo)),
    /** What a training has told since its beginning, and what it tells until it ends or stops. */
    follow: base.input(z.object({ id: z.string() })).output(eventIterator(jobEvent(TrainEvent, TrainResult))),
    /** Stops a training after the step in hand, which is kept. */
    stop: base.input(z.object({ id: z.string() })).output(z.void()),
    /** Keeps a checkpoint after the step in hand; gives the step that is kept. */
    checkpoint: base.input(z.object({ id: z.string() })).output(z.object({ step: z.number().int() })),
    /** Stops a training if it runs, and deletes all that it kept. */
    discard: base.input(z.object({ id: z.string() })).output(z.void()),
    /**
     * Makes a bundle of a run's checkpoint: of a run's folder into `out`, or of a training by its id into the folder that its name
     * gives it in the workbench's `bundles`. Faults run-missing, run-other-settings where another bundle than the one that it began
     * from is loaded, bad-input for an id's name that is taken.
     */
    register: base
      .input(
        z.union([
          z.object({ run: z.string(), out: z.string(), name: z.string().optional() }),
          z.object({ id: z.string(), name: z.string().trim().min(1).max(80) }),
        ]),
      )
      .output(MadeBundle),
    /** Trains a bundle from a committed recipe; checkpoints in `out`, resumed from there when present. */
    bundle: base
      .input(
        z.object({
          recipe: z.string(),
          out: z.string(),
          text: z.array(z.string()).optional().describe('text files, plain or gzipped'),
          pairs: z.array(z.string()).optional().describe('jsonl of {question, passages} for the embedder'),
          carried: z
            .object({ load: z.string(), after: z.string() })
            .optional()
            .describe('bundle whose weights stand for the stages up to one, where the folder is empty'),
          minutes: z.number().optional(),
        }),
      )
      .output(
        eventIterator(
          jobEvent(
            z.union([
              z.object({ stage: z.string(), step: z.number().int(), loss: z.number(), scores: z.array(Score) }),
              z.object({ stage: z.string(), note: z.string() }),
            ]),
            z.object({ bundle: z.string().nullable(), steps: z.number().int() }),
          ),
        ),
      ),
  },
}
export type Contract = typeof contract
