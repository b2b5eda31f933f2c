/** The settings of the next training. What is left empty is the trainer's own. */
import { useId, useState } from 'react'
import { useStore } from 'zustand'
import { PolicyAlgorithm, TrainerName } from '../../../shared/train.ts'
import { FaultNote } from '../../parts/FaultNote.tsx'
import { NumberField } from '../../parts/NumberField.tsx'
import { Pane } from '../../parts/Pane.tsx'
import { dry } from '../../state/dry.ts'
import { engine } from '../../state/engine.ts'
import { chosenKs, setSettings, setUp, trainers, type TrainSettings } from '../../state/setUp.ts'
import { begin, train, tryOut } from '../../state/train.ts'
import { Data } from './Data.tsx'
import { Dry } from './Dry.tsx'

export function SetUp() {
  const settings = useStore(setUp)
  const { phase, fault } = useStore(train)
  const trying = useStore(dry, (state) => state.phase === 'running' || state.phase === 'cancelling')
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
            set({
              trainer: TrainerName.parse(event.target.value),
              p: null,
              learningRate: null,
              lora: null,
              frozenDecoder: false,
            })()
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
        {movesAll(settings) && (
          <label className="field check">
            <input
              type="checkbox"
              checked={settings.frozenDecoder}
              onChange={(event) => setSettings({ frozenDecoder: event.target.checked, lora: null })}
            />
            decoder stays as it is
          </label>
        )}
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
      <div className="set-up-go">
        <button
          type="button"
          aria-disabled={busy || trying || away}
          title="Ten steps of this run, timed, and a look over its data (Ctrl+Shift+Enter)"
          onClick={() => void tryOut()}
        >
          Dry run
        </button>
        <button type="button" className="primary" aria-disabled={busy || trying || away} onClick={() => void begin()}>
          {phase === 'beginning' ? 'Reading the data…' : 'Begin'} <kbd>Ctrl+Enter</kbd>
        </button>
      </div>
      {busy && phase !== 'beginning' && <p className="quiet">One training at a time: pause the one that runs first.</p>}
      {fault !== null && (
        <FaultNote what="That did not work." fault={fault} onDismiss={() => train.setState({ fault: null })} />
      )}
      <Dry />
    </Pane>
  )
}

/** Whether the data is questions with passages rather than text. */
function readsQuestions({ trainer, query }: TrainSettings): boolean {
  return trainer === 'tune' || trainer === 'embedder' || (trainer === 'policy' && query)
}

/** Whether the decoder moves beside others, so that it may be kept from it. */
function movesAll({ trainer }: TrainSettings): boolean {
  return trainer === 'continue' || trainer === 'mixed' || trainer === 'tune'
}

/** Adapters stand on the decoder's layers: only where those would move. */
function usesAdapters(settings: TrainSettings): boolean {
  return !settings.frozenDecoder && (movesAll(settings) || settings.trainer === 'lm')
}

const algorithms: Readonly<Record<PolicyAlgorithm, string>> = {
  grpo: 'GRPO: each selection against the others of its context',
  reinforce: 'REINFORCE: against the mean of random selections',
  imitate: 'Imitation of the leave-one-out oracle, as a warm start',
  locate: 'Imitation of where answers stand, as a warm start',
}

function PolicySettings() {
  const { algorithm, query } = useStore(setUp)
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
  const value = useStore(setUp, (state) => state[name])
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

/** Chunk sizes of the bundle, any of them. */
function ChunkSizes() {
  const known = useStore(engine, (state) => state.health?.bundle.ks) ?? []
  useStore(setUp, (state) => state.ks)
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
