/** Markdown: a section a heading, titled by it. */
import { linesOf, textStart, trimRange, type Section, type SourceFile } from '../section.ts'

/** Sections at `#` headings outside code fences; what stands before the first heading is titled by the file. */
export function* readMarkdown({ name, source }: SourceFile): Generator<Section> {
  let fence = ''
  let title = name
  let headings: readonly { readonly level: number; readonly title: string }[] = []
  let start = textStart(source)
  let body = start
  let document = true
  const section = (end: number): Section | undefined => {
    // A heading with nothing under it is no text of its own.
    if (source.slice(body, end).trim() === '') return undefined
    const { from, to } = trimRange(source, start, end)
    const above = headings.map((heading) => heading.title)
    const made = { title, headings: above, from, to, whole: false, document }
    document = false
    return made
  }
  for (const { from, to } of linesOf(source, start)) {
    const line = source.slice(from, to)
    const mark = /^ {0,3}(```+|~~~+)/.exec(line)?.[1]
    if (mark) fence = fence === '' ? mark : mark.startsWith(fence) ? '' : fence
    const heading = fence === '' && !mark ? /^ {0,3}(#{1,6})\s+(.+?)\s*#*\s*$/.exec(line) : null
    if (heading === null) continue
    const done = section(from)
    if (done) yield done
    const level = heading[1]?.length ?? 1
    title = heading[2] ?? name
    headings = [...headings.filter((above) => above.level < level), { level, title }]
    start = from
    body = to
  }
  const last = section(source.length)
  if (last) yield last
}
