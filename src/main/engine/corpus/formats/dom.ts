/** HTML and XML as a tree: the only door to linkedom. */
import { DOMParser, parseHTML } from 'linkedom'

/** What readers need of a node; the page's own types are not the engine's. */
export type DomNode = {
  /** 1 an element, 3 text. */
  readonly nodeType: number
  readonly nodeName: string
  readonly textContent: string | null
  readonly childNodes: Iterable<DomNode>
}
export type DomElement = DomNode & {
  readonly children: Iterable<DomElement>
  readonly getAttribute: (name: string) => string | null
  readonly getElementsByTagName: (name: string) => Iterable<DomElement>
  readonly querySelector: (selector: string) => DomElement | null
  readonly querySelectorAll: (selector: string) => Iterable<DomElement>
  readonly remove: () => void
}
export type DomDocument = DomElement & { readonly title: string; readonly body: DomElement }

/** Parses HTML; what is no whole page becomes the body of one. */
export function parsePage(html: string): DomDocument {
  const whole = /<(?:html|body)[\s>]/i.test(html) ? html : `<!DOCTYPE html><html><body>${html}</body></html>`
  return parseHTML(whole).document as unknown as DomDocument
}

/** Parses XML. Names keep their prefixes, as in `a:t`; nothing outside the text is fetched or expanded. */
export function parseXml(xml: string): DomElement {
  return new DOMParser().parseFromString(xml, 'text/xml') as unknown as DomElement
}

/** True for an element. */
export function isElement(node: DomNode): node is DomElement {
  return node.nodeType === 1
}
