/** The context of every plan on one scale of tokens, a lane each: arrows walk stretches and lanes, Space flips a chunk in its plan. */
import { memo, useMemo, useRef, useState, type FocusEvent, type KeyboardEvent, type MouseEvent } from 'react'
import { useStore } from 'zustand'
import { relationOf, type Stretch } from '../../../shared/decisionDiff.ts'
import { placesOf, touched } from '../../../shared/place.ts'
import { plural } from '../../parts/format.ts'
import { columns, setColumn, settleColumns, type Column } from '../../state/columns.ts'
import { force, forcedOn, nextForce, plan, sameCase, type Draft } from '../../state/plan.ts'
import { say } from '../../state/view.ts'
import type { Side } from './standing.ts'

export type LanesProps = {
  readonly sides: readonly Side[]
  readonly stretches: readonly Stretch[]
  readonly base: number
  /** Told which stretch is pointed at or walked to, by its place; null when none is. */
  readonly onLook: (at: number | null) => void
}

/** Drawn anew only when what it shows has changed: a strip of thousands is not for every move of the pointer. */
export const Lanes = memo(function Lanes({ sides, stretches, base, onLook }: LanesProps) {
  const grid = useRef<HTMLDivElement>(null)
  const all = useStore(columns, (state) => state.columns)
  const bench = useStore(plan, (state) => state.present)
  const [stop, setStop] = useState<readonly [lane: number, at: number]>([0, 0])
  const groups = useMemo(
    () => [...Map.groupBy(stretches.entries(), ([, { passage, title }]) => `${passage} ${title}`)],
    [stretches],
  )
  const pinned = useMemo(() => sides.map((side) => pinnedOn(all, bench, side)), [all, bench, sides])

  const placeOf = (target: EventTarget | null): readonly [number, number] | null => {
    const cell = target instanceof Element ? target.closest<HTMLElement>('[data-lane]') : null
    const [lane, at] = cell?.dataset['lane']?.split(',').map(Number) ?? []
    return lane === undefined || at === undefined ? null : [lane, at]
  }
  function focus(lane: number, at: number) {
    const [to, on] = [Math.max(0, Math.min(stretches.length - 1, at)), Math.max(0, Math.min(sides.length - 1, lane))]
    grid.current?.querySelector<HTMLElement>(`[data-lane="${on},${to}"]`)?.focus()
  }
  function flip([lane, at]: readonly [number, number]) {
    const [side, stretch] = [sides[lane], stretches[at]]
    const index = stretch?.chunks[lane] ?? null
    const column = all.find(({ run }) => run !== null && run.id === side?.run.id)
    const chunk = index === null ? undefined : side?.run.chunks[index]
    if (side === undefined || index === null || column === undefined || chunk === undefined) return
    const wish = nextForce(chunk.chosen, forcedOn(column.draft.forced, index))
    settleColumns()
    setColumn(column.key, 'forced', force(column.draft.forced, index, wish))
    settleColumns()
    const done = { expand: 'is expanded by hand', compress: 'is compressed by hand', policy: 'follows the policy' }[
      wish
    ]
    say(`Chunk ${index} of ${side.letter} ${done} in the next run.`)
  }
  function onKeyDown(event: KeyboardEvent) {
    const place = placeOf(event.target)
    if (place === null || event.ctrlKey || event.metaKey || event.altKey) return
    const [lane, at] = place
    const moves: Readonly<Record<string, () => void>> = {
      ArrowRight: () => focus(lane, at + 1),
      ArrowLeft: () => focus(lane, at - 1),
      ArrowDown: () => focus(lane + 1, at),
      ArrowUp: () => focus(lane - 1, at),
      Home: () => focus(lane, 0),
      End: () => focus(lane, stretches.length - 1),
      ' ': () => flip(place),
    }
    const move = moves[event.key]
    if (move === undefined) return
    event.preventDefault()
    move()
  }
  return (
    <div
      ref={grid}
      className="lanes"
      role="grid"
      aria-label="Decisions by stretch"
      tabIndex={-1}
      onKeyDown={onKeyDown}
      onFocus={(event: FocusEvent) => {
        const place = placeOf(event.target)
        if (place !== null) setStop(place)
        onLook(place?.[1] ?? null)
      }}
      onMouseOver={(event: MouseEvent) => onLook(placeOf(event.target)?.[1] ?? null)}
      onMouseLeave={() => onLook(null)}
      onClick={(event: MouseEvent) => {
        const place = placeOf(event.target)
        if (place !== null) flip(place)
      }}
    >
      {groups.map(([key, own]) => (
        <div key={key} className="lanes-passage" role="rowgroup" aria-label={own[0]?.[1].title}>
          <span className="lanes-title" aria-hidden="true">
            {own[0]?.[1].title} <span className="quiet">{plural(tokensOf(own), 'token')}</span>
          </span>
          {sides.map((side, lane) => (
            <div key={side.run.id} className="lane" role="row">
              <span className="lane-letter" role="rowheader">
                {side.letter}
              </span>
              {own.map(([at, stretch], place) => (
                <Cell
                  key={at}
                  at={at}
                  lane={lane}
                  letter={side.letter}
                  stretch={stretch}
                  joined={stretch.chunks[lane] !== null && own[place - 1]?.[1].chunks[lane] === stretch.chunks[lane]}
                  differs={
                    lane !== base &&
                    ['onlyFirst', 'onlySecond'].includes(
                      relationOf(stretch.fed[base] ?? 'absent', stretch.fed[lane] ?? 'absent'),
                    )
                  }
                  wish={wishOn(all, side, stretch.chunks[lane] ?? null)}
                  pinned={pinned[lane]?.has(stretch.chunks[lane] ?? -1) ?? false}
                  stop={stop[0] === lane && stop[1] === at}
                />
              ))}
            </div>
          ))}
        </div>
      ))}
      <Legend base={sides[base]?.letter ?? ''} />
    </div>
  )
})

