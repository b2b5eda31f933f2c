/** The table of runs: only the lines in sight are drawn, so that ten thousand scroll like ten. */
import { memo, useEffect, useLayoutEffect, useRef, useState, type KeyboardEvent, type MouseEvent } from 'react'
import { useStore } from 'zustand'
import type { RunSummary } from '../../../shared/runs.ts'
import { Icon } from '../../parts/Icon.tsx'
import { plural } from '../../parts/format.ts'
import { choose, markRuns, openDetails, runs, toggleChosen } from '../../state/runs.ts'
import { sortBy } from '../../state/runsView.ts'
import { columnOf, groupFigures, leastWidth, pickWidth, type ColumnName, type Line } from './columns.ts'
import { gridId } from './keys.ts'
import type { ShownTable } from './table.ts'

/** Height of a line in pixels: what is out of sight is known without being drawn. */
const lineHeight = 30
/** Lines drawn beyond the edges, so that a fast scroll shows none missing. */
const beyond = 12

type GridProps = { readonly table: ShownTable; readonly current: string | null; readonly look: (id: string) => void }

export function Grid({ table, current, look }: GridProps) {
  const { lines, columns } = table
  const chosen = useStore(runs, (state) => state.chosen)
  const opened = useStore(runs, (state) => state.opened?.id ?? null)
  const scroller = useRef<HTMLDivElement>(null)
  const [top, setTop] = useState(0)
  const [height, setHeight] = useState(600)
  const at = lines.findIndex((line) => line.type === 'run' && line.run.id === current)
  useLayoutEffect(() => {
    const element = scroller.current
    if (element === null || typeof ResizeObserver === 'undefined') return
    const watch = new ResizeObserver(() => setHeight(element.clientHeight))
    watch.observe(element)
    return () => watch.disconnect()
  }, [])
  useEffect(() => {
    const element = scroller.current
    if (element === null || at === -1) return
    // The heading covers one line at the top.
    const from = at * lineHeight
    if (from < element.scrollTop) element.scrollTop = from
    else if (from + 2 * lineHeight > element.scrollTop + element.clientHeight) {
      element.scrollTop = from + 2 * lineHeight - element.clientHeight
    }
  }, [at])
  const first = Math.max(0, Math.floor(top / lineHeight) - beyond)
  const drawn = lines.slice(first, Math.ceil((top + height) / lineHeight) + beyond)
  const template = `${pickWidth}px ${columns.map((name) => columnOf(name).width).join(' ')}`

  function onKeyDown(event: KeyboardEvent) {
    if (event.target !== event.currentTarget || event.altKey) return
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'a') {
      event.preventDefault()
      choose(table.runs.map(({ id }) => id))
      return
    }
    if (event.ctrlKey || event.metaKey) return
    const place = table.runs.findIndex(({ id }) => id === current)
    const go = (to: number) => (): void => {
      const run = table.runs[Math.max(0, Math.min(table.runs.length - 1, to))]
      if (run === undefined) return
      if (event.shiftKey && current !== null) choose([...chosen, current, run.id])
      look(run.id)
    }
    const page = Math.max(1, Math.floor(height / lineHeight) - 2)
    const actions: Readonly<Record<string, () => void>> = {
      ArrowDown: go(place + 1),
      ArrowUp: go(place - 1),
      PageDown: go(place + page),
      PageUp: go(place - page),
      Home: go(0),
      End: go(table.runs.length - 1),
      ' ': () => current !== null && toggleChosen(current),
      Enter: () => current !== null && void openDetails(current),
    }
    const act = actions[event.key]
    if (act === undefined) return
    event.preventDefault()
    act()
  }
  function onClick(event: MouseEvent) {
    const row = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-run]') : null
    const id = row?.dataset['run']
    if (id === undefined) return
    if (event.target instanceof Element && event.target.closest('.runs-pick') !== null) {
      if (event.shiftKey && current !== null) choose([...chosen, ...between(table.runs, current, id)])
      else toggleChosen(id)
      look(id)
      return
    }
    if (event.target instanceof Element && event.target.closest('.runs-star') !== null) {
      const run = table.runs.find((each) => each.id === id)
      if (run !== undefined) void markRuns([id], { star: !run.star })
      return
    }
    look(id)
    void openDetails(id)
  }
  return (
    <div
      ref={scroller}
      id={gridId}
      className="runs-grid"
      role="grid"
      aria-label="Kept runs"
      aria-multiselectable
      aria-rowcount={lines.length + 1}
      aria-colcount={columns.length + 1}
      aria-activedescendant={at === -1 ? undefined : `run-${current}`}
      tabIndex={0}
      onScroll={(event) => setTop(event.currentTarget.scrollTop)}
      onKeyDown={onKeyDown}
      onClick={onClick}
    >
      <Head table={table} template={template} />
      <div
        className="runs-lines"
        role="rowgroup"
        style={{ height: lines.length * lineHeight, minWidth: leastWidth(columns) }}
      >
        {drawn.map((line, index) => (
          <LineOf
            key={line.type === 'run' ? line.run.id : line.key}
            line={line}
            place={first + index}
            columns={columns}
            template={template}
            chosen={line.type === 'run' && chosen.has(line.run.id)}
            current={line.type === 'run' && line.run.id === current}
            opened={line.type === 'run' && line.run.id === opened}
          />
        ))}
      </div>
    </div>
  )
}

