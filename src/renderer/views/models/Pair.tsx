/** Pairing a decoder, step by step: which decoder, how it is spoken to, what it takes, and the bundle to train. */
import { useEffect } from 'react'
import { useStore } from 'zustand'
import { toServe } from '../../../shared/command.ts'
import type { ModelInfo } from '../../../shared/models.ts'
import { templateKinds, type TemplateKind } from '../../../shared/pair.ts'
import { Choice } from '../../parts/Choice.tsx'
import { CopyButton } from '../../parts/CopyButton.tsx'
import { FaultNote } from '../../parts/FaultNote.tsx'
import { NumberField } from '../../parts/NumberField.tsx'
import { Empty, Pane } from '../../parts/Pane.tsx'
import { ProgressBar } from '../../parts/ProgressBar.tsx'
import { engine } from '../../state/engine.ts'
import { models } from '../../state/models.ts'
import { cancelPair, chunkSizes, isEstimated, pair, pairing, preselect, setPair } from '../../state/pairing.ts'
import { say } from '../../state/view.ts'
import { fitOf } from './fit.ts'
import { Estimate, Ways } from './PairEstimate.tsx'

const templates: Readonly<Record<TemplateKind, string>> = {
  plain: 'nothing: the question is gone on with',
  question: 'the words Question and Answer',
  chat: 'its chat template',
}

export function Pair({ stale }: { readonly stale: boolean }) {
  const list = useStore(models, (state) => state.list)
  const state = useStore(pairing)
  const { settings, phase, progress, fault, timed, estimate, made } = state
  const decoders = (list ?? []).filter(({ role }) => role === 'decoder')
  const decoder = decoders.find(({ name }) => name === settings.decoder)
  const encoders = (list ?? []).filter(({ role }) => role !== 'decoder')
  const encoder = encoders.find(({ name }) => name === settings.encoder)
  const fit = encoder === undefined || decoder === undefined ? null : fitOf(encoder, decoder)
  const [only, lone] = [onlyOf(decoders), onlyOf(encoders)]
  useEffect(() => preselect(only, lone), [only, lone])
  const making = progress === null && isEstimated(state)
  const busy = phase === 'running' || phase === 'cancelling'
  const ready = decoder !== undefined && decoder.tokenizer && fit?.fits !== false && !busy && !stale
  return (
    <Pane
      title="Pair a decoder"
      note="an encoder and a projector sized to fit it, random until they are trained"
      stale={stale}
      className="pairing"
    >
      {decoders.length === 0 ? (
        <Empty>Import a decoder first: of it and a small encoder a bundle is made here, to be trained.</Empty>
      ) : (
        <>
          <div className="set-up-numbers">
            <Choice
              label="Decoder"
              value={settings.decoder ?? ''}
              options={[['', 'Choose…'], ...decoders.map(({ name }) => [name, name] as const)]}
              onChange={(name) => setPair({ decoder: name === '' ? null : name, name: '', template: null })}
            />
            <Choice
              label="Encoder"
              value={encoder?.name ?? ''}
              options={[['', 'a small one, random'], ...encoders.map(({ name }) => [name, name] as const)]}
              onChange={(name) => setPair({ encoder: name === '' ? null : name })}
            />
            <Choice
              label="Spoken to with"
              value={settings.template ?? 'usual'}
              options={[
                ['usual', decoder?.chatTemplate === false ? templates.question : 'what suits it'],
                ...templateKinds
                  .filter((kind) => kind !== 'chat' || decoder?.chatTemplate !== false)
                  .map((kind) => [kind, templates[kind]] as const),
              ]}
              onChange={(kind) => setPair({ template: kind === 'usual' ? null : kind })}
            />
            {encoder === undefined && (
              <NumberField
                label="Vectors a chunk is pooled into"
                value={settings.queries ?? 4}
                min={1}
                max={64}
                width={84}
                onChange={(queries) => setPair({ queries })}
                onSettle={() => {}}
              />
            )}
            <NumberField
              label="Seed"
              value={settings.seed}
              min={0}
              max={2_147_483_647}
              width={84}
              onChange={(seed) => setPair({ seed })}
              onSettle={() => {}}
            />
            <label className="field">
              <span className="label">Name of the bundle</span>
              <input
                type="text"
                value={settings.name}
                placeholder={decoder === undefined ? '' : `${decoder.name} refrag`}
                maxLength={80}
                onChange={(event) => setPair({ name: event.target.value })}
              />
            </label>
          </div>
          <ChunkSizes />
          {decoder !== undefined && !decoder.tokenizer && (
            <p className="quiet">{decoder.name} came without a tokenizer: import it again with its tokenizer.json.</p>
          )}
          {fit !== null && <p className="quiet">{fit.why}</p>}
          <div className="set-up-go">
            <button type="button" aria-disabled={!ready} onClick={() => ready && void pair(true)}>
              Estimate
            </button>
            <button
              type="button"
              className="primary"
              aria-disabled={!ready || !isEstimated(state)}
              title={
                isEstimated(state) ? undefined : 'Estimate first: memory and time are told before anything is made.'
              }
              onClick={() => ready && isEstimated(state) && void pair(false)}
            >
              Make the bundle
            </button>
          </div>
          {busy && (
            <ProgressBar
              title={making ? 'Making the bundle' : 'Timing the ways to train it'}
              progress={progress}
              cancelling={phase === 'cancelling'}
              onCancel={cancelPair}
            />
          )}
          {fault !== null && <FaultNote what="The decoder was not paired." fault={fault} />}
          {made !== null && <Made made={made} />}
          {estimate === null ? <Ways ways={timed} /> : <Estimate estimate={estimate} />}
        </>
      )}
    </Pane>
  )
}

/** The name of the only one there is, where it can be paired at all. */
function onlyOf(list: readonly Pick<ModelInfo, 'name' | 'tokenizer'>[]): string | null {
  const [first] = list
  return list.length === 1 && first?.tokenizer === true ? first.name : null
}

function ChunkSizes() {
  const ks = useStore(pairing, (state) => state.settings.ks)
  const toggle = (k: number): void => {
    const next = ks.includes(k) ? ks.filter((each) => each !== k) : [...ks, k].toSorted((a, b) => a - b)
    if (next.length > 0) setPair({ ks: next })
    else say('One k at least is needed.')
  }
  return (
    <fieldset className="set-up-ks">
      <legend>k, tokens per chunk</legend>
      {chunkSizes.map((k) => (
        <label key={k} className="field check">
          <input type="checkbox" checked={ks.includes(k)} onChange={() => toggle(k)} />
          {k}
        </label>
      ))}
    </fieldset>
  )
}

function Made({ made }: { readonly made: { readonly name: string; readonly out: string; readonly hash: string } }) {
  const home = useStore(engine, (state) => state.health?.home)
  return (
    <div className="note" role="status">
      <p>
        <b>{made.name}</b> <code>{made.hash.slice(0, 8)}</code> is made, in <code>{made.out}</code>. Open it under
        Bundles and train it: reconstruct first, then continue.
      </p>
      <CopyButton
        label="Copy command"
        text={() => toServe(made.out, home)}
        done="The command that opens it is copied."
        onSay={say}
      />
    </div>
  )
}