const tokensOf = (own: readonly (readonly [number, Stretch])[]): number =>
  own.reduce((sum, [, { from, to }]) => sum + to - from, 0)

/** What the hand asks of a chunk in the plan as it stands now. */
function wishOn(all: readonly Column[], { run }: Side, index: number | null): 'expand' | 'compress' | null {
  const column = all.find((each) => each.run?.id === run.id)
  return column === undefined || index === null ? null : forcedOn(column.draft.forced, index)
}

/** The chunks of a side that hold text pinned in its plan, or on the bench where that asks the same of the same documents. */
function pinnedOn(all: readonly Column[], bench: Draft, { run }: Side): ReadonlySet<number> {
  const draft = all.find((each) => each.run?.id === run.id)?.draft
  if (draft === undefined) return new Set()
  const pins = sameCase(draft, bench) ? [...draft.pins, ...bench.pins] : draft.pins
  return new Set(touched(pins, placesOf(run.chunks)))
}

const Cell = memo(function Cell(props: {
  readonly at: number
  readonly lane: number
  readonly letter: string
  readonly stretch: Stretch
  /** It goes on with the chunk before it. */
  readonly joined: boolean
  readonly differs: boolean
  readonly wish: 'expand' | 'compress' | null
  readonly pinned: boolean
  readonly stop: boolean
}) {
  const { at, lane, letter, stretch, joined, differs, wish, pinned, stop } = props
  const was = stretch.fed[lane] ?? 'absent'
  const fed = wish === null ? was : wish === 'expand' ? 'expanded' : 'compressed'
  return (
    <span
      role="gridcell"
      className="lane-cell"
      data-lane={`${lane},${at}`}
      data-fed={fed}
      data-joined={joined || undefined}
      data-hand={wish !== null || undefined}
      data-differs={differs || undefined}
      data-pinned={pinned || undefined}
      tabIndex={stop ? 0 : -1}
      style={{ flexGrow: stretch.to - stretch.from, flexBasis: `${1.1 * (stretch.to - stretch.from)}px` }}
      aria-label={`${letter}, chunk ${stretch.chunks[lane] ?? 'none'}, ${fed}${wish === null ? '' : ' by hand'}${differs ? ', differs' : ''}${pinned ? ', pinned' : ''}`}
    />
  )
})

function Legend({ base }: { readonly base: string }) {
  return (
    <div className="lanes-legend" aria-hidden="true">
      <span>
        <i className="lane-cell" data-fed="expanded" /> expanded
      </span>
      <span>
        <i className="lane-cell" data-fed="compressed" /> compressed
      </span>
      <span>
        <i className="lane-cell" data-fed="absent" /> not read
      </span>
      <span>
        <i className="lane-cell" data-fed="expanded" data-hand /> by hand
      </span>
      <span>
        <i className="lane-cell" data-fed="expanded" data-pinned /> pinned
      </span>
      <span>
        <i className="lane-cell" data-fed="expanded" data-differs /> other than {base}
      </span>
    </div>
  )
}
