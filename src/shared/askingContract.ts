/** Calls that ask a question and ask on: runs, what-if, comparisons, reports. */
import { eventIterator } from '@orpc/contract'
import * as z from 'zod'
import { base } from './calls.ts'
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
import { jobEvent } from './job.ts'
import { Plan } from './plan.ts'
import { ReportFile, ReportInput } from './report.ts'
import { Run, RunEvent } from './run.ts'
import { ChunkNeighbour, ChunkOfRun, ChunkToken, NeighboursInput } from './runChunk.ts'
import { MarkRuns, mostListed, RunIds, RunSummary } from './runs.ts'
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

export const askingContract = {
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

  /** One self-contained file from kept runs and from files. */
  report: base.input(ReportInput).output(ReportFile),
}
