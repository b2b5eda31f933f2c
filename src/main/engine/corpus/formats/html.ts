/** HTML: the article of a page where it has one, else all of it: the only door to @mozilla/readability. */
import { Readability } from '@mozilla/readability'
import { Fault } from '../../../../shared/fault.ts'
import { compose, oneLine } from '../compose.ts'
import { decodeAs } from '../encoding.ts'
import type { Reading, ReaderInput } from '../section.ts'
import { parsePage, type DomElement } from './dom.ts'
import { writeTree } from './tree.ts'

/** An article must hold this share of the page's text: below it, what was taken for one is a part of the page. */
const articleShare = 0.4

/** Reads a page. Its text is made of it: spans count in that. */
export async function readHtml(input: ReaderInput): Promise<Reading> {
  const html = await sourceOf(input)
  const page = parsePage(html)
  const title = oneLine(page.title)
  const textOf = (root: DomElement): Reading => {
    const composer = compose()
    writeTree(root, composer)
    return composer.finish(input.name, title)
  }
  const whole = textOf(page.body)
  const article = articleOf(html)
  const main = article === null ? null : textOf(article)
  return main !== null && main.source.length >= whole.source.length * articleShare ? main : whole
}

/** What Readability takes for the page's article; it takes the page apart, and so gets its own. */
function articleOf(html: string): DomElement | null {
  // Its types name the page's own Document, which the engine does not know.
  const found = new Readability(parsePage(html) as never, { keepClasses: false }).parse()
  return found?.content ? parsePage(found.content).body : null
}

/** The page's own word for its encoding counts where its bytes are not UTF-8. */
async function sourceOf(input: ReaderInput): Promise<string> {
  try {
    return await input.text()
  } catch (error) {
    const bytes = await input.bytes()
    const label = /<meta[^>]+charset\s*=\s*["']?\s*([\w-]+)/i.exec(bytes.subarray(0, 2048).toString('latin1'))?.[1]
    if (!(error instanceof Fault) || error.code !== 'bad-encoding' || label === undefined || isUnicode(label))
      throw error
    return decodeAs(bytes, label, input.file)
  }
}

function isUnicode(label: string): boolean {
  return /^utf/i.test(label)
}
