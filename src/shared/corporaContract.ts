/** Calls on corpora and their indexes. */
import { eventIterator } from '@orpc/contract'
import * as z from 'zod'
import { base } from './calls.ts'
import { BuildInput, FileFailure, IndexInfo, Passage, Question, RetrievedPassage } from './corpus.ts'
import { DocumentChunks, DocumentPage, DocumentText, DocumentWindow, IndexHealth, PassagePlace } from './documents.ts'
import { jobEvent } from './job.ts'
import { Review, ReviewedFile, ReviewInput } from './review.ts'

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

export const corporaContract = {
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
}
