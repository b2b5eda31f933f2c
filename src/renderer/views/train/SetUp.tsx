/** The settings of the next training. What is left empty is the trainer's own. */
import { useId, useRef, useState } from 'react'
import { useStore } from 'zustand'
import { PolicyAlgorithm, TrainerName } from '../../../shared/train.ts'
import { FaultNote } from '../../parts/FaultNote.tsx'
import { NumberField } from '../../parts/NumberField.tsx'
import { Pane } from '../../parts/Pane.tsx'
import { formatBytes, plural } from '../../parts/format.ts'
import { engine } from '../../state/engine.ts'
import { begin, chosenKs, setSettings, train, type TrainSettings } from '../../state/train.ts'

/** What each trainer does, and its own learning rate and p. */
const trainers: Readonly<
  Record<TrainerName, { readonly about: string; readonly rate: number; readonly p: number | null }>
> = {
  reconstruct: {
    about: 'Encoder and projector learn to have the decoder, frozen, tell a text again from its chunk embeddings.',
    rate: 2e-4,
    p: null,
  },
  continue: { about: 'All parts learn to go on after a compressed context.', rate: 5e-5, p: null },
  mixed: {
    about: 'All parts learn to go on after a context of which a fraction p stays tokens.',
    rate: 5e-5,
    p: 0.1,
  },
  lm: { about: 'The decoder alone on plain text: the baseline continued without compression.', rate: 5e-5, p: null },
  tune: { about: 'All parts learn to answer questions on compressed passages.', rate: 2e-5, p: 0.25 },
  policy: {
    about: 'A policy learns which chunks to expand, rewarded by the bundle itself; all else is frozen.',
    rate: 1e-3,
    p: 0.25,
  },
  embedder: { about: 'The embedder of retrieval learns to find the passage of a question.', rate: 1e-3, p: null },
}

