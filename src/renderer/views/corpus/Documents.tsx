/** The documents of an index: a list to choose from, with what is looked for. */
import { useStore } from 'zustand'
import type { DocumentInfo } from '../../../shared/documents.ts'
import { FaultNote } from '../../parts/FaultNote.tsx'
import { FileName } from '../../parts/FileName.tsx'
import { Empty, Loading, Pane } from '../../parts/Pane.tsx'
import { baseName, formatCount, plural } from '../../parts/format.ts'
import { perform } from '../frame/commands.ts'
import { findDocuments, listDocuments, readDocument, reader } from '../../state/reader.ts'

/** The field that documents are looked for with; a key puts the focus there. */
export const findDocumentsId = 'find-documents'

export function Documents() {
  const { path, page, find, listFault } = useStore(reader)
  return (
    <Pane
      title="Documents"
      className="documents"
      note={page === null ? undefined : formatCount(page.total)}
      aside={
        path === '' ? undefined : (
          <input
            id={findDocumentsId}
            type="search"
            placeholder="Find"
            aria-label="Find documents by title, id or file"
            value={find}
            onChange={(event) => findDocuments(event.target.value)}
          />
        )
      }
    >
      {listFault !== null && (
        <FaultNote what="The documents could not be listed." fault={listFault} onRetry={() => void listDocuments(0)} />
      )}
      {path === '' && (
        <Empty
          action={
            <button type="button" onClick={() => perform('open-files')}>
              Open files…
            </button>
          }
        >
          No index is here yet: drop documents anywhere, or open some.
        </Empty>
      )}
      {path !== '' && page === null && listFault === null && <Loading label="Reading the index" lines={6} />}
      {page !== null && page.total === 0 && (
        <Empty>{find.trim() === '' ? 'The index holds no document.' : `No document holds “${find.trim()}”.`}</Empty>
      )}
      {page !== null && page.total > 0 && (
        <>
          <ul className="document-list">
            {page.documents.map((info) => (
              <Row key={info.number} info={info} />
            ))}
          </ul>
          {page.documents.length < page.total && (
            <button type="button" onClick={() => void listDocuments(page.documents.length)}>
              {formatCount(page.total - page.documents.length)} more
            </button>
          )}
        </>
      )}
    </Pane>
  )
}

function Row({ info }: { readonly info: DocumentInfo }) {
  const on = useStore(reader, (state) => state.document === info.number)
  const part = info.part === undefined ? '' : `, ${info.part.unit} ${info.part.number}`
  return (
    <li>
      <button type="button" aria-current={on || undefined} onClick={() => void readDocument(info.number)}>
        <strong>{info.title || baseName(info.file)}</strong>
        <span className="quiet document-file">
          <FileName name={baseName(info.file)} path={info.file} />
          <span>
            {part} · {info.format} · {plural(info.passages, 'passage')}
          </span>
        </span>
      </button>
    </li>
  )
}
