/** The health of an index: counts that must agree from its documents to its vectors, and what it finds of what exact search finds. */
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate as breathe } from 'node:timers/promises'
import type { HealthCheck, IndexHealth } from '../../../shared/documents.ts'
import type { JobEvent, Progress } from '../../../shared/job.ts'
import { meter } from '../../../shared/progress.ts'
import { openBoundaries } from '../compress/boundaries.ts'
import { placesByDocument } from '../retrieve/documents.ts'
import type { Index } from '../retrieve/load.ts'
import { countRows } from '../retrieve/schema.ts'
import { verifyIndex } from '../retrieve/verify.ts'
import type { Tokenizer } from '../tokens/tokenizer.ts'
import type { Indexes } from './indexes.ts'
import type { Loader } from './loaded.ts'
import { streamOf } from './stream.ts'

type Input = { readonly path: string; readonly k: number; readonly sample: number }

/** Checks an index whole. Throws the faults of opening it, index-old for one that kept no documents; an AbortError on abort. */
export function checkIndex(
  input: Input,
  { indexes, loader }: { readonly indexes: Indexes; readonly loader: Loader },
  signal?: AbortSignal,
): AsyncGenerator<JobEvent<never, IndexHealth>> {
  return streamOf<JobEvent<never, IndexHealth>, IndexHealth>(
    async (emit, stop) => {
      const { tokenizer } = await loader.light()
      return indexes.use(input.path, (index) => check(index, input, tokenizer, { emit, stop }))
    },
    (result) => ({ type: 'done', result }),
    signal,
  )
}

async function check(
  index: Index,
  { path, k, sample }: Input,
  tokenizer: Tokenizer,
  { emit, stop }: { readonly emit: (event: Progress) => void; readonly stop: AbortSignal },
): Promise<IndexHealth> {
  const { info, database } = index
  const walked = await walkDocuments(index, k, tokenizer, { emit, stop })
  const { recallAt10, passages, vectors, lexical } = await verifyIndex(index, sample, stop)
  const checks: HealthCheck[] = [
    row('documents', 'documents that were indexed are kept', info.documents, countRows(database, 'documents')),
    row('passages', 'passages that were indexed are kept', info.passages, passages),
    row('vectors', 'every passage has a vector', passages, vectors),
    row('words', 'every passage is found by its words', passages, lexical),
    row('placed', 'every passage stands in a document', passages, walked.placed),
    row('texts', 'documents spell their passages where they stand', walked.places, walked.spelled),
    row('chunks', `chunks of ${k} tokens spell the passages that stand in documents`, walked.placed, walked.covered),
  ]
  return {
    k,
    counts: {
      sources: countRows(database, 'files'),
      documents: countRows(database, 'documents'),
      passages,
      chunks: walked.chunks,
      tokens: walked.tokens,
      vectors,
    },
    checks,
    agree: checks.every(({ expected, found }) => expected === found),
    recallAt10,
    sample,
    lexical,
    passages,
    vectors,
    bytes: await sizeOf(path),
  }
}

/** Reads every document: its places, and the chunks of each passage once. */
async function walkDocuments(
  { info, database }: Index,
  k: number,
  tokenizer: Tokenizer,
  { emit, stop }: { readonly emit: (event: Progress) => void; readonly stop: AbortSignal },
) {
  const progress = meter('check', 'documents', info.documents)
  const boundaries = openBoundaries(tokenizer)
  const seen = new Set<number>()
  const sums = { places: 0, spelled: 0, covered: 0, chunks: 0, tokens: 0 }
  let done = 0
  for (const places of placesByDocument(database)) {
    stop.throwIfAborted()
    for (const { label, passage, there } of places) {
      sums.places++
      if (there === passage) sums.spelled++
      if (seen.has(label)) continue
      seen.add(label)
      const { tokens, ends } = boundaries.of(passage, k)
      sums.chunks += ends.length
      sums.tokens += tokens
      const inOrder = ends.every((end, at) => end >= (ends[at - 1] ?? 0))
      if (ends.length === Math.ceil(tokens / k) && inOrder && ends.at(-1) === passage.length) sums.covered++
    }
    done++
    if (progress.due()) {
      emit(progress.at(done))
      await breathe()
    }
  }
  emit(progress.at(done))
  return { ...sums, placed: seen.size }
}

function row(name: HealthCheck['name'], about: string, expected: number, found: number): HealthCheck {
  return { name, about, expected, found }
}

async function sizeOf(folder: string): Promise<number> {
  const sizes = (await readdir(folder)).map(async (name) => (await stat(join(folder, name))).size)
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
}
