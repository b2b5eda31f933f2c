/** Calls that train. */
import { eventIterator } from '@orpc/contract'
import * as z from 'zod'
import { base } from './calls.ts'
import { Score } from './corpus.ts'
import { jobEvent } from './job.ts'
import { DataReport, DryRun, MadeBundle, TrainEvent, TrainingInfo, TrainInput, TrainResult } from './train.ts'

export const trainingContract = {
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
