/** One kept run in detail, over the right of the screen; J and K go to its neighbours in the table. */
import { useState } from 'react'
import { useStore } from 'zustand'
import { deviceLabels } from '../../../shared/deviceNames.ts'
import type { Run } from '../../../shared/run.ts'
import { mostTags, type RunSummary } from '../../../shared/runs.ts'
import { untrainedNote } from '../../../shared/untrained.ts'
import { Facts, type Fact } from '../../parts/Facts.tsx'
import { FaultNote } from '../../parts/FaultNote.tsx'
import { Icon } from '../../parts/Icon.tsx'
import { Loading } from '../../parts/Pane.tsx'
import { Ribbon, type Slot } from '../../parts/Ribbon.tsx'
import { Tags } from '../../parts/Tags.tsx'
import { Waterfall } from '../../parts/Waterfall.tsx'
import { formatCount, formatMs, formatScore } from '../../parts/format.ts'
import {
  closeDetails,
  markRuns,
  openDetails,
  openOnBench,
  removeRuns,
  runs,
  tagRuns,
  tagsOf,
  type Opened,
} from '../../state/runs.ts'
import { filterByTag } from '../../state/runsView.ts'
import { decoderFacts, wirePhases } from '../remote/facts.ts'
import { runTagId } from './keys.ts'
import type { ShownTable } from './table.ts'

type DetailsProps = { readonly opened: Opened; readonly table: ShownTable; readonly look: (id: string) => void }

export function Details({ opened, table, look }: DetailsProps) {
  const { id, run, fault } = opened
  const summary = useStore(runs, (state) => state.list?.find((each) => each.id === id))
  const at = table.runs.findIndex((each) => each.id === id)
  return (
    <aside className="inspector run-details" aria-label="Run">
      <div className="run-details-head">
        <h2 className="grow">Run</h2>
        <Neighbour label="Previous run" keys="K" id={table.runs[at - 1]?.id} icon="↑" look={look} />
        <Neighbour label="Next run" keys="J" id={at === -1 ? undefined : table.runs[at + 1]?.id} icon="↓" look={look} />
        <button type="button" className="plain" aria-label="Close" title="Close (Esc)" onClick={closeDetails}>
          <Icon name="close" />
        </button>
      </div>
      {fault !== null && (
        <FaultNote what="The run could not be opened." fault={fault} onRetry={() => void openDetails(id)} />
      )}
      {run === null && fault === null && <Loading label="Reading the run" lines={6} />}
      {run !== null && <Body run={run} />}
      {summary !== undefined && <Marks key={id} summary={summary} />}
      {run !== null && <Made run={run} />}
    </aside>
  )
}

function Neighbour(props: {
  readonly label: string
  readonly keys: string
  readonly icon: string
  readonly id: string | undefined
  readonly look: (id: string) => void
}) {
  const { label, keys, icon, id, look } = props
  return (
    <button
      type="button"
      className="plain"
      aria-label={label}
      title={`${label} (${keys})`}
      disabled={id === undefined}
      onClick={() => id !== undefined && look(id)}
    >
      {icon}
    </button>
  )
}

