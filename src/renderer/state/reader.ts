/** The corpus that is looked at: its documents, the one that is read with its passages, and the chunks of the k that is tried. */
import { createStore } from 'zustand/vanilla'
import type { DocumentChunks, DocumentPage, DocumentText } from '../../shared/documents.ts'
import type { FaultData } from '../../shared/fault.ts'
import { link } from '../link.ts'
import { noteFault } from './engine.ts'
import { showScreen } from './view.ts'

/** Characters that are laid out at a time: as many as boundaries can be redrawn of while k is dragged. */
export const windowSize = 24_000
/** Documents listed at a time. */
export const pageSize = 200

/** What is marked in the text: characters [from, to) of the document. */
export type Marked = { readonly from: number; readonly to: number }

export type ReaderState = {
  /** Folder of the index; empty while none is looked at. */
  readonly path: string
  readonly find: string
  readonly page: DocumentPage | null
  readonly document: number | null
  readonly text: DocumentText | null
  readonly k: number
  readonly chunks: DocumentChunks | null
  readonly marked: Marked | null
  readonly listFault: FaultData | null
  readonly fault: FaultData | null
}

const nothing = {
  find: '',
  page: null,
  document: null,
  text: null,
  chunks: null,
  marked: null,
  listFault: null,
  fault: null,
} as const
export const reader = createStore<ReaderState>()(() => ({ path: '', k: 16, ...nothing }))

/** Looks at an index from its first document on. */
export async function lookAt(path: string): Promise<void> {
  if (reader.getState().path === path && reader.getState().page !== null) return
  reader.setState({ ...nothing, path })
  if (path === '') return
  await listDocuments(0)
  const first = reader.getState().page?.documents[0]
  if (first !== undefined && reader.getState().path === path && reader.getState().document === null)
    await readDocument(first.number)
}

/** Lists documents from `from` on, those that hold what is looked for. */
export async function listDocuments(from: number): Promise<void> {
  const { path, find } = reader.getState()
  if (path === '') return
  const wanted = find.trim() === '' ? {} : { find: find.trim() }
  try {
    const page = await link().index.documents({ path, from, count: pageSize, ...wanted })
    if (still({ path, find }))
      reader.setState((state) => ({
        page: from === 0 ? page : { ...page, documents: [...(state.page?.documents ?? []), ...page.documents] },
        listFault: null,
      }))
  } catch (error) {
    if (still({ path, find })) reader.setState({ listFault: noteFault('list the documents', error) })
  }
}

export function findDocuments(find: string): void {
  reader.setState({ find })
  void listDocuments(0)
}

/** Reads a document from character `from` on; `marked` is what the reader is sent to. */
export async function readDocument(document: number, from = 0, marked: Marked | null = null): Promise<void> {
  const { path } = reader.getState()
  reader.setState({ document, fault: null })
  try {
    const text = await link().index.document({ path, document, from, count: windowSize })
    if (!still({ path, document })) return
    // The mark comes with its text: on the one before, it would stand on other words.
    reader.setState({ text, chunks: null, marked })
    await cut()
  } catch (error) {
    if (still({ path, document }))
      reader.setState({ text: null, chunks: null, marked: null, fault: noteFault('read the document', error) })
  }
}

/** Draws the chunks of another k. */
export function cutInto(k: number): void {
  if (k === reader.getState().k) return
  reader.setState({ k })
  void cut()
}

async function cut(): Promise<void> {
  const { path, text, k } = reader.getState()
  if (text === null) return
  const document = text.document.number
  try {
    const chunks = await link().index.chunks({ path, document, from: text.from, count: windowSize, k })
    // While k is dragged, answers to k of a moment ago are let go.
    if (still({ path, document, k })) reader.setState({ chunks })
  } catch (error) {
    if (still({ path, document, k })) reader.setState({ fault: noteFault('cut the document into chunks', error) })
  }
}

/**
 * Shows where a passage, or some characters of it counted from its first, stand in their document; those of a chunk with the k that it
 * was cut by, so that the chunk is one of those drawn.
 */
export async function reveal(path: string, passage: string, part?: Marked & { readonly k: number }): Promise<void> {
  showScreen('corpus')
  if (part !== undefined) reader.setState({ k: part.k })
  if (reader.getState().path !== path) {
    reader.setState({ ...nothing, path })
    void listDocuments(0)
  }
  try {
    const place = await link().index.find({ path, passage })
    const marked =
      part === undefined
        ? { from: place.from, to: place.to }
        : { from: place.from + part.from, to: Math.min(place.to, place.from + part.to) }
    // A little of what stands before it is shown too.
    await readDocument(place.document, Math.max(0, marked.from - windowSize / 8), marked)
  } catch (error) {
    reader.setState({ fault: noteFault('find the passage', error) })
  }
}

/** True while what was asked for is what is looked at. */
function still(asked: Partial<Pick<ReaderState, 'path' | 'find' | 'document' | 'k'>>): boolean {
  const now = reader.getState()
  return Object.entries(asked).every(([name, value]) => now[name as keyof ReaderState] === value)
}
