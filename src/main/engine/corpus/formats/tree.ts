/** A page's tree as text: headings, paragraphs, lists, tables and preformatted text in reading order. */
import { oneLine, type Composer } from '../compose.ts'
import { isElement, type DomElement, type DomNode } from './dom.ts'

const names = (text: string): ReadonlySet<string> => new Set(text.toUpperCase().split(' '))

const skipped = names(
  'head script style noscript template svg canvas iframe object video audio select textarea button nav form dialog',
)
/** Elements that stand on lines of their own. */
const blocks = names(
  'address article aside blockquote body caption center dd details div dl dt fieldset figcaption figure footer header hgroup ' +
    'hr html legend li main ol p section summary tbody td tfoot th thead tr ul',
)
/** Trees that go deeper than this are told flat: pages made by machines nest without end. */
const deepest = 400

/** Writes what stands under `root`. */
export function writeTree(root: DomElement, to: Composer): void {
  let inline = ''
  let prefix = ''
  let tight = false

  function flush(): void {
    const text = inline
      .split('\n')
      .map((line) => line.replaceAll(/[^\S\n]+/g, ' ').trim())
      .join('\n')
      .replace(/^\n+|\n+$/g, '')
    inline = ''
    if (text === '') return
    to.block(prefix + text, tight)
    prefix = ''
  }

  function visit(node: DomNode, depth: number): void {
    if (node.nodeType === 3) {
      inline += (node.textContent ?? '').replaceAll(/\s+/g, ' ')
      return
    }
    if (!isElement(node)) return
    const name = node.nodeName.toUpperCase()
    if (skipped.has(name) || node.getAttribute('hidden') !== null || node.getAttribute('aria-hidden') === 'true') return
    if (depth > deepest) {
      inline += ` ${oneLine(node.textContent ?? '')} `
      return
    }
    const level = /^H([1-6])$/.exec(name)?.[1]
    if (level !== undefined) {
      flush()
      to.heading(Number(level), oneLine(node.textContent ?? ''))
    } else if (name === 'BR') inline += '\n'
    else if (name === 'PRE') {
      flush()
      to.block(node.textContent ?? '')
    } else if (name === 'TABLE' && isGrid(node)) {
      flush()
      for (const row of node.getElementsByTagName('tr')) to.block(rowText(row), true)
    } else if (blocks.has(name)) visitBlock(node, name, depth)
    else for (const child of node.childNodes) visit(child, depth + 1)
  }

  function visitBlock(node: DomElement, name: string, depth: number): void {
    flush()
    const before = tight
    if (name === 'LI' || name === 'DT' || name === 'DD') tight = true
    if (name === 'LI') prefix = '- '
    for (const child of node.childNodes) visit(child, depth + 1)
    flush()
    if (name === 'LI') prefix = ''
    tight = before
  }

  visit(root, 0)
  flush()
}

/** A table of values, not one that a page is laid out with. */
function isGrid(table: DomElement): boolean {
  return table.querySelector('table, h1, h2, h3, h4, pre') === null
}

function rowText(row: DomElement): string {
  const cells = [...row.children].filter(({ nodeName }) => /^t[dh]$/i.test(nodeName))
  const texts = cells.map((cell) => oneLine(cell.textContent ?? ''))
  return texts.some((text) => text !== '') ? texts.join(' | ') : ''
}
