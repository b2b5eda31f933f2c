/** Downloads that run or rest: each goes on from where it was, is imported when it is whole, or is deleted. */
import { useState } from 'react'
import { useStore } from 'zustand'
import type { HubDownload } from '../../../shared/hub.ts'
import { Confirm } from '../../parts/Confirm.tsx'
import { FaultNote } from '../../parts/FaultNote.tsx'
import { Pane } from '../../parts/Pane.tsx'
import { describeProgress, ProgressBar, Track } from '../../parts/ProgressBar.tsx'
import { formatBytes, plural } from '../../parts/format.ts'
import { jobs } from '../../state/jobs.ts'
import { cancelImport, forgetImport, models } from '../../state/models.ts'
import {
  discardDownload,
  downloads,
  forgetDownloadFault,
  importDownload,
  jobOf,
  listDownloads,
  pauseDownload,
  resumeDownload,
  usualWish,
} from '../../state/modelsDownloads.ts'
import { sayDownload } from './sayings.ts'

export function Downloads({ stale }: { readonly stale: boolean }) {
  const { list, listFault, fault } = useStore(downloads)
  const running = useStore(jobs, (state) => state.list)
  const importing = useStore(models, (state) => state.importing)
  const [deleting, setDeleting] = useState<HubDownload | null>(null)
  const active = importing.phase === 'running' || importing.phase === 'cancelling'
  // One that comes with the model that it is for is shown there while it comes.
  const own = (list ?? []).filter(
    ({ key, adapter, state }) => !adapter || state !== 'running' || jobOf(key, running) !== null,
  )
  const nothing = own.length === 0 && listFault === null && fault === null
  if (nothing && !active && importing.fault === null) return null
  return (
    <Pane title="On the way" stale={stale && list !== null}>
      {listFault !== null && (
        <FaultNote what="The downloads could not be listed." fault={listFault} onRetry={() => void listDownloads()} />
      )}
      {fault !== null && <FaultNote what={fault.what} fault={fault.fault} onDismiss={forgetDownloadFault} />}
      {active && (
        <ProgressBar
          title={`Importing ${importing.name}`}
          progress={importing.progress}
          cancelling={importing.phase === 'cancelling'}
          onCancel={cancelImport}
        />
      )}
      {importing.fault !== null && (
        <FaultNote what={`${importing.name} was not imported.`} fault={importing.fault} onDismiss={forgetImport} />
      )}
      {own.length > 0 && (
        <ul className="downloads">
          {own.map((download) => (
            <Row key={download.key} download={download} busy={active} onDelete={setDeleting} />
          ))}
        </ul>
      )}
      {deleting !== null && (
        <Confirm
          title={`Delete the download of ${deleting.id}?`}
          keepLabel="Keep it"
          doLabel="Delete"
          onKeep={() => setDeleting(null)}
          onDo={() => {
            setDeleting(null)
            void discardDownload(deleting.key)
          }}
        >
          {formatBytes(deleting.have)} that have come are deleted. Paused, it goes on from there at any time.
        </Confirm>
      )}
    </Pane>
  )
}

type RowProps = {
  readonly download: HubDownload
  /** An import runs: another waits for its end. */
  readonly busy: boolean
  readonly onDelete: (download: HubDownload) => void
}

function Row({ download, busy, onDelete }: RowProps) {
  const job = useStore(jobs, ({ list }) => jobOf(download.key, list))
  const wish = useStore(downloads, (state) => state.wishes[download.key])
  const beginning = useStore(downloads, (state) => state.beginning !== null)
  const { id, key, commit, state, files, filesDone, bytes, have, fault, adapter } = download
  const running = job !== null || state === 'running'
  const then = wish === undefined ? '' : `, then imported as ${wish.name}`
  return (
    <li className="download" aria-label={id}>
      <div className="download-line">
        <strong title={id}>{id}</strong>
        <code className="quiet" title={commit}>
          {commit.slice(0, 8)}
        </code>
        <span className="quiet grow">
          {running
            ? describeProgress(job?.progress ?? null)
            : `${sayDownload(download)}, ${formatBytes(have)} of ${formatBytes(bytes)}, ${filesDone} of ${plural(files, 'file')}`}
          {then}
        </span>
        <span className="models-acts">
          {running && (
            <button
              type="button"
              disabled={job?.state === 'stopping'}
              aria-label={`Pause the download of ${id}`}
              onClick={() => void pauseDownload(key)}
            >
              {job?.state === 'stopping' ? 'Pausing…' : 'Pause'}
            </button>
          )}
          {!running && state !== 'done' && (
            <button
              type="button"
              disabled={beginning}
              aria-label={`Go on with the download of ${id}`}
              onClick={() => void resumeDownload(download)}
            >
              Go on
            </button>
          )}
          {!running && state === 'done' && !adapter && (
            <button
              type="button"
              disabled={busy}
              aria-label={`Import the download of ${id}`}
              onClick={() => void importDownload(download, wish ?? usualWish(download))}
            >
              Import
            </button>
          )}
          <button type="button" aria-label={`Delete the download of ${id}`} onClick={() => onDelete(download)}>
            Delete…
          </button>
        </span>
      </div>
      {running && <Track title={`Download of ${id}`} progress={job?.progress ?? null} />}
      {!running && fault !== null && <FaultNote what="It stopped." fault={fault} />}
    </li>
  )
}
