/** The rows of the strip that are in sight, and the map above them; pointer and keys on both. */
import {
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  type FocusEvent,
  type KeyboardEvent,
  type PointerEvent,
} from 'react'
import { flushSync } from 'react-dom'
import { useStore } from 'zustand'
import { chordOf } from '../../../shared/chord.ts'
import { Minimap, type MapMark } from '../../parts/Minimap.tsx'
import { Tile } from '../../parts/Tile.tsx'
import { wish } from '../../state/hand.ts'
import { heightOf, packRows, rowOf, rowsIn, shapes, zoom, zoomBy, type Row, type Shape } from '../../state/rows.ts'
import { selectAlso, selectedOf, selection, selectOne, selectTo } from '../../state/selection.ts'
import type { Group, Mark } from '../../state/strip.ts'
import { previewChunk, view } from '../../state/view.ts'
import { useLocked, useNoted, usePinned } from './marks.ts'
import { keysId } from './StripFoot.tsx'
import { StripRow, type Marked } from './StripRow.tsx'
import { actionOf } from './stripKeys.ts'

/** Where the page does not say how wide it is, as in a test of it. */
const usualWidth = 960
/** Of the strip, left and right, where the outline of a tile has its room. */
const padding = 16
/** Drawn beyond what is in sight, so that a quick scroll meets no gap. */
const beyond = 180
const mapPage = 50

export type StripRowsProps = { readonly marks: readonly Mark[]; readonly groups: readonly Group[]; readonly k: number }

