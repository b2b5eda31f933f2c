/** Plain text: prose that is cut into passages, or a passage a line. */
import { linesOf, textStart, trimRange, type Section, type SourceFile } from '../section.ts'

/** The whole file as one section, or a section a line where the file is written so. */
export function readText(file: SourceFile): Iterable<Section> {
  return isPassageLines(file.source) ? readLines(file) : readProse(file)
}

/** Every line that is not empty is a passage, whatever its length. */
export function* readLines({ name, source }: SourceFile): Generator<Section> {
  let document = true
  for (const line of linesOf(source, textStart(source))) {
    const { from, to } = trimRange(source, line.from, line.to)
    if (from === to) continue
    yield { title: name, from, to, whole: true, document }
    document = false
  }
}

/** The whole file, without regard to its lines. */
export function* readProse({ name, source }: SourceFile): Generator<Section> {
  const { from, to } = trimRange(source, textStart(source), source.length)
  if (from < to) yield { title: name, from, to, whole: false, document: true }
}

/**
 * True when most lines are long and end like a sentence and no blank line parts paragraphs.
 * The sentence's end tells passages from prose that an editor wrapped at a fixed width.
 */
function isPassageLines(source: string): boolean {
  const lines = source.slice(textStart(source)).trim().split(/\r?\n/)
  if (lines.length < 2 || lines.some((line) => line.trim() === '')) return false
  const passages = lines.filter((line) => line.length >= 40 && /[.!?。！？…]["'”’»)\]]*\s*$/.test(line))
  return passages.length > lines.length * 0.6
}