function Head({ table, template }: { readonly table: ShownTable; readonly template: string }) {
  const { columns, sort, runs: shown } = table
  const chosen = useStore(runs, (state) => state.chosen)
  const all = shown.length > 0 && shown.every(({ id }) => chosen.has(id))
  return (
    <div className="runs-head" role="rowgroup" style={{ minWidth: leastWidth(columns) }}>
      <div role="row" aria-rowindex={1} className="runs-line" style={{ gridTemplateColumns: template }}>
        <span role="columnheader">
          <input
            type="checkbox"
            aria-label="Choose all shown"
            checked={all}
            onChange={() => choose(all ? [] : shown.map(({ id }) => id))}
          />
        </span>
        {columns.map((name) => {
          const { label, about, numeric } = columnOf(name)
          const on = sort.column === name
          return (
            <span
              key={name}
              role="columnheader"
              className={numeric ? 'runs-number' : undefined}
              aria-sort={on ? (sort.down ? 'descending' : 'ascending') : 'none'}
            >
              <button type="button" title={about} onClick={() => sortBy(name)}>
                {label}
                <span className="runs-order" aria-hidden="true">
                  {on ? (sort.down ? '▾' : '▴') : ''}
                </span>
              </button>
            </span>
          )
        })}
      </div>
    </div>
  )
}

type LineProps = {
  readonly line: Line
  readonly place: number
  readonly columns: readonly ColumnName[]
  readonly template: string
  readonly chosen: boolean
  readonly current: boolean
  readonly opened: boolean
}

/** Drawn anew only when it changed: scrolling draws the lines that come into sight and no others. */
const LineOf = memo(function LineOf({ line, place, columns, template, chosen, current, opened }: LineProps) {
  const style = { transform: `translateY(${place * lineHeight}px)`, height: lineHeight }
  if (line.type === 'group') {
    return (
      <div role="row" aria-rowindex={place + 2} className="runs-line runs-group" style={style}>
        <span role="gridcell" aria-colspan={columns.length + 1}>
          <strong>{line.key}</strong>{' '}
          <span className="quiet">
            {plural(line.runs.length, 'run')} · {groupFigures(line.runs)}
          </span>
        </span>
      </div>
    )
  }
  const { run } = line
  return (
    <div
      role="row"
      id={`run-${run.id}`}
      aria-rowindex={place + 2}
      aria-selected={chosen}
      className="runs-line"
      data-run={run.id}
      data-current={current || undefined}
      data-on={opened || undefined}
      style={{ ...style, gridTemplateColumns: template }}
    >
      <span role="gridcell" className="runs-marks">
        <span className="runs-pick" title="Choose (Space)">
          <span className="runs-box" data-chosen={chosen || undefined} />
        </span>
        <button
          type="button"
          className="runs-star"
          tabIndex={-1}
          aria-pressed={run.star}
          aria-label={`Star ${run.question}`}
          title="Star (S)"
        >
          <Icon name="star" />
        </button>
      </span>
      {columns.map((name) => {
        const { say, numeric } = columnOf(name)
        const text = say(run)
        return (
          <span
            key={name}
            role="gridcell"
            className={numeric ? 'runs-number' : undefined}
            title={numeric ? undefined : text}
          >
            {text}
          </span>
        )
      })}
    </div>
  )
})

/** The ids from one run to another in the order shown, both included. */
function between(shown: readonly RunSummary[], a: string, b: string): readonly string[] {
  const ends = [a, b].map((id) => shown.findIndex((run) => run.id === id)).toSorted((x, y) => x - y)
  const [from = -1, to = -1] = ends
  return from === -1 ? [b] : shown.slice(from, to + 1).map(({ id }) => id)
}