export function StripRows({ marks, groups, k }: StripRowsProps) {
  const level = useStore(zoom, (state) => state.level)
  const several = useStore(selection)
  const lead = useStore(view, (state) => state.chunk)
  const marked = useMarked()
  const strip = useRef<HTMLDivElement>(null)
  const width = useWidth(strip)
  const [top, setTop] = useState(0)
  // A press selects before the focus comes; what the focus then says is told already.
  const pressed = useRef<{ readonly index: number; dragged: boolean; readonly plain: boolean } | null>(null)

  const map = level === 'minimap'
  const shape: Shape = shapes[map ? 'tiles' : level]
  const rows = useMemo(() => (map ? [] : packRows(groups, width, shape)), [map, groups, width, shape])
  const whole = heightOf(rows)
  const sight = Math.min(whole, shape.sight)
  const [from, to] = rowsIn(rows, top - beyond, sight + 2 * beyond)
  const stop = lead !== null && lead < marks.length ? lead : 0
  const stopRow = rowOf(rows, stop)
  const selected = selectedOf(several, lead)
  const chosen = useMemo(() => new Set(selected.length > 1 ? selected : []), [selected])
  const mapMarks = useMemo(() => marks.map(toMapMark), [marks])
  const shown = rows.flatMap((row, at) => ((at >= from && at < to) || at === stopRow ? [row] : []))
  const [firstSeen, lastSeen] = seen(rows, groups, top, sight)

  function scrollTo(wanted: number) {
    const next = Math.max(0, Math.min(whole - sight, wanted))
    if (strip.current !== null) strip.current.scrollTop = next
    setTop(next)
  }
  function reveal(row: Row | undefined) {
    if (row === undefined) return
    if (row.top < top) scrollTo(row.top)
    else if (row.top + row.height > top + sight) scrollTo(row.top + row.height - sight)
  }
  function focus(index: number) {
    flushSync(() => reveal(rows[rowOf(rows, index)]))
    strip.current?.querySelector<HTMLElement>(`[data-chunk="${index}"]`)?.focus({ preventScroll: true })
  }
  function look(index: number, by: 1 | -1) {
    // Another zoom draws other tiles: the focus goes to the one of the same chunk.
    flushSync(() => zoomBy(by))
    strip.current?.querySelector<HTMLElement>(`[data-chunk="${index}"]`)?.focus({ preventScroll: true })
  }
  function go(index: number, extend: boolean) {
    // The tile that is to have the focus is drawn before it gets it.
    flushSync(() => (extend ? selectTo(index) : selectOne(index)))
    focus(index)
  }
  function onKeyDown(event: KeyboardEvent) {
    const mark = markAt(event.target, marks)
    if (mark === undefined) return
    const chord = chordOf(event.nativeEvent)
    const { index } = mark.chunk
    const own = selected.includes(index) ? selected : [index]
    if (chord === 'Esc' && own.length === 1) return
    const page = map ? mapPage : Math.max(1, lastSeen - firstSeen)
    const act = actionOf(chord, { index, selected: own, groups, count: marks.length, page, go, focus, look })
    if (act === undefined) return
    event.preventDefault()
    act()
  }
  function onPointerDown(event: PointerEvent) {
    const mark = markAt(event.target, marks)
    if (mark === undefined || event.button > 0) return
    const { index } = mark.chunk
    const also = event.ctrlKey || event.metaKey
    pressed.current = { index, dragged: false, plain: !also && !event.shiftKey }
    if (event.shiftKey) selectTo(index)
    else if (also) selectAlso(index)
    else selectOne(index)
  }
  function onPointerOver(event: PointerEvent) {
    const mark = markAt(event.target, marks)
    previewChunk(mark?.chunk.index ?? null)
    const press = pressed.current
    if (mark === undefined || press === null || event.buttons !== 1) return
    if (!press.dragged && mark.chunk.index === press.index) return
    press.dragged = true
    selectTo(mark.chunk.index)
  }
  function onPointerUp() {
    const { chunk } = view.getState()
    if (pressed.current?.dragged === true && chunk !== null) focus(chunk)
    requestAnimationFrame(() => (pressed.current = null))
  }
  function onClick(event: { readonly target: EventTarget; readonly shiftKey: boolean; readonly ctrlKey: boolean }) {
    const press = pressed.current
    pressed.current = null
    const mark = markAt(event.target, marks)
    if (mark === undefined || press?.dragged === true || (press ?? { plain: true }).plain === false) return
    selectOne(mark.chunk.index)
    wish([mark.chunk.index], 'flip')
  }
  function onFocus(event: FocusEvent) {
    const mark = markAt(event.target, marks)
    if (mark === undefined || pressed.current !== null) return
    if (view.getState().chunk !== mark.chunk.index) selectOne(mark.chunk.index)
  }
  function seek(index: number, begin: boolean, extend: boolean) {
    if (!map) return scrollTo((rows[rowOf(rows, index)]?.top ?? 0) - sight / 2 + shape.height / 2)
    if (begin && !extend) selectOne(index)
    else selectTo(index)
  }
  // What was selected elsewhere, and what was looked at before another zoom, comes into sight.
  useLayoutEffect(() => {
    if (pressed.current === null) reveal(rows[rowOf(rows, stop)])
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [lead, level])
  return (
    <>
      {(map || whole > sight) && (
        <Minimap
          marks={mapMarks}
          selected={selected}
          pinned={[...marked.pinned]}
          sight={map ? null : { from: firstSeen, to: lastSeen }}
          label="Where the strip is looked at"
          onSeek={seek}
          onMove={(by, way) => scrollTo(moved(by, way, { top, sight, whole, line: shape.height }))}
        />
      )}
      <div
        ref={strip}
        className={`strip strip-${level}`}
        role="toolbar"
        aria-label="Chunks in context order"
        aria-describedby={keysId}
        tabIndex={-1}
        style={map ? undefined : { height: sight }}
        onScroll={(event) => setTop(event.currentTarget.scrollTop)}
        onClick={onClick}
        onFocus={onFocus}
        onKeyDown={onKeyDown}
        onPointerDown={onPointerDown}
        onPointerOver={onPointerOver}
        onPointerUp={onPointerUp}
        onPointerLeave={() => previewChunk(null)}
        onMouseLeave={() => previewChunk(null)}
      >
        {map ? (
          <MapStop mark={marks[stop]} selected={lead === stop} marked={marked} />
        ) : (
          <div className="strip-all" style={{ height: whole }}>
            {shown.map((row) => (
              <StripRow
                key={row.first}
                row={row}
                groups={groups}
                shape={shape}
                level={level}
                lead={lead}
                stop={stop}
                k={k}
                chosen={chosen}
                marked={marked}
              />
            ))}
          </div>
        )}
      </div>
    </>
  )
}

/** On the map no chunk has a tile but the one at hand, which has the focus and hears the keys. */
function MapStop(props: { readonly mark: Mark | undefined; readonly selected: boolean; readonly marked: Marked }) {
  const { mark, selected, marked } = props
  if (mark === undefined) return null
  const { index, text } = mark.chunk
  return (
    <Tile
      index={index}
      expanded={mark.expanded}
      forced={mark.forced !== null}
      fill={null}
      signed={false}
      selected={selected}
      stop
      locked={marked.locked.has(index)}
      pinned={marked.pinned.has(index)}
      noted={marked.noted.has(index)}
      label={mark.label}
      words={text.trim()}
    />
  )
}

const toMapMark = ({ expanded, forced, fill }: Mark): MapMark => ({ expanded, hand: forced !== null, fill })

function useMarked(): Marked {
  const [locked, pinned, noted] = [useLocked(), usePinned(), useNoted()]
  return useMemo(
    () => ({ locked: new Set(locked), pinned: new Set(pinned), noted: new Set(noted) }),
    [locked, pinned, noted],
  )
}

function useWidth(of: { readonly current: HTMLElement | null }): number {
  const [width, setWidth] = useState(usualWidth)
  useLayoutEffect(() => {
    const { current } = of
    if (current === null) return
    const measure = () => setWidth(current.clientWidth > padding ? current.clientWidth - padding : usualWidth)
    measure()
    if (typeof ResizeObserver === 'undefined') return
    const watch = new ResizeObserver(measure)
    watch.observe(current)
    return () => watch.disconnect()
  }, [of])
  return width
}

/** The first and last chunk of the rows that are in sight for more than a sliver. */
function seen(rows: readonly Row[], groups: readonly Group[], top: number, sight: number): readonly [number, number] {
  const edge = 12
  const [from, to] = rowsIn(rows, top + edge, sight - 2 * edge)
  const last = rows[to - 1]?.parts.at(-1)
  const at = last === undefined ? undefined : groups[last.group]?.marks[last.to - 1]
  return [rows[from]?.first ?? 0, at?.chunk.index ?? 0]
}

function moved(
  by: 'line' | 'page' | 'end',
  way: 1 | -1,
  {
    top,
    sight,
    whole,
    line,
  }: { readonly top: number; readonly sight: number; readonly whole: number; readonly line: number },
): number {
  return { line: top + way * line, page: top + way * sight, end: way > 0 ? whole : 0 }[by]
}

function markAt(target: EventTarget | null, marks: readonly Mark[]): Mark | undefined {
  const tile = target instanceof Element ? target.closest<HTMLElement>('[data-chunk]') : null
  return tile === null ? undefined : marks[Number(tile.dataset['chunk'])]
}
