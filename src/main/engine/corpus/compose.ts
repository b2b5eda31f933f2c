/** Text made of a document that is no text: blocks in reading order, with its parts, its headings and the sections between them. */
import type { Part } from '../../../shared/corpus.ts'
import type { Reading, Section } from './section.ts'

export type Composer = {
  /** What follows stands in this part. With `fresh` the headings above it end there, as on a slide. */
  readonly part: (part: Part | undefined, fresh?: boolean) => void
  /** A heading, level 1 the outermost; `spelled` is how the text shows it, where that has several lines. */
  readonly heading: (level: number, title: string, spelled?: string) => void
  /** A block of text behind a blank line; a tight one only behind a new line when the block before was tight too. */
  readonly block: (text: string, tight?: boolean) => void
  /** The whole as one document, by the title that it gives itself, else by its first heading, else by its file's name. */
  readonly finish: (name: string, title?: string) => Reading
}

type Open = {
  readonly from: number
  readonly headings: readonly string[]
  readonly part: Part | undefined
  readonly linesFrom: number
  body: boolean
}

/** Begins a text. Every character of it but white space stands in one section, and no section crosses parts. */
export function compose(): Composer {
  const pieces: string[] = []
  const sections: Omit<Section, 'title' | 'whole' | 'document'>[] = []
  let length = 0
  let tightBefore = false
  let part: Part | undefined
  let partFrom: number | null = null
  let headings: readonly { readonly level: number; readonly title: string }[] = []
  let open: Open | null = null

  function close(): void {
    if (open === null) return
    const { from, headings: above, part: inside, linesFrom } = open
    sections.push({ from, to: length, headings: above, part: inside, linesFrom })
    open = null
  }

  function append(text: string, tight: boolean, isHeading: boolean): void {
    if (length > 0) {
      const gap = tight && tightBefore && open !== null ? '\n' : '\n\n'
      pieces.push(gap)
      length += gap.length
    }
    tightBefore = tight
    partFrom ??= length
    open ??= {
      from: length,
      headings: headings.map(({ title }) => title),
      part,
      linesFrom: part === undefined ? 0 : partFrom,
      body: false,
    }
    if (!isHeading) open.body = true
    pieces.push(text)
    length += text.length
  }

  return {
    part: (next, fresh = false) => {
      close()
      part = next
      partFrom = null
      if (fresh) headings = []
    },
    heading: (level, title, spelled = title) => {
      if (title === '') return
      headings = [...headings.filter((above) => above.level < level), { level, title }]
      // A heading with nothing under it belongs to what comes next.
      const bare = open !== null && !open.body ? { from: open.from, linesFrom: open.linesFrom } : null
      if (bare === null) close()
      append(spelled, false, true)
      if (open !== null && bare !== null) open = { ...open, headings: headings.map((each) => each.title) }
    },
    block: (text, tight = false) => {
      const trimmed = text.replace(/^(?:[^\S\n]*\n)+|\s+$/g, '')
      if (trimmed !== '') append(trimmed, tight, false)
    },
    finish: (name, own = '') => {
      close()
      const title = own || name
      return {
        source: pieces.join(''),
        whole: true,
        title: own || undefined,
        sections: sections.map((section, at) => ({
          ...section,
          title: section.headings?.at(-1) ?? title,
          whole: false,
          document: at === 0,
        })),
      }
    },
  }
}

/** A run of white space as one space, none at the ends. */
export function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim()
}
