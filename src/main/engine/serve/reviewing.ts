/** The review of a drop: its files, and what building an index of them will take, timed with the loaded bundle. */
import type { JobEvent } from '../../../shared/job.ts'
import type { Estimate, Review, ReviewedFile, ReviewInput } from '../../../shared/review.ts'
import { reviewFiles, type Reviewed } from '../corpus/review.ts'
import type { Embedder } from '../retrieve/embedder.ts'
import { denseDefaults } from '../retrieve/dense.ts'
import type { Loader } from './loaded.ts'

/**
 * Bytes that a character of text comes to in an index: the passage, its words, and the document's own text packed. Measured on
 * the files of a mixed folder (pdf, docx, html, md, epub, jsonl): 2,742 passages of 1.5 M characters.
 */
const bytesPerCharacter = 3
const bytesPerVector = 64

/** Reviews files. Without a bundle the estimate has no time. Throws an AbortError on abort. */
export async function* review(
  input: ReviewInput,
  loader: Loader,
  signal?: AbortSignal,
): AsyncGenerator<JobEvent<ReviewedFile[], Review>, void, undefined> {
  for await (const event of reviewFiles(input, signal)) {
    if (event.type !== 'done') {
      yield event
      continue
    }
    const embedder = await loader.light().then(
      (parts) => parts.embedder,
      () => null,
    )
    yield {
      type: 'done',
      result: { files: [...event.result.files], estimate: await estimate(event.result, embedder, signal) },
    }
  }
}

async function estimate(reviewed: Reviewed, embedder: Embedder | null, signal?: AbortSignal): Promise<Estimate | null> {
  const files = reviewed.files.filter(({ fault, duplicateOf }) => fault === null && duplicateOf === null)
  const read = files.filter(({ text }) => text !== null)
  if (read.length === 0) return null
  // What was not read through is taken to be like the files that were: of its format, else of any.
  const share = (want: 'passages' | 'characters'): number =>
    files.reduce((sum, file) => {
      if (file.text) return sum + file.text[want]
      const alike = read.filter(({ format }) => format === file.format)
      return sum + file.bytes * perByte(alike.length > 0 ? alike : read, want)
    }, 0)
  const passages = Math.round(share('passages'))
  const secondsEach = embedder === null ? null : await timeEmbedding(embedder, reviewed.texts, signal)
  const readBytes = read.reduce((sum, { bytes }) => sum + bytes, 0)
  const allBytes = files.reduce((sum, { bytes }) => sum + bytes, 0)
  const reading = readBytes === 0 ? 0 : (reviewed.readSeconds * allBytes) / readBytes
  const vector = embedder === null ? 0 : embedder.dimension * 4 + denseDefaults.m * 8 + bytesPerVector
  return {
    passages,
    exact: read.length === files.length,
    seconds: secondsEach === null ? null : reading + passages * secondsEach,
    bytes: Math.round(passages * vector + share('characters') * bytesPerCharacter),
    sample: embedder === null ? 0 : reviewed.texts.length,
  }
}

function perByte(files: readonly ReviewedFile[], want: 'passages' | 'characters'): number {
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0)
  return bytes === 0 ? 0 : files.reduce((sum, { text }) => sum + (text?.[want] ?? 0), 0) / bytes
}

/** Seconds a passage: two rounds, the first of which also builds graphs and is not counted. */
async function timeEmbedding(
  embedder: Embedder,
  texts: readonly string[],
  signal?: AbortSignal,
): Promise<number | null> {
  if (texts.length === 0) return null
  await embedder.embed(texts, 'passage', signal)
  const started = performance.now()
  await embedder.embed(texts, 'passage', signal)
  return (performance.now() - started) / 1000 / texts.length
}
