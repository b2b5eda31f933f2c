/** The jobs at the foot of the page: all that the engine works on, whoever began it, with a way to stop each. */
import { useState } from 'react'
import { useStore } from 'zustand'
import type { JobInfo, JobKind } from '../../../shared/jobList.ts'
import { Confirm } from '../../parts/Confirm.tsx'
import { FaultNote } from '../../parts/FaultNote.tsx'
import { Icon } from '../../parts/Icon.tsx'
import { Empty, Loading } from '../../parts/Pane.tsx'
import { describeProgress, Track } from '../../parts/ProgressBar.tsx'
import { engine } from '../../state/engine.ts'
import { clearEnded, discardJob, followJobs, isActive, jobs, stopJob } from '../../state/jobs.ts'
import { showScreen, showTray, view, type ScreenName } from '../../state/view.ts'
import { showSweep } from '../../state/sweeps.ts'
import { show } from '../../state/train.ts'

export function JobsTray() {
  const open = useStore(view, (state) => state.tray)
  const list = useStore(jobs, (state) => state.list)
  const away = useStore(engine, (state) => state.status.state === 'gone')
  const [discarding, setDiscarding] = useState<JobInfo | null>(null)
  if (!open) return null
  const ended = (list ?? []).filter((job) => !isActive(job))
  return (
    <section className="tray" id="jobs-tray" aria-label="Jobs" data-stale={away || undefined}>
      <div className="tray-head">
        <h2>Jobs</h2>
        {away && <small>the engine is away; this is how they stood</small>}
        <span className="grow" />
        {ended.length > 0 && (
          <button type="button" className="plain" onClick={() => void clearEnded()}>
            Clear ended
          </button>
        )}
        <button type="button" className="plain" aria-label="Hide the jobs" onClick={() => showTray(false)}>
          <Icon name="close" />
        </button>
      </div>
      <Body list={list} onDiscard={setDiscarding} />
      {discarding !== null && (
        <Confirm
          title={`Delete ${discarding.work ?? ''}?`}
          keepLabel="Keep it"
          doLabel="Stop and delete"
          onKeep={() => setDiscarding(null)}
          onDo={() => {
            setDiscarding(null)
            void discardJob(discarding)
          }}
        >
          It stops, and all that it has kept is deleted. Pause keeps it, to be gone on with.
        </Confirm>
      )}
    </section>
  )
}

type BodyProps = { readonly list: readonly JobInfo[] | null; readonly onDiscard: (job: JobInfo) => void }

function Body({ list, onDiscard }: BodyProps) {
  const fault = useStore(jobs, (state) => state.fault)
  if (fault !== null) {
    return <FaultNote what="The jobs could not be listed." fault={fault} onRetry={() => void followJobs()} />
  }
  if (list === null) return <Loading label="Asking the engine what it does" lines={1} />
  if (list.length === 0) {
    return (
      <Empty>Nothing runs. Index builds, sweeps, trainings, downloads, measurements and reports are listed here.</Empty>
    )
  }
  return (
    <ul className="tray-list">
      {[...list.filter(isActive), ...list.filter((job) => !isActive(job)).toReversed()].map((job) => (
        <Row key={job.id} job={job} onDiscard={onDiscard} />
      ))}
    </ul>
  )
}

/** Work that tells nothing between its beginning and its end. */
const isOneStep = ({ kind, progress }: JobInfo): boolean =>
  progress === null && (kind === 'report' || kind === 'estimate')

const words: Readonly<Record<JobInfo['state'], string>> = {
  running: 'running',
  stopping: 'stopping…',
  done: 'done',
  stopped: 'stopped',
  failed: 'failed',
}

function Row({ job, onDiscard }: { readonly job: JobInfo; readonly onDiscard: (job: JobInfo) => void }) {
  const { id, title, state, progress, work, fault } = job
  const active = isActive(job)
  const place = placeOf(job)
  const paused = state === 'stopped' && work !== null
  return (
    <li className="tray-row" data-state={state}>
      <span className="tray-title" title={title}>
        {title}
      </span>
      <span className="tray-state">
        {state === 'running' && (isOneStep(job) ? 'Working…' : describeProgress(progress))}
        {state === 'stopping' && (work === null ? 'Cancelling…' : 'Pausing…')}
        {!active && (paused ? 'paused' : words[state])}
        {state === 'stopped' && progress !== null && `, ${describeProgress(progress, 'count')}`}
        {fault !== null && (
          <span className="bad">
            : {fault.message} {fault.remedy}
          </span>
        )}
        {!active && job.ended !== null && <time dateTime={job.ended}> {new Date(job.ended).toLocaleTimeString()}</time>}
      </span>
      {active ? <Track title={title} progress={progress} /> : <span />}
      <span className="tray-acts">
        {place !== null && (
          <button type="button" className="plain" aria-label={`Show ${title}`} onClick={place}>
            Show
          </button>
        )}
        {active && (
          <button
            type="button"
            disabled={state === 'stopping'}
            aria-label={`${work === null ? 'Cancel' : 'Pause'} ${title}`}
            onClick={() => void stopJob(id)}
          >
            {work === null ? 'Cancel' : 'Pause'}
          </button>
        )}
        {active && work !== null && (
          <button type="button" aria-label={`Cancel ${title} and delete it`} onClick={() => onDiscard(job)}>
            Cancel…
          </button>
        )}
        {!active && (
          <button type="button" className="plain" aria-label={`Dismiss ${title}`} onClick={() => void stopJob(id)}>
            <Icon name="close" />
          </button>
        )}
      </span>
    </li>
  )
}

const screens: Readonly<Partial<Record<JobKind, ScreenName>>> = {
  answer: 'bench',
  'what-if': 'bench',
  comparison: 'compare',
  index: 'corpus',
  check: 'corpus',
  sweep: 'sweep',
  estimate: 'sweep',
  training: 'train',
  'dry run': 'train',
  timing: 'bench',
  report: 'runs',
  download: 'models',
  model: 'models',
}

/** Shows where a job's outcome stands; null where no screen has it. */
function placeOf({ kind, work }: JobInfo): (() => void) | null {
  const screen = screens[kind]
  if (screen === undefined) return null
  return () => {
    showScreen(screen)
    if (work !== null && kind !== 'download') void (kind === 'sweep' ? showSweep(work) : show(work))
  }
}
