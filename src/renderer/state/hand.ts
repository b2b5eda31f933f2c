/** What the hand does to chunks: force, free, lock and pin, one or many at once, each time as one named step. */
import { createStore } from 'zustand/vanilla'
import { joinPlaces, placesOf, touched, withoutPlaces } from '../../shared/place.ts'
import { plural } from '../parts/format.ts'
import { ask } from './ask.ts'
import { keep, recall } from './memory.ts'
import { forceEach, plan, sameCase, sameChunks, setMarked, type Force } from './plan.ts'
import { nameChunks } from './selection.ts'
import { marksOf, toggleOf, wishesOn, type Mark } from './strip.ts'
import { say } from './view.ts'

/** Whether p stays as it is when a chunk is forced to be expanded: the lowest-scored that the policy chose makes room. */
export const keepShare = createStore<{ readonly on: boolean }>()(() => ({ on: recall('keepShare', false) }))

export function setKeepShare(on: boolean): void {
  keep('keepShare', on)
  keepShare.setState({ on })
}

/** What is asked of chunks; `flip` asks of each what its toggle would. */
export type Wish = Force | 'flip'

/** The chunks of the shown run as they stand now. */
export function marksNow(): readonly Mark[] {
  const { shown } = ask.getState()
  if (shown === null) return []
  return marksOf(shown.chunks, shown.decisions, shown.sensed, wishesOn(plan.getState().present, shown))
}

/**
 * Of several chunks those that are locked are left alone; one alone is meant, locked or not. A chunk that is forced to be expanded
 * costs another its place where p is kept.
 */
export function wish(indexes: readonly number[], what: Wish): void {
  if (!isOfShown()) return say(otherChunks)
  const marks = marksNow()
  const locked = new Set(plan.getState().present.locked)
  const meant = indexes.length > 1 ? indexes.filter((index) => !locked.has(index)) : indexes
  const left = indexes.length - meant.length
  const wishes = new Map<number, Force>()
  for (const index of meant) {
    const mark = marks[index]
    if (mark !== undefined) wishes.set(index, what === 'flip' ? toggleOf(mark) : what)
  }
  const dropped = keepShare.getState().on ? makeRoom(marks, wishes, locked) : []
  for (const index of dropped) wishes.set(index, 'compress')
  const room = dropped.length === 0 ? '' : `, compress ${nameChunks(dropped)} to keep p`
  forceEach(wishes, `${nameOf(what, meant)}${room}`)
  const said = [
    ...(left > 0 ? [`${plural(left, 'locked chunk')} left alone.`] : []),
    ...(dropped.length > 0
      ? [`To keep p, ${nameChunks(dropped)} is compressed: the lowest-scored of those that the policy chose.`]
      : []),
  ]
  if (said.length > 0) say(said.join(' '))
}

const otherChunks = 'The settings cut other chunks now: run again first.'

/** Whether an index means the same chunk in the plan being edited as on the strip. */
function isOfShown(): boolean {
  const { shown } = ask.getState()
  return shown !== null && sameChunks(plan.getState().present, shown.plan)
}

const verbs: Readonly<Record<Wish, readonly [one: string, many: string]>> = {
  expand: ['Expand chunk', 'Force expand'],
  compress: ['Compress chunk', 'Force compress'],
  policy: ['Follow the policy on chunk', 'Follow the policy on'],
  flip: ['Flip chunk', 'Flip'],
}

function nameOf(what: Wish, indexes: readonly number[]): string {
  const [one, many] = verbs[what]
  return indexes.length === 1 ? `${one} ${indexes[0]}` : `${many} ${nameChunks(indexes)}`
}

/**
 * The chunks that make room for those which `wishes` newly expand against the policy: the last in the order of picking first, never one
 * that is locked or that a hand decided on. Ascending.
 */
export function makeRoom(
  marks: readonly Mark[],
  wishes: ReadonlyMap<number, Force>,
  locked: ReadonlySet<number>,
): readonly number[] {
  const more = [...wishes].filter(([index, force]) => force === 'expand' && marks[index]?.expanded === false).length
  return marks
    .filter(({ chunk: { index }, chosen, forced, rank }) => {
      return chosen && forced === null && rank !== null && !locked.has(index) && !wishes.has(index)
    })
    .toSorted((a, b) => (b.rank ?? 0) - (a.rank ?? 0))
    .slice(0, more)
    .map(({ chunk }) => chunk.index)
    .toSorted((a, b) => a - b)
}

/** Locks chunks, or unlocks them where all of them are locked. */
export function toggleLocked(indexes: readonly number[]): void {
  const { present } = plan.getState()
  if (indexes.length === 0) return
  if (!isOfShown()) return say(otherChunks)
  const now = new Set(present.locked)
  const off = indexes.every((index) => now.has(index))
  const rest = [...now].filter((index) => !indexes.includes(index))
  const next = off ? rest : [...rest, ...indexes].toSorted((a, b) => a - b)
  const name = `${off ? 'Unlock' : 'Lock'} ${nameChunks(indexes)}`
  setMarked('locked', next, name)
  say(`${name}.`)
}

/** Pins the text of chunks, or unpins it where any of each is pinned: another k shows the same text pinned. */
export function togglePinned(indexes: readonly number[]): void {
  const { present } = plan.getState()
  const { shown } = ask.getState()
  if (indexes.length === 0 || shown === null) return
  if (!sameCase(present, shown.plan)) return say('Another question or index is asked now: run again first.')
  const all = placesOf(shown.chunks)
  const own = indexes.flatMap((index) => all[index] ?? [])
  const now = new Set(touched(present.pins, all))
  const off = indexes.every((index) => now.has(index))
  const name = `${off ? 'Unpin' : 'Pin'} ${nameChunks(indexes)}`
  setMarked('pins', off ? withoutPlaces(present.pins, own) : joinPlaces(present.pins, own), name)
  say(`${name}.`)
}
