/** All chunks on one line, however many: their values, what is expanded and by whom, what is selected, and where the strip is looked at. */
import { memo, useRef, type KeyboardEvent, type PointerEvent } from 'react'

export type MapMark = {
  readonly expanded: boolean
  readonly hand: boolean
  /** As of a tile: 0 to 1, or -1 to 1; null where there is no value. */
  readonly fill: number | null
}

export type MinimapProps = {
  readonly marks: readonly MapMark[]
  /** Indexes, ascending. */
  readonly selected: readonly number[]
  readonly pinned: readonly number[]
  /** The chunks in sight of the strip; null where the map stands in its place. */
  readonly sight: { readonly from: number; readonly to: number } | null
  readonly label: string
  /** A place was pointed at or dragged to; `begin` is false while a drag goes on. */
  readonly onSeek: (index: number, begin: boolean, extend: boolean) => void
  /** Keys that move what is in sight; a map that stands in the strip's place leaves the keys to it. */
  readonly onMove?: (by: 'line' | 'page' | 'end', way: 1 | -1) => void
}

const columns = 600
const high = 30

export function Minimap({ marks, selected, pinned, sight, label, onSeek, onMove }: MinimapProps) {
  const map = useRef<HTMLDivElement>(null)
  const count = marks.length
  function seek(event: PointerEvent, begin: boolean) {
    const box = map.current?.getBoundingClientRect()
    if (box === undefined || box.width === 0) return
    const share = (event.clientX - box.left) / box.width
    onSeek(Math.max(0, Math.min(count - 1, Math.floor(share * count))), begin, event.shiftKey)
  }
  function onKeyDown(event: KeyboardEvent) {
    const move = moves[event.key]
    if (move === undefined || onMove === undefined || event.ctrlKey || event.altKey || event.metaKey) return
    event.preventDefault()
    onMove(...move)
  }
  const own =
    sight === null || onMove === undefined
      ? { 'aria-hidden': true }
      : {
          role: 'slider',
          tabIndex: 0,
          'aria-label': label,
          'aria-valuemin': 0,
          'aria-valuemax': count - 1,
          'aria-valuenow': sight.from,
          'aria-valuetext': `chunks ${sight.from} to ${sight.to} of ${count}`,
          onKeyDown,
        }
  return (
    <div
      ref={map}
      className="minimap"
      data-alone={sight === null || undefined}
      {...own}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture?.(event.pointerId)
        seek(event, true)
      }}
      onPointerMove={(event) => {
        if (event.buttons === 1) seek(event, false)
      }}
    >
      <Drawing marks={marks} />
      <svg viewBox={`0 0 ${Math.max(1, count)} ${high}`} preserveAspectRatio="none" aria-hidden="true">
        <path className="minimap-selected" d={stretches(selected, 0, high)} />
        <path className="minimap-pinned" d={stretches(pinned, 0, 4)} />
      </svg>
      {sight !== null && (
        <span
          className="minimap-sight"
          style={{ left: `${(100 * sight.from) / count}%`, width: `${(100 * (sight.to - sight.from + 1)) / count}%` }}
        />
      )}
    </div>
  )
}

const moves: Readonly<Record<string, readonly ['line' | 'page' | 'end', 1 | -1]>> = {
  ArrowRight: ['line', 1],
  ArrowDown: ['line', 1],
  ArrowLeft: ['line', -1],
  ArrowUp: ['line', -1],
  PageDown: ['page', 1],
  PageUp: ['page', -1],
  Home: ['end', -1],
  End: ['end', 1],
}

/** Chunks share a column where they are more than there is room for: its tallest value stands, and any that is expanded shows. */
const Drawing = memo(function Drawing({ marks }: { readonly marks: readonly MapMark[] }) {
  const bins = binsOf(marks)
  const path = (of: (bin: Bin) => string) => bins.map(of).join('')
  return (
    <svg viewBox={`0 0 ${Math.max(1, bins.length)} ${high}`} preserveAspectRatio="none" aria-hidden="true">
      <path
        className="minimap-fill"
        d={path(({ fill, at }) => `M${at} ${high}v${(-(high - 7) * fill).toFixed(1)}h1V${high}z`)}
      />
      <path className="minimap-expanded" d={path(({ expanded, at }) => (expanded ? `M${at} 1h1v4h-1z` : ''))} />
      <path className="minimap-hand" d={path(({ hand, at }) => (hand ? `M${at} 1h1v4h-1z` : ''))} />
    </svg>
  )
})

type Bin = { readonly at: number; readonly fill: number; readonly expanded: boolean; readonly hand: boolean }

/** At most 600 columns, each of as many neighbouring chunks. */
export function binsOf(marks: readonly MapMark[]): readonly Bin[] {
  const count = Math.min(columns, marks.length)
  return Array.from({ length: count }, (_, at) => {
    const own = marks.slice(Math.floor((at * marks.length) / count), Math.floor(((at + 1) * marks.length) / count))
    const fill = own.reduce((top, mark) => Math.max(top, Math.abs(mark.fill ?? 0)), 0)
    return { at, fill, expanded: own.some((mark) => mark.expanded), hand: own.some((mark) => mark.hand) }
  })
}

/** Neighbouring indexes as one rectangle each. */
function stretches(indexes: readonly number[], top: number, height: number): string {
  const path: string[] = []
  let from = 0
  indexes.forEach((index, at) => {
    if (indexes[at + 1] === index + 1) return
    const width = at - from + 1
    path.push(`M${indexes[from]} ${top}h${width}v${height}h-${width}z`)
    from = at + 1
  })
  return path.join('')
}
