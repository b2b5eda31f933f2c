/** EPUB: the book's pages in reading order, its headings as sections. */
import { posix } from 'node:path'
import { Fault } from '../../../../shared/fault.ts'
import { compose, oneLine } from '../compose.ts'
import type { Reading, ReaderInput } from '../section.ts'
import { entryText, unpackZip, type Entries } from '../zip.ts'
import { parsePage, parseXml, type DomElement } from './dom.ts'
import { writeTree } from './tree.ts'

/** Throws Fault file-encrypted (a book under DRM), file-damaged or file-too-large. */
export async function readEpub({ file, name, bytes }: ReaderInput): Promise<Reading> {
  const entries = unpackZip(await bytes(), file, (entry) => /\.(?:xml|opf|x?html?)$/i.test(entry))
  refuseLocked(entries, file)
  const container = parseXml(entryText(entries, 'META-INF/container.xml', file))
  const root = [...container.getElementsByTagName('rootfile')][0]?.getAttribute('full-path') ?? ''
  const book = parseXml(entryText(entries, root, file))
  const composer = compose()
  for (const page of readingOrder(book, posix.dirname(root))) {
    if (!entries.has(page)) continue
    composer.part(undefined)
    writeTree(parsePage(entryText(entries, page, file)).body, composer)
  }
  return composer.finish(name, oneLine([...book.getElementsByTagName('dc:title')][0]?.textContent ?? ''))
}

/** The pages of the spine, without the table of contents, which is the book's own index and no text of it. */
function readingOrder(book: DomElement, folder: string): string[] {
  const items = [...book.getElementsByTagName('item')]
  const byId = new Map(items.map((item) => [item.getAttribute('id') ?? '', item]))
  return [...book.getElementsByTagName('itemref')].flatMap((reference) => {
    const item = byId.get(reference.getAttribute('idref') ?? '')
    if (!item || /\bnav\b/.test(item.getAttribute('properties') ?? '')) return []
    return [posix.join(folder, decodeURIComponent(item.getAttribute('href') ?? ''))]
  })
}

/** Fonts may be locked without harm; a locked page is a locked book. */
function refuseLocked(entries: Entries, file: string): void {
  const locks = entries.get('META-INF/encryption.xml')
  if (!locks) return
  const locked = [...parseXml(new TextDecoder().decode(locks)).getElementsByTagName('enc:CipherReference')]
  if (!locked.some((reference) => /\.x?html?$/i.test(reference.getAttribute('URI') ?? ''))) return
  throw new Fault('file-encrypted', `${file} is under copy protection (DRM): its text is encrypted.`, {
    remedy: 'Add a copy without protection, or leave it out.',
  })
}
