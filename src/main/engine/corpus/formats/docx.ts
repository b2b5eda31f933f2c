/** Word documents: the only door to mammoth. Pages are made by the program that shows them, so there are none to name. */
import mammoth from 'mammoth'
import { Fault } from '../../../../shared/fault.ts'
import { compose, oneLine } from '../compose.ts'
import type { Reading, ReaderInput } from '../section.ts'
import { packZip, unpackZip } from '../zip.ts'
import { parsePage } from './dom.ts'
import { writeTree } from './tree.ts'

/** Headings, paragraphs, lists, tables, footnotes and comments; pictures are left out. */
export async function readDocx({ file, name, bytes }: ReaderInput): Promise<Reading> {
  // Unpacked within limits first: the library itself has none.
  const entries = unpackZip(await bytes(), file, (entry) => /\.(?:xml|rels)$/i.test(entry))
  if (!entries.has('word/document.xml')) throw new Fault('file-damaged', `${file} holds no Word document.`)
  const html = await toHtml(file, Buffer.from(packZip(entries)))
  const { body } = parsePage(html)
  const composer = compose()
  writeTree(body, composer)
  return composer.finish(name, oneLine(body.querySelector('p.title')?.textContent ?? ''))
}

async function toHtml(file: string, buffer: Buffer): Promise<string> {
  try {
    const noPictures = mammoth.images.imgElement(async () => ({ src: '' }))
    const styleMap = ["p[style-name='Title'] => p.title:fresh"]
    const options = { convertImage: noPictures, externalFileAccess: false, styleMap }
    return (await mammoth.convertToHtml({ buffer }, options)).value
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new Fault('file-damaged', `${file} cannot be read as a Word document (${reason}).`, { cause: error })
  }
}
