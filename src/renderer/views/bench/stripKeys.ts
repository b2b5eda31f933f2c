/** What the keys of the strip do: every one that the table of commands says of chunks. */
import { toggleLocked, togglePinned, wish } from '../../state/hand.ts'
import { selectOne, selectOthers, selectThese } from '../../state/selection.ts'
import type { Group } from '../../state/strip.ts'
import { say, showInspector } from '../../state/view.ts'
import { flipAll, flipChunks } from '../../state/whatIf.ts'

/** The inspector, and the field there that a note is written in: named here, so that keys and commands come without the bench. */
export const inspectorId = 'inspector'
export const noteFieldId = 'chunk-note'

export type OnStrip = {
  /** The chunk that has the focus, and those that are selected. */
  readonly index: number
  readonly selected: readonly number[]
  readonly groups: readonly Group[]
  readonly count: number
  /** How many chunks a page is. */
  readonly page: number
  /** Moves the focus to a chunk, and the end of the selection with it or the selection itself. */
  readonly go: (index: number, extend: boolean) => void
  /** Moves the focus alone. */
  readonly focus: (index: number) => void
  /** Looks closer or from farther, the chunk still in the focus. */
  readonly look: (index: number, by: 1 | -1) => void
}

/** What a chord does there; undefined for one that the strip does not hear. */
export function actionOf(chord: string, at: OnStrip): (() => void) | undefined {
  const to = moveOf(chord.replace(/^Shift\+/, ''), at)
  if (to !== undefined) return () => at.go(Math.max(0, Math.min(at.count - 1, to)), chord.startsWith('Shift+'))
  return actions[chord] === undefined ? undefined : () => actions[chord]?.(at)
}

function moveOf(key: string, { index, groups, count, page }: OnStrip): number | undefined {
  const at = groups.findIndex(({ marks }) => (marks.at(-1)?.chunk.index ?? -1) >= index)
  const firstOf = (group: Group | undefined) => group?.marks[0]?.chunk.index ?? index
  const moves: Readonly<Record<string, number>> = {
    ArrowRight: index + 1,
    ArrowLeft: index - 1,
    ArrowDown: firstOf(groups[at + 1]),
    ArrowUp: firstOf(groups[at - 1]),
    Home: 0,
    End: count - 1,
    PageDown: index + page,
    PageUp: index - page,
  }
  return moves[key]
}

/** The passage that holds a chunk is expanded whole. */
export function expandPassage(groups: readonly Group[], index: number): void {
  const group = groups.find(({ marks }) => marks.some(({ chunk }) => chunk.index === index))
  const own = group?.marks.map(({ chunk }) => chunk.index) ?? []
  selectThese(own, index)
  wish(own, 'expand')
}

/** Opens the inspector, with the focus where a note on the selected chunk is written. */
export function openNote(): void {
  focusInspector(noteFieldId)
}

function focusInspector(id: string): void {
  showInspector(true)
  requestAnimationFrame(() => document.getElementById(id)?.focus())
}

const actions: Readonly<Record<string, (at: OnStrip) => void>> = {
  Space: ({ selected }) => wish(selected, 'flip'),
  E: ({ selected }) => wish(selected, 'expand'),
  C: ({ selected }) => wish(selected, 'compress'),
  X: ({ selected }) => wish(selected, 'policy'),
  L: ({ selected }) => toggleLocked(selected),
  P: ({ selected }) => togglePinned(selected),
  N: openNote,
  W: ({ selected }) => void flipChunks(selected),
  'Shift+W': () => void flipAll(),
  'Alt+E': ({ groups, index }) => expandPassage(groups, index),
  'Ctrl+A': ({ count, index }) => {
    selectThese(
      Array.from({ length: count }, (_, at) => at),
      index,
    )
    say(`All ${count} chunks selected.`)
  },
  'Ctrl+Shift+I': ({ count, focus }) => {
    const lead = selectOthers(count)
    if (lead !== null) focus(lead)
  },
  '=': ({ index, look }) => look(index, 1),
  '+': ({ index, look }) => look(index, 1),
  '-': ({ index, look }) => look(index, -1),
  Esc: ({ index }) => selectOne(index),
  Enter: () => focusInspector(inspectorId),
}
