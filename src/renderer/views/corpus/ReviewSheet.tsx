/** The review: every file that was dropped, whether it can be read, and what will be made of it, before any work starts. */
import { useStore } from 'zustand'
import type { ReviewedFile } from '../../../shared/review.ts'
import { FaultNote } from '../../parts/FaultNote.tsx'
import { Loading, Pane, Scroll } from '../../parts/Pane.tsx'
import { ProgressBar } from '../../parts/ProgressBar.tsx'
import { formatBytes, formatCount, formatSpan, plural } from '../../parts/format.ts'
import {
  buildReviewed,
  canRead,
  chooseEmbedder,
  closeReview,
  isTaken,
  nameIndex,
  review,
  reviewAgain,
} from '../../state/review.ts'
import { ReviewRow } from './ReviewRow.tsx'

export function ReviewSheet() {
  const state = useStore(review)
  const { files, job, name } = state
  const busy = job.phase === 'running' || job.phase === 'cancelling'
  const taken = files.filter((file) => isTaken(file, state))
  return (
    <Pane
      title="Before indexing"
      className="review"
      note={files.length === 0 ? undefined : sum(files, taken)}
      aside={
        <button type="button" onClick={closeReview}>
          Cancel
        </button>
      }
    >
      {job.fault !== null && (
        <FaultNote what="The files could not be looked over." fault={job.fault} onRetry={() => void reviewAgain()} />
      )}
      {busy && (
        <ProgressBar
          title="Looking over the files"
          progress={job.progress}
          cancelling={job.phase === 'cancelling'}
          onCancel={closeReview}
        />
      )}
      {files.length === 0 && busy && <Loading label="Reading what was dropped" lines={5} />}
      {files.length > 0 && (
        <Scroll className="review-files">
          <table>
            <caption className="unseen">Files that were dropped</caption>
            <thead>
              <tr>
                <th scope="col">take</th>
                <th scope="col">file</th>
                <th scope="col">type</th>
                <th scope="col">size</th>
                <th scope="col">what it holds</th>
                <th scope="col">
                  <span className="unseen">columns</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {files.map((file) => (
                <ReviewRow key={file.file} file={file} taken={isTaken(file, state)} />
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
      <div className="review-go">
        <label className="field">
          Name
          <input type="text" value={name} maxLength={80} onChange={(event) => nameIndex(event.target.value)} />
        </label>
        <ChooseEmbedder />
        <Estimated taken={taken} />
        <button
          type="button"
          className="primary"
          disabled={busy || taken.length === 0}
          title={busy ? 'The files are being looked over.' : undefined}
          onClick={() => void buildReviewed()}
        >
          Index {plural(taken.length, 'file')}
        </button>
      </div>
    </Pane>
  )
}

function sum(files: readonly ReviewedFile[], taken: readonly ReviewedFile[]): string {
  const unreadable = files.filter((file) => !canRead(file)).length
  const twice = files.filter((file) => canRead(file) && file.duplicateOf !== null).length
  return [
    plural(files.length, 'file'),
    formatBytes(files.reduce((all, { bytes }) => all + bytes, 0)),
    ...(unreadable > 0 ? [`${unreadable} cannot be read`] : []),
    ...(twice > 0 ? [`${twice} ${twice === 1 ? 'stands' : 'stand'} twice`] : []),
    `${taken.length} taken`,
  ].join(' · ')
}

/** Which embedder makes the vectors, where there is more than the bundle's own. */
function ChooseEmbedder() {
  const { embedders, embedder } = useStore(review)
  if (embedders.length === 0) return null
  return (
    <label className="field">
      Embedder
      <select value={embedder ?? ''} onChange={(event) => chooseEmbedder(event.target.value || null)}>
        <option value="">the bundle’s own</option>
        {embedders.map(({ name }) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
    </label>
  )
}

/** What the index will take, as far as it can be told; the engine's estimate leaves out what cannot be read and copies. */
function Estimated({ taken }: { readonly taken: readonly ReviewedFile[] }) {
  const { estimate, embedder } = useStore(review)
  const known = taken.every(({ text }) => text !== null)
  const passages = taken.reduce((all, { text }) => all + (text?.passages ?? 0), 0)
  if (estimate === null) return <span className="quiet grow" />
  const count = known ? formatCount(passages) : `about ${formatCount(estimate.passages)}`
  // Time and room were measured with the bundle's own embedder.
  if (embedder !== null) return <span className="quiet grow">{count} passages</span>
  const share = estimate.passages === 0 || !known ? 1 : passages / estimate.passages
  const seconds = estimate.seconds === null ? '' : `, ${formatSpan(estimate.seconds * share)}`
  return (
    <span className="quiet grow">
      {count} passages{seconds}, {formatBytes(estimate.bytes * share)} on disk
    </span>
  )
}
