/** What the next training reads: files that a person chose, those of an earlier training, or synthetic sheets. */
import { useRef } from 'react'
import { useStore } from 'zustand'
import { baseName, formatBytes, plural } from '../../parts/format.ts'
import { setSettings, setUp } from '../../state/setUp.ts'

export function Data({ questions }: { readonly questions: boolean }) {
  const files = useStore(setUp, (state) => state.files)
  const paths = useStore(setUp, (state) => state.paths)
  const input = useRef<HTMLInputElement>(null)
  const names = files.length > 0 ? files.map((file) => file.name) : paths.map(baseName)
  const size = files.length > 0 ? formatBytes(files.reduce((sum, file) => sum + file.size, 0)) : 'as before'
  return (
    <div className="set-up-data">
      <span className="label">Data</span>
      <div>
        <p>
          {names.length === 0 ? (
            'Synthetic sheets, drawn as they are needed'
          ) : (
            <>
              {plural(names.length, 'file')}, {size}
              {names.slice(0, 3).map((name) => (
                <span key={name} className="clip-line" title={name}>
                  {name}
                </span>
              ))}
              {names.length > 3 && <span className="quiet">and {names.length - 3} more</span>}
            </>
          )}
        </p>
        <p className="quiet">
          {questions
            ? 'jsonl with question, answers and passages. One passage in twenty is held out.'
            : 'txt or jsonl. One document in twenty is held out; no text stands on both sides.'}
        </p>
        <div className="button-row">
          <button type="button" onClick={() => input.current?.click()}>
            Choose files…
          </button>
          {names.length > 0 && (
            <button type="button" onClick={() => setSettings({ files: [], paths: [] })}>
              Use synthetic
            </button>
          )}
        </div>
        <input
          ref={input}
          className="unseen"
          type="file"
          multiple
          tabIndex={-1}
          aria-label="Training files"
          accept=".txt,.jsonl,.gz,text/*"
          onChange={(event) => {
            setSettings({ files: [...(event.target.files ?? [])], paths: [] })
            event.target.value = ''
          }}
        />
      </div>
    </div>
  )
}
