/** Calls that measure: time, quality, sweeps, tables. */
import { eventIterator } from '@orpc/contract'
import * as z from 'zod'
import { AblationInput, AblationResult, AblationTold } from './ablation.ts'
import { TrainMemory, TrainMemoryInput, TrainSpeed, TrainSpeedInput, TtftInput, TtftRow } from './bench.ts'
import { base } from './calls.ts'
import { Claim, ClaimsInput, ClaimsResult } from './claims.ts'
import {
  PolicyInput,
  PolicyPair,
  PolicyRow,
  PplCost,
  PplGap,
  PplInput,
  PplPair,
  PplRow,
  QaCell,
  QaInput,
  QaPair,
} from './evaluate.ts'
import { jobEvent } from './job.ts'
import { LatencyModel, LeftOut } from './latency.ts'
import { RetrievalInput, RetrievalResult } from './retrieval.ts'
import { SweepCell, SweepInfo, SweepInput, SweepProbe, SweepResult, SweepTold } from './sweep.ts'
import { Table } from './table.ts'

export const measuringContract = {
  bench: {
    /** Rows come a context at a time; what was not measured is told with its reason, and the model is fitted to the rows. */
    ttft: base.input(TtftInput).output(
      eventIterator(
        jobEvent(
          TtftRow,
          z.object({
            rows: z.array(TtftRow),
            left: z.array(LeftOut),
            model: LatencyModel.nullable(),
            costs: z.array(PplCost).optional().describe("what a bundle's smaller weights cost"),
          }),
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
    ppl: base.input(PplInput).output(
      eventIterator(
        jobEvent(
          PplRow,
          z.object({
            rows: z.array(PplRow),
            gaps: z.array(PplGap),
            pairs: z.array(PplPair),
            costs: z.array(PplCost).optional().describe('where smaller weights were asked for'),
          }),
        ),
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
}
