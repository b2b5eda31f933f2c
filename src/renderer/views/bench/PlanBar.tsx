/** The plan bar: the question, its gold answer, and every setting that decides a run. */
import { useState } from 'react'
import { useStore } from 'zustand'
import { NumberField } from '../../parts/NumberField.tsx'
import { Segments, type Segment } from '../../parts/Segments.tsx'
import { ShareSlider } from '../../parts/ShareSlider.tsx'
import { budgetOf, plural } from '../../parts/format.ts'
import { ask, cancelRun, run, whyNot } from '../../state/ask.ts'
import { engine } from '../../state/engine.ts'
import { plan, sameChunks, setField, settle } from '../../state/plan.ts'
import { session } from '../../state/sessionNow.ts'
import { refuse, say, setAutoRun, view } from '../../state/view.ts'
import { DecoderSelect } from '../remote/DecoderSelect.tsx'
import { useKnownServers } from '../remote/knownServers.ts'
import { Gold, Question } from './Question.tsx'

const usualKs = [8, 16, 32, 64]

export function PlanBar() {
  const draft = useStore(plan, (state) => state.present)
  const locked = useStore(session, (state) => state.writer === false)
  return (
    <div className="plan">
      <fieldset className="plan-lock" disabled={locked}>
        <Question>
          <RunButton />
        </Question>
        <div className="plan-row">
          <ChunkSize />
          <Share />
          <Policy />
          <NumberField
            label="passages"
            value={draft.passages}
            min={0}
            max={200}
            onChange={(value) => setField('passages', value)}
            onSettle={settle}
          />
        </div>
        <div className="plan-row">
          <Gold />
          <NumberField
            label="max tokens"
            value={draft.maxTokens}
            min={1}
            max={2048}
            onChange={(value) => setField('maxTokens', value)}
            onSettle={settle}
          />
          <NumberField
            label="temperature"
            value={draft.temperature}
            min={0}
            max={5}
            step={0.1}
            onChange={(value) => setField('temperature', value)}
            onSettle={settle}
          />
          <NumberField
            label="seed"
            value={draft.seed}
            min={0}
            max={2_147_483_647}
            width={68}
            onChange={(value) => setField('seed', value)}
            onSettle={settle}
          />
          <Decoder />
          <AutoRun />
        </div>
      </fieldset>
    </div>
  )
}

function ChunkSize() {
  const k = useStore(plan, (state) => state.present.k)
  const bundle = useStore(engine, (state) => state.health?.bundle)
  const [why, setWhy] = useState<string | null>(null)
  const known = bundle?.ks ?? usualKs
  const options = [...new Set([...usualKs, ...known])]
    .toSorted((a, b) => a - b)
    .map((value): Segment<number> => {
      const segment = { value, label: String(value) }
      if (known.includes(value)) return segment
      return {
        ...segment,
        why: `The encoder of ${bundle?.name ?? 'the bundle'} takes k ${known.join(', ')}, not ${value}.`,
      }
    })
  function choose(value: number) {
    setWhy(null)
    setField('k', value)
    settle()
  }
  function refuse(reason: string) {
    setWhy(reason)
    say(reason)
  }
  return (
    <span className="field" onBlur={() => setWhy(null)}>
      <span className="label">k</span>
      <Segments label="k, tokens per chunk" value={k} options={options} onChange={choose} onRefuse={refuse} />
      {why !== null && <span className="why">{why}</span>}
    </span>
  )
}

function Share() {
  const draft = useStore(plan, (state) => state.present)
  const shown = useStore(ask, (state) => state.shown)
  const chunks = shown !== null && sameChunks(draft, shown.plan) ? shown.chunks.length : 0
  const meaning =
    draft.policy === 'all'
      ? 'policy expands all'
      : draft.policy === 'none'
        ? 'policy expands none'
        : chunks === 0
          ? 'of the chunks expanded'
          : `expand ${budgetOf(draft.p, chunks)} of ${plural(chunks, 'chunk')}`
  return <ShareSlider value={draft.p} meaning={meaning} onChange={(value) => setField('p', value)} onSettle={settle} />
}

function Policy() {
  const policy = useStore(plan, (state) => state.present.policy)
  const policies = useStore(engine, (state) => state.policies)
  const about = policies.find((info) => info.name === policy)?.about
  return (
    <label className="field" title={about}>
      <span className="label">policy</span>
      <select
        value={policy}
        onChange={(event) => {
          const chosen = policies.find((info) => info.name === event.target.value)
          if (chosen !== undefined) setField('policy', chosen.name)
          settle()
        }}
      >
        {policies.length === 0 && <option value={policy}>{policy}</option>}
        {policies.map((info) => (
          <option key={info.name} value={info.name} title={info.about}>
            {info.label}
          </option>
        ))}
      </select>
    </label>
  )
}

/** Shown where there is a choice. */
function Decoder() {
  const decoder = useStore(plan, (state) => state.present.decoder)
  const known = useKnownServers()
  if (known === 0 && decoder === null) return null
  return (
    <span className="field">
      <span className="label" aria-hidden="true">
        decoder
      </span>
      <DecoderSelect
        label="decoder"
        value={decoder}
        onChange={(name) => {
          setField('decoder', name)
          settle()
        }}
      />
    </span>
  )
}

function AutoRun() {
  const auto = useStore(view, (state) => state.autoRun)
  return (
    <label className="field check" title="Run again by itself after a chunk is forced by hand">
      <input type="checkbox" checked={auto} onChange={(event) => setAutoRun(event.target.checked)} />
      auto re-run
    </label>
  )
}

function RunButton() {
  const draft = useStore(plan, (state) => state.present)
  const phase = useStore(ask, (state) => state.phase)
  const ready = useStore(engine, (state) => state.status.state === 'ready')
  if (phase === 'running' || phase === 'cancelling') {
    return (
      <button type="button" className="run-button" disabled={phase === 'cancelling'} onClick={cancelRun}>
        {phase === 'running' ? 'Cancel' : 'Cancelling…'}
        <kbd>Esc Esc</kbd>
      </button>
    )
  }
  const reason = ready ? whyNot(draft) : 'The engine is not ready.'
  return (
    <button
      type="button"
      className="primary run-button"
      aria-disabled={reason !== null}
      title={reason ?? undefined}
      onClick={() => (reason === null ? void run() : refuse(reason))}
    >
      Run
      <kbd>Ctrl+↵</kbd>
    </button>
  )
}
