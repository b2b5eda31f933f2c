/** Calls on corpora and their indexes. */
import { writeCorpus } from '../../corpus/synthetic/make.ts'
import { findPassage, listDocuments, readDocument } from '../../retrieve/documents.ts'
import { listPassages } from '../../retrieve/load.ts'
import { searchIndex } from '../../retrieve/search.ts'
import { verifyIndex } from '../../retrieve/verify.ts'
import { openDemo } from '../demo.ts'
import { checkIndex } from '../indexHealth.ts'
import { titleOf } from '../indexes.ts'
import { openChunkReader } from '../reading.ts'
import { review } from '../reviewing.ts'
import type { Calls, Rooms } from './rooms.ts'

/** Corpora, their indexes and the demo. Each call is tied to the room that answers it. */
export function corporaCalls(os: Calls, at: Rooms) {
  const { home, loader, indexes, jobs } = at
  const chunksOf = openChunkReader(at.indexes, at.loader)
  return {
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
  }
}
