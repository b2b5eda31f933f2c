/** The index being made: progress, the files left out and why, and how it ended. */
import { useStore } from 'zustand'
import type { FileFailure } from '../../../shared/corpus.ts'
import { FaultNote } from '../../parts/FaultNote.tsx'
import { ProgressBar } from '../../parts/ProgressBar.tsx'
import { FileName } from '../../parts/FileName.tsx'
import { baseName, plural } from '../../parts/format.ts'
import { cancelBuild, corpus, dismissBuild, openIndex } from '../../state/corpus.ts'

/** `brief` leaves out an end that went well: what was made is shown beside. */
export function BuildCard({ brief = false }: { readonly brief?: boolean }) {
  const build = useStore(corpus, (state) => state.build)
  const well = build.phase === 'done' && build.failures.length === 0
  if (build.phase === 'idle' || (brief && well)) return null
  return (
    <section className="card build" aria-label="Index being made">
      {(build.phase === 'running' || build.phase === 'cancelling') && (
        <ProgressBar
          title={build.title}
          progress={build.progress}
          cancelling={build.phase === 'cancelling'}
          onCancel={cancelBuild}
        />
      )}
      {build.fault !== null && (
        <FaultNote what={`${build.title} was not indexed.`} fault={build.fault} onDismiss={dismissBuild} />
      )}
      {build.phase === 'cancelled' && (
        <Outcome text={`${build.title}: cancelled. What was there before is untouched.`} />
      )}
      {build.phase === 'done' && build.made !== null && (
        <div className="job-line">
          <strong>{build.made.name}</strong>
          <span className="quiet grow">
            {plural(build.made.documents, 'document')} · {plural(build.made.passages, 'passage')} ·{' '}
            {plural(build.made.vectors, 'vector')}
          </span>
          <button type="button" onClick={dismissBuild}>
            Dismiss
          </button>
          <button type="button" className="primary" onClick={() => build.made !== null && openIndex(build.made)}>
            Ask a question
          </button>
        </div>
      )}
      <Failures failures={build.failures} />
    </section>
  )
}

function Outcome({ text }: { readonly text: string }) {
  return (
    <div className="job-line">
      <span className="grow">{text}</span>
      <button type="button" onClick={dismissBuild}>
        Dismiss
      </button>
    </div>
  )
}

function Failures({ failures }: { readonly failures: readonly FileFailure[] }) {
  if (failures.length === 0) return null
  return (
    <div className="failures">
      <h2>{plural(failures.length, 'file')} left out</h2>
      <ul>
        {failures.map(({ file, reason, remedy }) => (
          <li key={file}>
            <strong>
              <FileName name={baseName(file)} path={file} />
            </strong>{' '}
            {reason} <span className="quiet">{remedy}</span>
          </li>
        ))}
      </ul>
    </div>
  )
}