function Body({ run }: { readonly run: Run }) {
  const { plan, quality, counts, timings } = run
  const facts: readonly Fact[] = [
    ['gold answer', plan.target ?? '—'],
    ['exact match ↑', quality.exactMatch === null ? '—' : quality.exactMatch ? 'yes' : 'no'],
    ['F1 ↑', quality.f1 === null ? '—' : quality.f1.toFixed(2)],
    ['log-perplexity ↓', quality.logPerplexity === null ? '—' : `${formatScore(quality.logPerplexity)} nats`],
    ['k, p, policy', `${plan.k}, ${plan.p}, ${plan.policy}`],
    ['expanded', `${counts.expanded} of ${counts.chunks} chunks`],
    ['positions', `${formatCount(counts.positions)} for ${formatCount(counts.contextTokens)} context tokens`],
    ['reused from the cache', formatCount(counts.reusedPositions)],
    ['TTIT ↓', timings.ttitMs === null ? '—' : formatMs(timings.ttitMs)],
  ]
  return (
    <>
      <p className="run-question">{plan.question}</p>
      <p className="run-answer">{run.answer.trim() || <span className="quiet">no answer</span>}</p>
      <div className="button-row">
        <button type="button" onClick={() => void openOnBench(run.id)}>
          Open on the bench <kbd>B</kbd>
        </button>
        <button type="button" className="danger" onClick={() => void removeRuns([run.id])}>
          Delete <kbd>Del</kbd>
        </button>
      </div>
      <Facts facts={facts} />
      <h3>Context as the decoder was fed it</h3>
      <Ribbon slots={slotsOf(run)} selected={null} label={`${counts.expanded} of ${counts.chunks} chunks expanded`} />
      <h3>Time to first token</h3>
      <Waterfall
        phases={[
          { name: 'retrieve', ms: timings.retrieveMs },
          { name: 'compress', ms: timings.tokenizeMs + timings.compressMs, note: `${counts.cachedChunks} cached` },
          { name: 'sense', ms: timings.senseMs },
          { name: 'layout', ms: timings.layoutMs },
          ...wirePhases(timings),
          { name: timings.connectMs === undefined ? 'prefill' : 'wait for the server', ms: timings.prefillMs },
          { name: 'sample', ms: timings.sampleMs },
          { name: 'other', ms: timings.otherMs },
        ]}
        total="TTFT"
        totalMs={timings.ttftMs}
      />
    </>
  )
}

function slotsOf({ chunks }: Run): readonly Slot[] {
  return chunks.map((chunk, at) => ({
    index: chunk.index,
    positions: chunk.expanded ? chunk.tokens : 1,
    expanded: chunk.expanded,
    forced: chunk.forced !== null,
    first: chunk.passage !== chunks[at - 1]?.passage,
  }))
}

/** Tags, kept as each comes, and a note, kept when the field is left. */
function Marks({ summary }: { readonly summary: RunSummary }) {
  const list = useStore(runs, (state) => state.list)
  const [note, setNote] = useState(summary.note)
  return (
    <div className="run-marks">
      <div>
        <span className="label" aria-hidden="true">
          Tags
        </span>
        <Tags
          label="the run"
          tags={summary.tags.map((name) => ({ name }))}
          known={tagsOf(list ?? []).map(([tag]) => tag)}
          most={mostTags}
          fieldId={runTagId}
          onAdd={(tag) => void tagRuns([summary.id], tag, true)}
          onRemove={(tag) => void tagRuns([summary.id], tag, false)}
          onPick={filterByTag}
        />
      </div>
      <label>
        <span className="label">Note</span>
        <textarea
          rows={3}
          maxLength={4000}
          value={note}
          onChange={(event) => setNote(event.target.value)}
          onBlur={() => note !== summary.note && void markRuns([summary.id], { note })}
        />
      </label>
    </div>
  )
}

function Made({ run }: { readonly run: Run }) {
  const { id, manifest, plan } = run
  const { bundle, time, cpu, threads, device, weights = 'f32', fellBack, onnxruntime, platform, version } = manifest
  return (
    <>
      <h3>Made with</h3>
      <Facts
        facts={[
          ['run', <code key="id">{id}</code>],
          ['when', new Date(time).toLocaleString()],
          ['bundle', `${bundle.name} ${bundle.hash.slice(0, 12)}${untrainedNote(bundle.untrained)}`],
          ...decoderFacts(run),
          ['index', plan.index],
          ['seed', String(plan.seed)],
          ['workbench', version],
          ['onnxruntime', `${onnxruntime}, ${device}, ${threads} threads, ${weights} weights`],
          ...(fellBack === undefined
            ? []
            : [['fell back', `from ${deviceLabels[fellBack.from]}: ${fellBack.reason}`] satisfies Fact]),
          ['machine', `${cpu}, ${platform}`],
        ]}
      />
    </>
  )
}
