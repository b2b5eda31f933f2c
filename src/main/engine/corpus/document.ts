/** One file into documents: read, cut into passages, and every passage placed in the text of its document. */
import { createHash } from 'node:crypto'
import { setImmediate as breathe } from 'node:timers/promises'
import type { FileReading, FormatName, Part, Passage } from '../../../shared/corpus.ts'
import { Fault, isAbort } from '../../../shared/fault.ts'
import { decodeText } from './decode.ts'
import { nameParts, readBytes, unpackBytes } from './file.ts'
import { formatOf, formats } from './formats.ts'
import { indexLines, passagesOf, type LineIndex } from './passages.ts'
import type { Asked, ReaderInput, Section, SourceFile } from './section.ts'

/** A passage and where it stands: `document.text.slice(from, to)` is its text. */
export type Placed = { readonly passage: Passage; readonly from: number; readonly to: number }

/** A document as it is kept: a whole file, or a record of one. */
export type CorpusDocument = {
  readonly file: string
  readonly title: string
  readonly id: string | undefined
  readonly part: Part | undefined
  readonly text: string
  readonly placed: readonly Placed[]
  readonly asked: { readonly question: Asked; readonly passages: readonly string[] } | null
}

/** What is known of a file that was read. */
export type FileFacts = {
  readonly file: string
  readonly format: FormatName
  readonly bytes: number
  /** SHA-256 of the file, hexadecimal. */
  readonly hash: string
}

const sectionsBetweenBreaths = 500

/** A file whose bytes are in memory. */
export type OpenedFile = { readonly facts: FileFacts; readonly bytes: Buffer }

/** Takes a file into memory. Throws Fault unsupported-format, file-too-large or file-damaged; an AbortError on abort. */
export async function openFile(file: string, { format }: FileReading, signal?: AbortSignal): Promise<OpenedFile> {
  signal?.throwIfAborted()
  const { extension } = nameParts(file)
  const known = format ?? formatOf(extension)
  if (!known) throw new Fault('unsupported-format', `${file}: no reader for ${extension} files.`)
  const raw = await readBytes(file, signal)
  const hash = createHash('sha256').update(raw).digest('hex')
  return { facts: { file, format: known, bytes: raw.length, hash }, bytes: await unpackBytes(file, raw) }
}

/** Reads an opened file. Throws the faults of its reader, corpus-empty where it holds no text; an AbortError on abort. */
export async function readDocuments(
  { facts: { file, format }, bytes }: OpenedFile,
  reading: FileReading,
  signal?: AbortSignal,
): Promise<readonly CorpusDocument[]> {
  const { name } = nameParts(file)
  const { source, sections, whole, title } = await formats[format].read(inputOf(file, name, bytes, reading, signal))
  const lines = indexLines(source)
  const sourceFile = { file, name, source }
  const documents: CorpusDocument[] = []
  let together: Section[] = []
  const end = (): void => {
    if (together.length > 0) documents.push(documentOf(sourceFile, together, { whole, title, lines }))
    together = []
  }
  let seen = 0
  for (const section of sections) {
    if (section.document) end()
    together.push(section)
    if (++seen % sectionsBetweenBreaths === 0) await breathe(undefined, { signal })
  }
  end()
  if (documents.every(({ placed }) => placed.length === 0)) throw new Fault('corpus-empty', `${file} holds no text.`)
  return documents
}

function inputOf(
  file: string,
  name: string,
  bytes: Buffer,
  { columns = {}, encoding }: FileReading,
  signal: AbortSignal | undefined,
): ReaderInput {
  return { file, name, columns, signal, bytes: async () => bytes, text: () => decode(bytes, file, encoding) }
}

/** UTF-8; what is not is read in the encoding that was named, else refused with the one that it seems to be in. */
async function decode(bytes: Buffer, file: string, encoding: string | undefined): Promise<string> {
  try {
    return decodeText(bytes, file)
  } catch (error) {
    if (!(error instanceof Fault) || isAbort(error)) throw error
    const { decodeAs, detectEncoding } = await import('./encoding.ts')
    if (encoding !== undefined) return decodeAs(bytes, encoding, file)
    const seems = error.code === 'bad-encoding' ? detectEncoding(bytes) : undefined
    if (seems === undefined) throw error
    throw new Fault('bad-encoding', `${error.message} It seems to be ${seems}.`, {
      remedy: `Read it so, as in --encoding ${seems}; or save it as UTF-8, or leave it out.`,
      cause: error,
    })
  }
}

/** A document of its sections: of a whole file all its text; of a record the texts of its sections, a blank line between. */
function documentOf(
  file: SourceFile,
  sections: readonly Section[],
  { whole, title, lines }: { readonly whole: boolean; readonly title: string | undefined; readonly lines: LineIndex },
): CorpusDocument {
  const placed: Placed[] = []
  const texts: string[] = []
  const golden: string[] = []
  let length = 0
  for (const section of sections) {
    const text = section.text ?? file.source.slice(section.from, section.to)
    // Ranges count in the section's own text where it has one, else in the file's.
    const base = whole ? 0 : length - (section.text === undefined ? section.from : 0)
    for (const { passage, from, to } of passagesOf(file, section, lines)) {
      placed.push({ passage, from: base + from, to: base + to })
      if (section.asked) golden.push(passage.id)
    }
    texts.push(text)
    length += text.length + 2
  }
  const [first] = sections
  const question = sections.find(({ asked }) => asked)?.asked
  return {
    file: file.file,
    title: title ?? (whole ? first?.headings?.[0] : first?.title) ?? file.name,
    id: first?.id,
    part: whole ? undefined : first?.part,
    text: whole ? file.source : texts.join('\n\n'),
    placed,
    asked: question === undefined ? null : { question, passages: golden },
  }
}
