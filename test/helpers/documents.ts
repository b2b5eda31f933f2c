/** Documents as programs write them, made small and from plain values: what a reader must find is known to the letter. */
import { strToU8, zipSync } from 'fflate'

/** A line of a PDF page: its text, the size of its letters, and the space above it in points. */
export type PdfLine = { readonly text: string; readonly size?: number; readonly above?: number }

/** A PDF in Helvetica, a page a list of lines; with `locked` it claims to be encrypted with a password that nobody gave. */
export function pdfOf(pages: readonly (readonly PdfLine[])[], { locked = false } = {}): Uint8Array {
  const objects: string[] = []
  const add = (body: string): number => objects.push(body)
  add('<< /Type /Catalog /Pages 2 0 R >>')
  const kids = pages.map((_, at) => `${4 + at * 2} 0 R`).join(' ')
  add(`<< /Type /Pages /Kids [${kids}] /Count ${pages.length} >>`)
  add('<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>')
  for (const lines of pages) {
    let y = 780
    const drawn = lines.map(({ text, size = 10, above = 12 }) => {
      y -= above
      return `BT /F1 ${size} Tf 50 ${y} Td (${text.replaceAll(/[\\()]/g, '\\$&')}) Tj ET`
    })
    const stream = drawn.join('\n')
    const content = objects.length + 2
    add(
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Resources << /Font << /F1 3 0 R >> >> /Contents ${content} 0 R >>`,
    )
    add(`<< /Length ${stream.length} >>\nstream\n${stream}\nendstream`)
  }
  const zeros = '0'.repeat(64)
  const lock = locked ? add(`<< /Filter /Standard /V 1 /R 2 /O <${zeros}> /U <${zeros}> /P -44 >>`) : 0
  const offsets: number[] = []
  let text = '%PDF-1.4\n'
  for (const [at, body] of objects.entries()) {
    offsets.push(text.length)
    text += `${at + 1} 0 obj\n${body}\nendobj\n`
  }
  const table = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('')
  const encrypt = locked ? ` /Encrypt ${lock} 0 R /ID [<00> <00>]` : ''
  return Buffer.from(
    `${text}xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}trailer\n` +
      `<< /Size ${objects.length + 1} /Root 1 0 R${encrypt} >>\nstartxref\n${text.length}\n%%EOF\n`,
    'latin1',
  )
}

/** A paragraph of a Word document; a heading where it names its level. */
export type WordParagraph = { readonly text: string; readonly heading?: number }

const word = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
const relationships = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'

/** A Word document. */
export function docxOf(paragraphs: readonly WordParagraph[]): Uint8Array {
  const body = paragraphs.map(({ text, heading }) => {
    const style = heading === undefined ? '' : `<w:pPr><w:pStyle w:val="Heading${heading}"/></w:pPr>`
    return `<w:p>${style}<w:r><w:t xml:space="preserve">${escape(text)}</w:t></w:r></w:p>`
  })
  const styles = [1, 2, 3].map(
    (level) => `<w:style w:type="paragraph" w:styleId="Heading${level}"><w:name w:val="heading ${level}"/></w:style>`,
  )
  return zipOf({
    '[Content_Types].xml':
      '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/></Types>',
    '_rels/.rels': links([['rId1', 'officeDocument', 'word/document.xml']]),
    'word/_rels/document.xml.rels': links([['rId1', 'styles', 'styles.xml']]),
    'word/document.xml': `<w:document ${word}><w:body>${body.join('')}</w:body></w:document>`,
    'word/styles.xml': `<w:styles ${word}>${styles.join('')}</w:styles>`,
  })
}

export type Slide = { readonly title: string; readonly bodies: readonly (readonly string[])[]; readonly notes?: string }

/** A PowerPoint show; its slides' files are numbered against their order, so that the order must be read. */
export function pptxOf(slides: readonly Slide[]): Uint8Array {
  const names = slides.map((_, at) => `slide${slides.length - at}.xml`)
  const shape = (type: string, paragraphs: readonly string[]): string =>
    `<p:sp><p:nvSpPr><p:nvPr><p:ph type="${type}"/></p:nvPr></p:nvSpPr><p:txBody>${paragraphs
      .map((text) => `<a:p><a:r><a:t>${escape(text)}</a:t></a:r></a:p>`)
      .join('')}</p:txBody></p:sp>`
  const files: Record<string, string> = {
    'ppt/presentation.xml': `<p:presentation xmlns:p="p" xmlns:r="r"><p:sldIdLst>${slides.map((_, at) => `<p:sldId id="${256 + at}" r:id="rId${at + 1}"/>`).join('')}</p:sldIdLst></p:presentation>`,
    'ppt/_rels/presentation.xml.rels': links(names.map((name, at) => [`rId${at + 1}`, 'slide', `slides/${name}`])),
  }
  for (const [at, { title, bodies, notes }] of slides.entries()) {
    const shapes = [...bodies.map((body) => shape('body', body)), shape('title', [title]), shape('sldNum', ['99'])]
    files[`ppt/slides/${names[at]}`] = `<p:sld xmlns:p="p" xmlns:a="a">${shapes.join('')}</p:sld>`
    if (notes === undefined) continue
    files[`ppt/slides/_rels/${names[at]}.rels`] = links([['rId1', 'notesSlide', `../notesSlides/notes${at}.xml`]])
    files[`ppt/notesSlides/notes${at}.xml`] = `<p:notes xmlns:p="p" xmlns:a="a">${shape('body', [notes])}</p:notes>`
  }
  return zipOf(files)
}

/** A book of XHTML pages by their bodies, told in the order of the spine and stored the other way round. */
export function epubOf(title: string, bodies: readonly string[]): Uint8Array {
  const items = bodies.map((_, at) => `<item id="c${at}" href="text/c${at}.xhtml" media-type="application/xhtml+xml"/>`)
  const files: Record<string, string> = {
    'META-INF/container.xml': '<container><rootfiles><rootfile full-path="book/content.opf"/></rootfiles></container>',
    'book/content.opf': `<package xmlns:dc="dc"><metadata><dc:title>${escape(title)}</dc:title></metadata><manifest>${items.toReversed().join('')}<item id="toc" href="toc.xhtml" properties="nav"/></manifest><spine><itemref idref="toc"/>${bodies.map((_, at) => `<itemref idref="c${at}"/>`).join('')}</spine></package>`,
    'book/toc.xhtml': '<html><body><p>The table of contents.</p></body></html>',
  }
  for (const [at, body] of bodies.entries()) {
    files[`book/text/c${at}.xhtml`] =
      `<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><head><title>c</title></head><body>${body}</body></html>`
  }
  return zipOf(files)
}

/** A notebook of cells: Markdown or code with what it printed. */
export function notebookOf(
  cells: readonly ({ readonly markdown: string } | { readonly code: string; readonly printed?: string })[],
): string {
  return JSON.stringify({
    nbformat: 4,
    metadata: {},
    cells: cells.map((cell) =>
      'markdown' in cell
        ? { cell_type: 'markdown', source: cell.markdown }
        : {
            cell_type: 'code',
            source: cell.code.split(/(?<=\n)/),
            outputs:
              cell.printed === undefined ? [] : [{ output_type: 'stream', name: 'stdout', text: [cell.printed] }],
          },
    ),
  })
}

/** An archive of texts by name. */
export function zipOf(files: Readonly<Record<string, string>>): Uint8Array {
  return zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, strToU8(text)])))
}

/** Text as HTML and XML spell it. */
export function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

function links(all: readonly (readonly [id: string, type: string, target: string])[]): string {
  const each = all.map(
    ([id, type, target]) => `<Relationship Id="${id}" Type="${relationships}/${type}" Target="${target}"/>`,
  )
  return `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${each.join('')}</Relationships>`
}
