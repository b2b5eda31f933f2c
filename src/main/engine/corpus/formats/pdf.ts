/** PDF: the only door to unpdf (PDF.js). Text as its lines stand on each page, with paragraphs and headings told by where they stand. */
import { extractTextItems, getDocumentProxy, type StructuredTextItem } from 'unpdf'
import { Fault } from '../../../../shared/fault.ts'
import { compose, oneLine } from '../compose.ts'
import type { Reading, ReaderInput } from '../section.ts'

/** A line of a page: its text, the size of its letters, and where it stands. */
type Line = { readonly text: string; readonly size: number; readonly y: number }

/** A gap of this many usual line steps parts paragraphs; letters this much larger than the usual make a heading. */
const paragraphGap = 1.35
const headingSize = 1.15
const longestHeading = { lines: 3, characters: 160 }

/** Throws Fault file-encrypted, file-damaged, or no-text-layer for a document that is pictures of pages. */
export async function readPdf({ file, name, bytes, signal }: ReaderInput): Promise<Reading> {
  const pages = await readPages(file, await bytes())
  signal?.throwIfAborted()
  const filled = pages.filter((lines) => lines.length > 0)
  if (filled.length === 0) {
    throw new Fault(
      'no-text-layer',
      `${file} has no text layer: its ${counted(pages.length)} a scan, or pictures of text.`,
    )
  }
  const usual = usualSize(filled.flat())
  const sizes = [
    ...new Set(
      filled
        .flat()
        .filter((line) => isHeading(line, usual))
        .map(({ size }) => size),
    ),
  ]
  const levels = sizes.toSorted((a, b) => b - a)
  const composer = compose()
  for (const [at, lines] of pages.entries()) {
    composer.part({ unit: 'page', number: at + 1 })
    for (const lump of paragraphs(lines, usual)) {
      const text = lump.map((line) => line.text).join('\n')
      const first = lump[0]
      const level = first && isHeading(first, usual) ? levels.indexOf(first.size) + 1 : 0
      const short = lump.length <= longestHeading.lines && text.length <= longestHeading.characters
      if (level > 0 && short) composer.heading(level, oneLine(text), text)
      else composer.block(text)
    }
  }
  return composer.finish(name)
}

function counted(pages: number): string {
  return pages === 1 ? 'one page is' : `${pages} pages are`
}

async function readPages(file: string, bytes: Buffer): Promise<readonly (readonly Line[])[]> {
  try {
    // PDF.js takes the buffer that it is given for its own.
    const pdf = await getDocumentProxy(new Uint8Array(bytes), { verbosity: 0 })
    try {
      return (await extractTextItems(pdf)).items.map(linesOf)
    } finally {
      await pdf.loadingTask.destroy()
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    if (error instanceof Error && error.name === 'PasswordException') {
      throw new Fault('file-encrypted', `${file} is encrypted: a password opens it.`, { cause: error })
    }
    throw new Fault('file-damaged', `${file} cannot be read as a PDF (${reason}).`, { cause: error })
  }
}

/** The items of a page as lines; an item's own end of line is PDF.js's judgement. */
function linesOf(items: readonly StructuredTextItem[]): Line[] {
  const lines: Line[] = []
  let text = ''
  let size = 0
  let y = 0
  const end = (): void => {
    if (text.trim() !== '') lines.push({ text: text.replaceAll('\u00AD', '').trimEnd(), size, y })
    text = ''
    size = 0
  }
  for (const item of items) {
    if (item.str.trim() !== '' && text.trim() === '') y = item.y
    text += item.str.replaceAll('\0', '')
    if (item.str.trim() !== '') size = Math.max(size, Math.round(item.fontSize * 2) / 2)
    if (item.hasEOL) end()
  }
  end()
  return lines
}

/** The size that most letters have. */
function usualSize(lines: readonly Line[]): number {
  const letters = new Map<number, number>()
  for (const { text, size } of lines) letters.set(size, (letters.get(size) ?? 0) + text.length)
  return [...letters].reduce((most, each) => (each[1] > most[1] ? each : most), [0, 0])[0]
}

function isHeading({ text, size }: Line, usual: number): boolean {
  return size >= usual * headingSize && /\p{L}/u.test(text)
}

/** Lines that belong together: no wide gap, no jump to another column, no change between heading and text within. */
function paragraphs(lines: readonly Line[], usual: number): Line[][] {
  const steps = lines.slice(1).flatMap((line, at) => {
    const step = (lines[at]?.y ?? 0) - line.y
    return step > 0 ? [step] : []
  })
  const step = steps.toSorted((a, b) => a - b)[Math.floor(steps.length / 2)] ?? 0
  const lumps: Line[][] = []
  for (const [at, line] of lines.entries()) {
    const before = lines[at - 1]
    const down = before ? before.y - line.y : 0
    const looks = (each: Line): number => (isHeading(each, usual) ? each.size : 0)
    const parted =
      !before || looks(before) !== looks(line) || (looks(line) === 0 && (down > step * paragraphGap || down < -step))
    if (parted) lumps.push([line])
    else lumps.at(-1)?.push(line)
  }
  return lumps
}
