/** One file of the review: what it is, why it cannot be read, and for records which column is what. */
import { useStore } from 'zustand'
import { columnRoles, type ColumnMapping, type ColumnRole } from '../../../shared/corpus.ts'
import type { ReviewedFile, TablePreview } from '../../../shared/review.ts'
import { FileName } from '../../parts/FileName.tsx'
import { baseName, formatBytes, formatCount, plural } from '../../parts/format.ts'
import { canRead, changeReading, openFile, review, takeFile } from '../../state/review.ts'

const roleNames: Readonly<Record<ColumnRole, string>> = {
  text: 'text',
  title: 'title',
  id: 'id',
  question: 'question',
  answer: 'answer',
}

export function ReviewRow({ file, taken }: { readonly file: ReviewedFile; readonly taken: boolean }) {
  const opened = useStore(review, (state) => state.opened === file.file)
  const readable = canRead(file)
  return (
    <>
      <tr className={readable ? undefined : 'unreadable'}>
        <td>
          <input
            type="checkbox"
            checked={taken}
            disabled={!readable}
            aria-label={`Take ${file.name}`}
            onChange={(event) => takeFile(file.file, event.target.checked)}
          />
        </td>
        <th scope="row">
          <FileName name={file.name} path={file.file} />
        </th>
        <td>{file.format ?? '–'}</td>
        <td>{formatBytes(file.bytes)}</td>
        <td>
          <Holds file={file} />
        </td>
        <td>
          {file.table !== null && (
            <button
              type="button"
              aria-expanded={opened}
              aria-label={`Columns of ${file.name}`}
              onClick={() => openFile(opened ? null : file.file)}
            >
              Columns
            </button>
          )}
        </td>
      </tr>
      {opened && file.table !== null && (
        <tr className="review-columns">
          <td colSpan={6}>
            <Columns file={file.file} table={file.table} />
          </td>
        </tr>
      )}
    </>
  )
}

function Holds({ file }: { readonly file: ReviewedFile }) {
  const { fault, duplicateOf, text, format } = file
  if (fault !== null)
    return (
      <>
        <span className="bad">{fault.reason.replaceAll(file.file, baseName(file.file))}</span>{' '}
        <span className="quiet">{fault.remedy}</span>
        {fault.code === 'bad-encoding' && <Encoding file={file.file} />}
      </>
    )
  const copy = duplicateOf === null ? '' : `The very same bytes as ${baseName(duplicateOf)}. `
  if (text === null)
    return (
      <span className="quiet">
        {copy}
        {format === null ? 'No reader for it.' : 'Not read yet.'}
      </span>
    )
  const parts = [
    ...(text.parts === null ? [] : [plural(text.parts.count, text.parts.unit)]),
    ...(text.documents > 1 ? [plural(text.documents, 'document')] : []),
    plural(text.passages, 'passage'),
    `${formatCount(text.characters)} characters`,
    ...(text.questions > 0 ? [plural(text.questions, 'question')] : []),
  ]
  return (
    <>
      {copy !== '' && <span className="hand">{copy}</span>}
      {parts.join(', ')}
    </>
  )
}

const encodings = [
  'windows-1252',
  'iso-8859-1',
  'iso-8859-2',
  'iso-8859-15',
  'windows-1251',
  'shift_jis',
  'gb18030',
  'utf-16le',
] as const

function Encoding({ file }: { readonly file: string }) {
  return (
    <label className="field">
      read as
      <select value="" onChange={(event) => void changeReading(file, { encoding: event.target.value })}>
        <option value="">choose</option>
        {encodings.map((name) => (
          <option key={name}>{name}</option>
        ))}
      </select>
    </label>
  )
}

/** Which column is what, beside the first records. */
function Columns({ file, table }: { readonly file: string; readonly table: TablePreview }) {
  const { columns, rows, mapping, records } = table
  function choose(role: ColumnRole, column: string): void {
    const next: ColumnMapping = { ...mapping }
    if (column === '') delete next[role]
    else next[role] = column
    void changeReading(file, { columns: next })
  }
  return (
    <div className="columns">
      <div className="columns-roles" role="group" aria-label="Which column is what">
        {columnRoles.map((role) => (
          <label key={role} className="field">
            {roleNames[role]}
            <select value={mapping[role] ?? ''} onChange={(event) => choose(role, event.target.value)}>
              <option value="">{role === 'text' ? 'every column' : 'none'}</option>
              {columns.map((column) => (
                <option key={column}>{column}</option>
              ))}
            </select>
          </label>
        ))}
        <span className="quiet">{records === null ? '' : plural(records, 'record')}</span>
      </div>
      <div className="scroll">
        <table className="columns-preview">
          <caption className="unseen">The first records</caption>
          <thead>
            <tr>
              {columns.map((column) => (
                <th key={column} scope="col">
                  {column} <span className="quiet">{roleOf(mapping, column)}</span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, at) => (
              <tr key={`${at} ${row[0] ?? ''}`}>
                {columns.map((column, i) => (
                  <td key={column}>{row[i]}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  )
}

function roleOf(mapping: ColumnMapping, column: string): string {
  return columnRoles.filter((role) => mapping[role] === column).join(', ')
}
