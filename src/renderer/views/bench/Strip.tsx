/** The chunk strip: every chunk in context order, by passage; click, keys and arrows decide by hand. */
import { useLayoutEffect, useMemo, useRef, type ReactNode } from 'react'
import { useStore } from 'zustand'
import { Choice } from '../../parts/Choice.tsx'
import { Empty, Loading, Pane } from '../../parts/Pane.tsx'
import { arrow, formatScore, plural } from '../../parts/format.ts'
import { arriving, keepRoom, roomOf } from '../../state/arriving.ts'
import { ask, run, whyNot } from '../../state/ask.ts'
import { plan } from '../../state/plan.ts'
import { legendOf } from '../../state/colourBy.ts'
import { setZoom, zoom, zooms, type Zoom } from '../../state/rows.ts'
import { groupsOf, type Mark } from '../../state/strip.ts'
import { showScreen } from '../../state/view.ts'
import { ColourByMenu } from './ColourByMenu.tsx'
import { useDrawn } from './drawn.ts'
import { useMarks } from './marks.ts'
import { useStale } from './RunLine.tsx'
import { StripFoot } from './StripFoot.tsx'
import { StripRows } from './StripRows.tsx'

const zoomOptions = zooms.map((level) => [level, level] as const) satisfies readonly (readonly [Zoom, string])[]

export function Strip() {
  const shown = useStore(ask, (state) => state.shown)
  const phase = useStore(ask, (state) => state.phase)
  const stale = useStale().length > 0
  const marks = useMarks()
  const { measure, drawn } = useDrawn(marks)
  const level = useStore(zoom, (state) => state.level)
  const passages = shown?.passages
  const groups = useMemo(() => groupsOf(drawn, passages ?? []), [drawn, passages])
  const waits = useStore(arriving, (state) => state.on)
  if (shown === null && waits) {
    return (
      <Pane title="Chunks">
        <div style={{ minHeight: roomOf('strip') }}>
          <Loading label="Waiting for the last run" lines={2} />
        </div>
      </Pane>
    )
  }
  if (shown === null || marks.length === 0) {
    return (
      <Pane title="Chunks">
        {phase === 'running' ? (
          <Loading label={shown?.passages.length === 0 ? 'Retrieving passages' : 'Cutting into chunks'} lines={2} />
        ) : (
          <Empty action={(shown?.run ?? null) === null && <FirstStep />}>
            {(shown?.run ?? null) === null
              ? 'Run the plan to see its passages cut into chunks.'
              : shown?.plan.passages === 0
                ? 'No chunk: the plan reads 0 passages, so the decoder was asked without context. Set passages above 0 to read some.'
                : 'No chunk: the plan retrieved no passage.'}
          </Empty>
        )}
      </Pane>
    )
  }
  const { sensed } = shown
  const range = rangeOf(marks)
  const scored =
    sensed === null || range === null
      ? 'no policy score'
      : `height: ${sensed.metric} ${arrow(sensed.better)}, ${formatScore(range[0])} to ${formatScore(range[1])}; taller is expanded sooner`
  return (
    <Pane
      title="Chunks"
      stale={stale}
      held={phase === 'running' && shown.stages.sense.state !== 'done'}
      note={measure === null ? scored : `height: ${legendOf(measure)}`}
      aside={
        <>
          <ColourByMenu />
          <Choice label="zoom" value={level} options={zoomOptions} onChange={setZoom} />
          <small>{plural(marks.length, 'chunk')}</small>
        </>
      }
    >
      <Room>
        <StripRows marks={drawn} groups={groups} k={shown.plan.k} />
        <StripFoot marks={marks} />
      </Room>
    </Pane>
  )
}

/** Remembers how tall the strip is, for the next time that the page is opened. */
function Room({ children }: { readonly children: ReactNode }) {
  const body = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => keepRoom('strip', body.current?.offsetHeight ?? 0))
  return <div ref={body}>{children}</div>
}

/** What fills an empty bench: an index first, then a question, then a run. */
function FirstStep() {
  const draft = useStore(plan, (state) => state.present)
  if (draft.index === '') {
    return (
      <button type="button" onClick={() => showScreen('start')}>
        Choose an index
      </button>
    )
  }
  const reason = whyNot(draft)
  if (reason !== null) return <span>{reason}</span>
  return (
    <button type="button" onClick={() => void run()}>
      Run
    </button>
  )
}

function rangeOf(marks: readonly Mark[]): readonly [number, number] | null {
  let low = Infinity
  let high = -Infinity
  for (const { score } of marks) {
    if (score === null) continue
    low = Math.min(low, score)
    high = Math.max(high, score)
  }
  return low > high ? null : [low, high]
}
