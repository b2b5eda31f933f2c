/** A heat map as a grid for keys, pointers and screen readers: arrows walk it, Space selects, Enter opens. */
import { useRef, useState, type FocusEvent, type KeyboardEvent, type MouseEvent } from 'react'
import { styleOf, type Paints } from './colour.ts'

export type HeatState = 'pending' | 'running' | 'done' | 'failed' | 'invalid' | 'skipped'
export type HeatCell = {
  /** What is selected with it; several places of a map may stand for one thing. */
  readonly key: string
  readonly state: HeatState
  /** Printed in the cell when it is done. */
  readonly text: string
  /** All of it, for a tooltip and a screen reader. */
  readonly label: string
  /** Null where there is no value to colour. */
  readonly paint: Paints | null
  /** Stands out from its neighbours by a ring. */
  readonly marked: boolean
}
export type HeatMapProps = {
  readonly title: string
  readonly rowTitle: string
  readonly columnTitle: string
  readonly columns: readonly string[]
  readonly rows: readonly { readonly name: string; readonly cells: readonly HeatCell[] }[]
  readonly legend: readonly { readonly text: string; readonly paint: Paints }[]
  readonly legendTitle: string
  readonly hovered: string | null
  readonly selected: string | null
  readonly onHover: (key: string | null) => void
  readonly onSelect: (key: string) => void
  readonly onOpen: (key: string) => void
}

/** What stands in a cell that has no value. */
const glyphs: Readonly<Record<Exclude<HeatState, 'done'>, string>> = {
  pending: '·',
  running: '◌',
  failed: '✕',
  invalid: '!',
  skipped: '–',
}

export function HeatMap(props: HeatMapProps) {
  const { title, rowTitle, columnTitle, columns, rows, legend, legendTitle } = props
  const { hovered, selected, onHover, onSelect, onOpen } = props
  const grid = useRef<HTMLTableElement>(null)
  const [stop, setStop] = useState<readonly [number, number]>([0, 0])
  // A grid that shrank keeps a way in.
  const at = [Math.min(stop[0], rows.length - 1), Math.min(stop[1], columns.length - 1)] as const

  function placeOf(target: EventTarget | null): readonly [number, number] | null {
    const cell = target instanceof Element ? target.closest<HTMLElement>('[data-at]') : null
    const [row, column] = cell?.dataset['at']?.split(',').map(Number) ?? []
    return row === undefined || column === undefined ? null : [row, column]
  }
  function cellOf(target: EventTarget | null): HeatCell | null {
    const place = placeOf(target)
    return place === null ? null : (rows[place[0]]?.cells[place[1]] ?? null)
  }
  function focus(row: number, column: number) {
    grid.current?.querySelector<HTMLElement>(`[data-at="${row},${column}"]`)?.focus()
  }
  function onKeyDown(event: KeyboardEvent) {
    const place = placeOf(event.target)
    const cell = cellOf(event.target)
    if (place === null || cell === null || event.ctrlKey || event.metaKey || event.altKey) return
    const [row, column] = place
    const moves: Readonly<Record<string, () => void>> = {
      ArrowRight: () => focus(row, Math.min(columns.length - 1, column + 1)),
      ArrowLeft: () => focus(row, Math.max(0, column - 1)),
      ArrowDown: () => focus(Math.min(rows.length - 1, row + 1), column),
      ArrowUp: () => focus(Math.max(0, row - 1), column),
      Home: () => focus(row, 0),
      End: () => focus(row, columns.length - 1),
      ' ': () => onSelect(cell.key),
      Enter: () => onOpen(cell.key),
    }
    const move = moves[event.key]
    if (move === undefined) return
    event.preventDefault()
    move()
  }
  function onFocus(event: FocusEvent) {
    const place = placeOf(event.target)
    if (place !== null) setStop(place)
    onHover(cellOf(event.target)?.key ?? null)
  }
  function onClick(event: MouseEvent) {
    const cell = cellOf(event.target)
    if (cell !== null) onSelect(cell.key)
  }
  return (
    <figure className="heat">
      <figcaption>
        <strong>{title}</strong>
        <span className="heat-legend">
          {legendTitle}
          {legend.map(({ text, paint }) => (
            <span key={text} className="heat-key" style={styleOf(paint)}>
              {text}
            </span>
          ))}
        </span>
      </figcaption>
      <table
        ref={grid}
        // A table for its headings, a grid for its keys: the cells take the focus.
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-to-interactive-role
        role="grid"
        aria-label={title}
        onKeyDown={onKeyDown}
        onFocus={onFocus}
        onBlur={() => onHover(null)}
        onClick={onClick}
        onDoubleClick={(event) => {
          const cell = cellOf(event.target)
          if (cell !== null) onOpen(cell.key)
        }}
        onMouseOver={(event) => onHover(cellOf(event.target)?.key ?? null)}
        onMouseLeave={() => onHover(null)}
      >
        <thead>
          <tr>
            <th scope="col">
              {rowTitle} <span aria-hidden="true">↓</span> {columnTitle} <span aria-hidden="true">→</span>
            </th>
            {columns.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, y) => (
            <tr key={row.name}>
              <th scope="row">{row.name}</th>
              {row.cells.map((cell, x) => (
                <td
                  key={columns[x]}
                  data-at={`${y},${x}`}
                  data-state={cell.state}
                  data-hovered={cell.key === hovered || undefined}
                  data-marked={cell.marked || undefined}
                  tabIndex={y === at[0] && x === at[1] ? 0 : -1}
                  aria-selected={cell.key === selected}
                  aria-label={cell.label}
                  title={cell.label}
                  style={cell.paint === null ? undefined : styleOf(cell.paint)}
                >
                  {cell.state === 'done' ? cell.text : glyphs[cell.state]}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </figure>
  )
}
