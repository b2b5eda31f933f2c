/** The indexes on disk, newest first. */
import { useStore } from 'zustand'
import { FaultNote } from '../../parts/FaultNote.tsx'
import { Icon } from '../../parts/Icon.tsx'
import { Empty, Loading, Pane } from '../../parts/Pane.tsx'
import { formatCount, plural } from '../../parts/format.ts'
import { corpus, listIndexes, openIndex } from '../../state/corpus.ts'

export function Recent() {
  const indexes = useStore(corpus, (state) => state.indexes)
  const fault = useStore(corpus, (state) => state.listFault)
  return (
    <Pane title="Recent indexes" note={indexes === null ? undefined : formatCount(indexes.length)}>
      {fault !== null && (
        <FaultNote what="The indexes could not be listed." fault={fault} onRetry={() => void listIndexes()} />
      )}
      {indexes === null && fault === null && <Loading label="Asking the engine" lines={2} />}
      {indexes?.length === 0 && <Empty>No index yet. Drop documents here, or try the demo.</Empty>}
      {indexes !== null && indexes.length > 0 && (
        <ul className="recent">
          {indexes.map((info) => (
            <li key={info.path}>
              <button type="button" onClick={() => openIndex(info)} title={info.path}>
                <Icon name="index" />
                <strong>{info.name}</strong>
                <span>
                  {plural(info.documents, 'document')}, {plural(info.passages, 'passage')}
                </span>
                <time dateTime={info.made}>
                  {new Date(info.made).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' })}
                </time>
              </button>
            </li>
          ))}
        </ul>
      )}
    </Pane>
  )
}
