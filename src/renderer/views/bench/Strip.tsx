/** The chunk strip: every chunk in context order, by passage; click, keys and arrows decide by hand. */
import { memo, useMemo, useRef, type FocusEvent, type KeyboardEvent, type MouseEvent } from 'react'
import { useStore } from 'zustand'
import { Empty, Loading, Pane } from '../../parts/Pane.tsx'
import { Icon } from '../../parts/Icon.tsx'
import { Tile } from '../../parts/Tile.tsx'
import { arrow, formatScore, plural } from '../../parts/format.ts'
import { ask, run, whyNot } from '../../state/ask.ts'
import { plan, setForced } from '../../state/plan.ts'
import { legendOf } from '../../state/colourBy.ts'
import { countMarks, groupsOf, toggleOf, type Group, type Mark } from '../../state/strip.ts'
import { flipAll, flipChunks } from '../../state/whatIf.ts'
import { previewChunk, selectChunk, selectPassage, showInspector, showScreen, view } from '../../state/view.ts'
import { ColourByMenu } from './ColourByMenu.tsx'
import { useDrawn } from './drawn.ts'
import { inspectorId } from './Inspector.tsx'
import { useMarks } from './marks.ts'
import { useStale } from './RunLine.tsx'

/** The line that names the keys of the strip; the strip is described by it. */
const keysId = 'strip-keys'
/** From so many chunks on the tiles are drawn small, then as slivers. */
const small = 160
const sliver = 640

export function Strip() {
  const shown = useStore(ask, (state) => state.shown)
  const phase = useStore(ask, (state) => state.phase)
  const stale = useStale().length > 0
  const marks = useMarks()
  const { measure, drawn } = useDrawn(marks)
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
          <small>{plural(marks.length, 'chunk')}</small>
        </>
      }
    >
      <Tiles marks={drawn} />
      <Legend marks={marks} />
    </Pane>
  )
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

function Tiles({ marks }: { readonly marks: readonly Mark[] }) {
  const passages = useStore(ask, (state) => state.shown?.passages)
  const selected = useStore(view, (state) => state.chunk)
  const strip = useRef<HTMLDivElement>(null)
  const groups = useMemo(() => groupsOf(marks, passages ?? []), [marks, passages])
  const stop = selected !== null && selected < marks.length ? selected : 0
  const size = marks.length > sliver ? 'sliver' : marks.length > small ? 'small' : 'full'

  function focus(index: number) {
    strip.current?.querySelector<HTMLElement>(`[data-chunk="${index}"]`)?.focus()
  }
  function onClick(event: MouseEvent) {
    const mark = markAt(event.target, marks)
    if (mark === undefined) return
    selectChunk(mark.chunk.index)
    setForced([mark.chunk.index], toggleOf(mark))
  }
  function onFocus(event: FocusEvent) {
    const mark = markAt(event.target, marks)
    if (mark !== undefined) selectChunk(mark.chunk.index)
  }
  function onKeyDown(event: KeyboardEvent) {
    const mark = markAt(event.target, marks)
    if (mark === undefined || event.ctrlKey || event.metaKey || event.altKey) return
    const act = actionOf(event.shiftKey && /^w$/i.test(event.key) ? 'Shift+W' : event.key, mark, groups, focus)
    if (act === undefined) return
    event.preventDefault()
    act()
  }
  return (
    <div
      ref={strip}
      className={`strip strip-${size}`}
      role="toolbar"
      aria-label="Chunks in context order"
      aria-describedby={keysId}
      tabIndex={-1}
      onClick={onClick}
      onFocus={onFocus}
      onKeyDown={onKeyDown}
      onMouseOver={(event) => previewChunk(markAt(event.target, marks)?.chunk.index ?? null)}
      onMouseLeave={() => previewChunk(null)}
    >
      {groups.map((group) => (
        <PassageTiles
          key={`${group.passage}-${group.marks[0]?.chunk.index}`}
          group={group}
          selected={within(group, selected)}
          stop={within(group, stop)}
        />
      ))}
    </div>
  )
}

type PassageTilesProps = { readonly group: Group; readonly selected: number | null; readonly stop: number | null }