export function SetUp() {
  const { settings, phase, fault } = useStore(train)
  const away = useStore(engine, (state) => state.status.state !== 'ready')
  const id = useId()
  const { about, rate, p } = trainers[settings.trainer]
  const set = (change: Partial<TrainSettings>) => () => setSettings(change)
  const busy = phase !== 'idle'
  return (
    <Pane title="Next training" className="set-up">
      <div className="set-up-row">
        <label htmlFor={`${id}trainer`}>Trainer</label>
        <select
          id={`${id}trainer`}
          value={settings.trainer}
          onChange={(event) =>
            set({ trainer: TrainerName.parse(event.target.value), p: null, learningRate: null, lora: null })()
          }
        >
          {TrainerName.options.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </div>
      <p className="quiet">{about}</p>
      {settings.trainer === 'policy' && <PolicySettings />}
      <Data questions={readsQuestions(settings)} />
      {settings.trainer !== 'embedder' && <ChunkSizes />}
      <div className="set-up-numbers">
        <Whole label="Steps" name="steps" max={1_000_000} />
        <Whole label="Sequences a step" name="batch" max={4096} />
        {!readsQuestions(settings) && <Whole label="Longest context, tokens" name="longest" max={65_536} />}
        {!readsQuestions(settings) && settings.trainer !== 'reconstruct' && (
          <Whole label="Predicted tokens" name="output" max={65_536} />
        )}
        {p !== null && (
          <NumberField
            label={settings.trainer === 'policy' ? 'Fraction p expanded' : 'Fraction p kept as tokens'}
            value={settings.p ?? p}
            min={0}
            max={1}
            step={0.05}
            width={84}
            onChange={(value) => setSettings({ p: value })}
            onSettle={() => {}}
          />
        )}
        <NumberField
          label="Peak learning rate"
          value={settings.learningRate ?? rate}
          min={0}
          max={1}
          step={1e-5}
          width={84}
          onChange={(value) => setSettings({ learningRate: value > 0 ? value : null })}
          onSettle={() => {}}
        />
        {usesAdapters(settings) && (
          <NumberField
            label="Adapters of rank (0: none)"
            value={settings.lora ?? 0}
            min={0}
            max={256}
            width={84}
            onChange={(value) => setSettings({ lora: value === 0 ? null : value })}
            onSettle={() => {}}
          />
        )}
        <Whole label="Seed" name="seed" max={2_147_483_647} />
      </div>
      <button type="button" className="primary wide" aria-disabled={busy || away} onClick={() => void begin()}>
        {phase === 'beginning' ? 'Reading the data…' : 'Begin'} <kbd>Ctrl+Enter</kbd>
      </button>
      {busy && phase !== 'beginning' && <p className="quiet">One training at a time: stop the one that runs first.</p>}
      {fault !== null && (
        <FaultNote what="That did not work." fault={fault} onDismiss={() => train.setState({ fault: null })} />
      )}
    </Pane>
  )
}

/** Whether the data is questions with passages rather than text. */
function readsQuestions({ trainer, query }: TrainSettings): boolean {
  return trainer === 'tune' || trainer === 'embedder' || (trainer === 'policy' && query)
}

/** Adapters stand on the decoder's layers: only where those would move. */
function usesAdapters({ trainer }: TrainSettings): boolean {
  return trainer === 'continue' || trainer === 'mixed' || trainer === 'lm' || trainer === 'tune'
}

const algorithms: Readonly<Record<PolicyAlgorithm, string>> = {
  grpo: 'GRPO: each selection against the others of its context',
  reinforce: 'REINFORCE: against the mean of random selections',
  imitate: 'Imitation of the leave-one-out oracle, as a warm start',
}

function PolicySettings() {
  const { algorithm, query } = useStore(train, (state) => state.settings)
  return (
    <div className="set-up-numbers">
      <label className="field">
        <span className="label">Algorithm</span>
        <select
          value={algorithm}
          title={algorithms[algorithm]}
          onChange={(event) => setSettings({ algorithm: PolicyAlgorithm.parse(event.target.value) })}
        >
          {PolicyAlgorithm.options.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <p className="quiet">{algorithms[algorithm]}.</p>
      <label className="field check">
        <input type="checkbox" checked={query} onChange={(event) => setSettings({ query: event.target.checked })} />
        reads the question too
      </label>
    </div>
  )
}

type WholeName = 'steps' | 'batch' | 'longest' | 'output' | 'seed'

function Whole({ label, name, max }: { readonly label: string; readonly name: WholeName; readonly max: number }) {
  const value = useStore(train, (state) => state.settings[name])
  return (
    <NumberField
      label={label}
      value={value}
      min={name === 'seed' ? 0 : 1}
      max={max}
      width={84}
      onChange={(number) => setSettings({ [name]: number })}
      onSettle={() => {}}
    />
  )
}

function Data({ questions }: { readonly questions: boolean }) {
  const files = useStore(train, (state) => state.settings.files)
  const input = useRef<HTMLInputElement>(null)
  const bytes = files.reduce((sum, file) => sum + file.size, 0)
  return (
    <div className="set-up-data">
      <span className="label">Data</span>
      <div>
        <p>
          {files.length === 0 ? (
            'Synthetic sheets, drawn as they are needed'
          ) : (
            <>
              {plural(files.length, 'file')}, {formatBytes(bytes)}
              {files.slice(0, 3).map((file) => (
                <span key={file.name} className="clip-line" title={file.name}>
                  {file.name}
                </span>
              ))}
              {files.length > 3 && <span className="quiet">and {files.length - 3} more</span>}
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
          {files.length > 0 && (
            <button type="button" onClick={() => setSettings({ files: [] })}>
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
            setSettings({ files: [...(event.target.files ?? [])] })
            event.target.value = ''
          }}
        />
      </div>
    </div>
  )
}

/** Chunk sizes of the bundle, any of them. */
function ChunkSizes() {
  const known = useStore(engine, (state) => state.health?.bundle.ks) ?? []
  useStore(train, (state) => state.settings.ks)
  const [why, setWhy] = useState('')
  const chosen = chosenKs()
  function toggle(k: number) {
    const next = chosen.includes(k) ? chosen.filter((each) => each !== k) : [...chosen, k].toSorted((a, b) => a - b)
    setWhy(next.length === 0 ? 'One k at least is trained.' : '')
    if (next.length > 0) setSettings({ ks: next })
  }
  return (
    <fieldset className="set-up-ks">
      <legend>k, tokens per chunk</legend>
      {known.map((k) => (
        <label key={k} className="field check">
          <input type="checkbox" checked={chosen.includes(k)} onChange={() => toggle(k)} />
          {k}
        </label>
      ))}
      {why !== '' && (
        <span className="quiet" role="status">
          {why}
        </span>
      )}
    </fieldset>
  )
}
