/** What the next sweep asks, and of what: an index, and files of questions, each a set. */
import { useId, useRef } from 'react'
import { useStore } from 'zustand'
import { FaultNote } from '../../parts/FaultNote.tsx'
import { ProgressBar } from '../../parts/ProgressBar.tsx'
import { plural } from '../../parts/format.ts'
import { cancelBuild, corpus, dismissBuild, findDemo } from '../../state/corpus.ts'
import { setNames, setSweepSettings, sweepSetUp, sweptIndex } from '../../state/sweepSetUp.ts'

export function Questions() {
  const settings = useStore(sweepSetUp)
  const { indexes, build } = useStore(corpus)
  const input = useRef<HTMLInputElement>(null)
  const id = useId()
  const names = setNames(settings)
  const index = sweptIndex(settings)
  if (settings.beside !== null)
    return (
      <p className="quiet set-up-data">
        {settings.beside.index.name}; {names.join(', ')}
      </p>
    )
  const building = build.phase === 'running' || build.phase === 'cancelling'
  return (
    <div className="set-up-data">
      <div className="set-up-row">
        <label htmlFor={`${id}index`}>Index</label>
        <select
          id={`${id}index`}
          value={index ?? ''}
          disabled={(indexes ?? []).length === 0}
          onChange={(event) => setSweepSettings({ index: event.target.value })}
        >
          {index === null && <option value="">none yet</option>}
          {(indexes ?? []).map(({ path, name, passages }) => (
            <option key={path} value={path}>
              {name}, {plural(passages, 'passage')}
            </option>
          ))}
        </select>
      </div>
      <span className="label">Questions</span>
      <div>
        {names.length === 0 ? (
          <p className="quiet">None yet. A file of jsonl with question and answers is a set; several are an axis.</p>
        ) : (
          names.map((name) => (
            <span key={name} className="clip-line" title={name}>
              {name}
            </span>
          ))
        )}
        <div className="button-row">
          <button type="button" onClick={() => input.current?.click()}>
            Choose files…
          </button>
          <button type="button" disabled={building} onClick={() => void takeDemo()}>
            Use the demo
          </button>
        </div>
        {building && (
          <ProgressBar
            title={build.title}
            progress={build.progress}
            cancelling={build.phase === 'cancelling'}
            onCancel={cancelBuild}
          />
        )}
        {build.fault !== null && (
          <FaultNote what="The demo could not be made." fault={build.fault} onDismiss={dismissBuild} />
        )}
        <input
          ref={input}
          className="unseen"
          type="file"
          multiple
          tabIndex={-1}
          aria-label="Question files"
          accept=".jsonl"
          onChange={(event) => {
            setSweepSettings({ files: [...(event.target.files ?? [])] })
            event.target.value = ''
          }}
        />
      </div>
    </div>
  )
}

/** Takes the demo's index and questions, made on first use. */
export async function takeDemo(): Promise<void> {
  const demo = await findDemo()
  if (demo !== null) setSweepSettings({ index: demo.index.path, files: [] })
}