/** Drawn anew only when one of its own chunks changed: a toggle among thousands costs one passage. */
const PassageTiles = memo(function PassageTiles({ group, selected, stop }: PassageTilesProps) {
  return (
    <div className="passage" role="group" aria-label={`Passage ${group.rank}, ${group.title}`}>
      <Bracket group={group} />
      <div className="tiles">
        {group.marks.map((mark) => (
          <Tile
            key={mark.chunk.index}
            index={mark.chunk.index}
            expanded={mark.expanded}
            forced={mark.forced !== null}
            fill={mark.fill}
            signed={mark.signed}
            selected={mark.chunk.index === selected}
            stop={mark.chunk.index === stop}
            label={mark.label}
          />
        ))}
      </div>
    </div>
  )
}, sameTiles)

function sameTiles(a: PassageTilesProps, b: PassageTilesProps): boolean {
  if (a.selected !== b.selected || a.stop !== b.stop || a.group.title !== b.group.title) return false
  const marks = b.group.marks
  return a.group.marks.length === marks.length && a.group.marks.every((mark, at) => mark === marks[at])
}

function within(group: Group, index: number | null): number | null {
  return index !== null && group.marks.some((mark) => mark.chunk.index === index) ? index : null
}

function Bracket({ group }: { readonly group: Group }) {
  const on = useStore(view, (state) => state.passage === group.passage)
  return (
    <button
      type="button"
      className="bracket"
      tabIndex={-1}
      aria-pressed={on}
      title={`Passage ${group.rank}: ${group.title}`}
      onClick={() => selectPassage(on ? null : group.passage)}
    >
      {group.rank} {group.title}
    </button>
  )
}

function Legend({ marks }: { readonly marks: readonly Mark[] }) {
  const counts = countMarks(marks)
  return (
    <div className="legend">
      <span>
        <span className="swatch tile-compressed">
          <span className="tile-glyph" />
        </span>
        compressed to one embedding, {marks.length - counts.expanded}
      </span>
      <span>
        <span className="swatch tile-expanded">
          <span className="tile-glyph" />
        </span>
        expanded to tokens, {counts.expanded}
      </span>
      <span>
        <span className="swatch-hand">
          <Icon name="hand" />
        </span>
        by hand, {marks.filter((mark) => mark.forced !== null).length}
      </span>
      <span className="legend-keys" id={keysId}>
        <kbd>Space</kbd> flips · <kbd>E</kbd> expands · <kbd>C</kbd> compresses · <kbd>X</kbd> follows the policy ·{' '}
        <kbd>W</kbd> what if
      </span>
    </div>
  )
}

function actionOf(
  key: string,
  mark: Mark,
  groups: readonly Group[],
  focus: (index: number) => void,
): (() => void) | undefined {
  const { index } = mark.chunk
  const at = groups.findIndex((group) => group.marks.includes(mark))
  const firstOf = (group: Group | undefined) => group?.marks[0]?.chunk.index ?? index
  const last = groups.at(-1)?.marks.at(-1)?.chunk.index ?? index
  const actions: Readonly<Record<string, () => void>> = {
    ArrowRight: () => focus(index + 1),
    ArrowLeft: () => focus(index - 1),
    ArrowDown: () => focus(firstOf(groups[at + 1])),
    ArrowUp: () => focus(firstOf(groups[at - 1])),
    Home: () => focus(0),
    End: () => focus(last),
    ' ': () => setForced([index], toggleOf(mark)),
    e: () => setForced([index], 'expand'),
    c: () => setForced([index], 'compress'),
    x: () => setForced([index], 'policy'),
    w: () => void flipChunks([index]),
    'Shift+W': () => void flipAll(),
    Enter: () => {
      showInspector(true)
      requestAnimationFrame(() => document.getElementById(inspectorId)?.focus())
    },
  }
  return actions[key.length === 1 ? key.toLowerCase() : key]
}

function markAt(target: EventTarget | null, marks: readonly Mark[]): Mark | undefined {
  const tile = target instanceof Element ? target.closest<HTMLElement>('[data-chunk]') : null
  return tile === null ? undefined : marks[Number(tile.dataset['chunk'])]
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
