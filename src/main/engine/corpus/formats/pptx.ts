/** PowerPoint: a slide a part, in the order of the show: its title, its text, its tables, its notes. */
import { posix } from 'node:path'
import { Fault } from '../../../../shared/fault.ts'
import { compose, oneLine, type Composer } from '../compose.ts'
import type { Reading, ReaderInput } from '../section.ts'
import { entryText, unpackZip, type Entries } from '../zip.ts'
import { isElement, parseXml, type DomElement } from './dom.ts'

/** Throws Fault file-encrypted, file-damaged or file-too-large. */
export async function readPptx({ file, name, bytes }: ReaderInput): Promise<Reading> {
  const entries = unpackZip(await bytes(), file, (entry) =>
    /^ppt\/(?:presentation|slides\/|notesSlides\/|_rels\/).*(?:xml|rels)$/.test(entry),
  )
  const slides = slideNames(entries, file)
  if (slides.length === 0) throw new Fault('file-damaged', `${file} holds no slide.`)
  const composer = compose()
  for (const [at, slide] of slides.entries()) {
    composer.part({ unit: 'slide', number: at + 1 }, true)
    writeShapes(parseXml(entryText(entries, slide, file)), composer)
    const notes = [...linked(entries, slide).values()].find((target) => target.startsWith('ppt/notesSlides/'))
    if (notes !== undefined && entries.has(notes)) writeNotes(parseXml(entryText(entries, notes, file)), composer)
  }
  return composer.finish(name)
}

/** The slides' entries in the order of the presentation. */
function slideNames(entries: Entries, file: string): string[] {
  const targets = linked(entries, 'ppt/presentation.xml')
  const show = parseXml(entryText(entries, 'ppt/presentation.xml', file))
  return [...show.getElementsByTagName('p:sldId')].flatMap((slide) => {
    const target = targets.get(slide.getAttribute('r:id') ?? '')
    return target !== undefined && entries.has(target) ? [target] : []
  })
}

/** What an entry is linked to, by the link's id. */
function linked(entries: Entries, name: string): ReadonlyMap<string, string> {
  const links = entries.get(posix.join(posix.dirname(name), '_rels', `${posix.basename(name)}.rels`))
  if (!links) return new Map()
  const found = parseXml(new TextDecoder().decode(links)).getElementsByTagName('Relationship')
  return new Map(
    [...found].map((link) => {
      const target = link.getAttribute('Target') ?? ''
      const path = target.startsWith('/') ? target.slice(1) : posix.join(posix.dirname(name), target)
      return [link.getAttribute('Id') ?? '', path]
    }),
  )
}

/** The kind of a shape's place on the slide: title, body, slide number; empty where it has none. */
function placeOf(shape: DomElement): string {
  const [place] = shape.getElementsByTagName('p:ph')
  return place ? (place.getAttribute('type') ?? 'body') : ''
}

/** The title first, then the rest as it stands in the file. */
function writeShapes(slide: DomElement, to: Composer): void {
  const shapes = [...slide.getElementsByTagName('p:sp')]
  const title = shapes.find((shape) => /title$/i.test(placeOf(shape)))
  if (title) to.heading(1, oneLine(paragraphsOf(title).join(' ')))
  const visit = (node: DomElement): void => {
    for (const child of node.children) {
      if (child.nodeName === 'p:sp') {
        if (child !== title && !/^(?:dt|ftr|sldNum)$/.test(placeOf(child))) to.block(paragraphsOf(child).join('\n'))
      } else if (child.nodeName === 'a:tbl') {
        for (const row of child.getElementsByTagName('a:tr')) to.block(rowText(row), true)
      } else visit(child)
    }
  }
  visit(slide)
}

function writeNotes(notes: DomElement, to: Composer): void {
  const bodies = [...notes.getElementsByTagName('p:sp')].filter((shape) => placeOf(shape) === 'body')
  const text = bodies.flatMap(paragraphsOf).join('\n')
  if (text !== '') to.block(`Notes: ${text}`)
}

function rowText(row: DomElement): string {
  return [...row.getElementsByTagName('a:tc')].map((cell) => oneLine(paragraphsOf(cell).join(' '))).join(' | ')
}

/** The paragraphs of a shape that hold text. */
function paragraphsOf(shape: DomElement): string[] {
  return [...shape.getElementsByTagName('a:p')].map(runsOf).filter((text) => text !== '')
}

function runsOf(paragraph: DomElement): string {
  let text = ''
  const visit = (node: DomElement): void => {
    for (const child of node.childNodes) {
      if (!isElement(child)) continue
      if (child.nodeName === 'a:t') text += child.textContent ?? ''
      else if (child.nodeName === 'a:br') text += '\n'
      else visit(child)
    }
  }
  visit(paragraph)
  return text.trim()
}
