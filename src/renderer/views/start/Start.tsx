/** The start screen: three ways in, and whether the engine is well. */
import { useRef } from 'react'
import { useStore } from 'zustand'
import { FaultNote } from '../../parts/FaultNote.tsx'
import { Icon } from '../../parts/Icon.tsx'
import { openDemo, corpus } from '../../state/corpus.ts'
import { engine } from '../../state/engine.ts'
import { openFiles } from '../../state/sessions.ts'
import { showScreen } from '../../state/view.ts'
import { BuildCard } from './BuildCard.tsx'
import { HealthLine } from './HealthLine.tsx'
import { Recent } from './Recent.tsx'
import { RecentSessions } from './RecentSessions.tsx'

/** The element that opens the file chooser; shortcuts press it by this id. */
export const fileInputId = 'open-files'

const accepted =
  '.txt,.md,.html,.htm,.pdf,.docx,.pptx,.epub,.ipynb,.csv,.tsv,.json,.jsonl,.ndjson,.parquet,.gz,.refrag,text/*'

export function Start() {
  const busy = useStore(corpus, (state) => state.build.phase === 'running' || state.build.phase === 'cancelling')
  const fault = useStore(engine, (state) => state.fault)
  const input = useRef<HTMLInputElement>(null)
  return (
    <main className="start">
      <div className="start-body">
        <h1>Ask a question of compressed context</h1>
        <p className="lead">
          Passages are cut into chunks of k tokens, each chunk is compressed to one embedding, a policy expands a
          fraction p of them, and the decoder answers from the mixture.
        </p>
        {fault !== null && <FaultNote what="The engine did not answer." fault={fault} />}
        <div className="choices">
          <button type="button" className="choice choice-first" disabled={busy} onClick={() => void openDemo()}>
            <Icon name="demo" />
            <strong>Try the built-in demo</strong>
            <span>A small synthetic corpus with questions to ask of it. Works offline, in seconds.</span>
          </button>
          <button type="button" className="choice" disabled={busy} onClick={() => input.current?.click()}>
            <Icon name="drop" />
            <strong>Drop documents anywhere</strong>
            <span>
              or open files… <kbd>Ctrl+O</kbd> txt, md, html, pdf, docx, pptx, epub, ipynb, csv, tsv, json, jsonl,
              parquet
            </span>
          </button>
          <button type="button" className="choice" onClick={() => showScreen('models')}>
            <Icon name="models" />
            <strong>Set up models</strong>
            <span>
              A decoder and an encoder of your own, from the Hub or a folder, paired and trained here. <kbd>Ctrl+8</kbd>
            </span>
          </button>
          <input
            ref={input}
            id={fileInputId}
            className="unseen"
            type="file"
            multiple
            tabIndex={-1}
            aria-label="Open files"
            accept={accepted}
            onChange={(event) => {
              const files = [...(event.target.files ?? [])]
              event.target.value = ''
              void openFiles(files)
            }}
          />
        </div>
        <BuildCard />
        <RecentSessions />
        <Recent />
        <ToyNote />
      </div>
      <HealthLine />
    </main>
  )
}

function ToyNote() {
  const toy = useStore(engine, (state) => state.health?.bundle.toy === true)
  if (!toy) return null
  return (
    <p className="toy-note">
      <span className="badge">Toy model</span> shows the mechanics; its quality and speed numbers say nothing about
      REFRAG.
    </p>
  )
}
