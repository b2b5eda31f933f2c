/** What the palette finds: every command, and the runs, indexes, sweeps and trainings that can be jumped to. */
import { commandIds, rowOf, type CommandId } from '../../../shared/commandTable.ts'
import { corpus, openIndex } from '../../state/corpus.ts'
import { runs, openOnBench } from '../../state/runs.ts'
import { sweeps, showSweep } from '../../state/sweeps.ts'
import { show, train } from '../../state/train.ts'
import { showScreen } from '../../state/view.ts'
import { perform, whyNot } from './commands.ts'
import { matchText } from './fuzzy.ts'

export type Entry = {
  /** `command:` and its id, or what is jumped to. */
  readonly id: string
  readonly words: string
  readonly also: string
  readonly kind: string
  readonly keys: readonly string[]
  readonly why: string | null
  readonly act: () => void
}

/** An entry as it is listed, with the letters that were found. */
export type Found = { readonly entry: Entry; readonly at: readonly number[] }

const mostJumps = 200
const mostFound = 60

/** All entries as they stand now. */
export function entriesNow(): readonly Entry[] {
  return [...commandIds.filter((id) => id !== 'palette').map(toEntry), ...jumps()]
}

function toEntry(id: CommandId): Entry {
  const { words, also = '', keys: all = [], scope, on } = rowOf(id)
  const keys = on === 'desktop' && window.workbench === undefined ? [] : all
  const kind = scope === 'everywhere' ? '' : scope
  return { id: `command:${id}`, words, also, kind, keys, why: whyNot(id), act: () => perform(id) }
}

function jumps(): readonly Entry[] {
  const jump = (id: string, kind: string, words: string, act: () => void, also = ''): Entry => {
    return { id, kind, words, also, keys: [], why: null, act }
  }
  const { list } = runs.getState()
  return [
    ...(corpus.getState().indexes ?? []).map((info) =>
      jump(`index:${info.path}`, 'index', `Open ${info.name}`, () => openIndex(info), info.path),
    ),
    ...(list ?? [])
      .slice(0, mostJumps)
      .map(({ id, question, k, p, policy }) =>
        jump(`run:${id}`, 'run', question, () => void openOnBench(id), `${id} k ${k} p ${p} ${policy}`),
      ),
    ...(sweeps.getState().list ?? []).map(({ id }) =>
      jump(`sweep:${id}`, 'sweep', id, () => {
        showScreen('sweep')
        void showSweep(id)
      }),
    ),
    ...(train.getState().list ?? []).map(({ id }) =>
      jump(`training:${id}`, 'training', id, () => {
        showScreen('train')
        void show(id)
      }),
    ),
  ]
}

/**
 * The entries that fit what is typed, the best first. Nothing typed: commands alone, those used lately first. What cannot be done
 * now stands behind what can.
 */
export function findEntries(entries: readonly Entry[], typed: string, recent: readonly string[]): readonly Found[] {
  const rank = (id: string): number => {
    const at = recent.indexOf(id)
    return at === -1 ? recent.length : at
  }
  if (typed.trim() === '') {
    const listed = entries.filter(({ id }) => id.startsWith('command:') || recent.includes(id))
    const order = (a: Entry, b: Entry): number =>
      Number(a.why !== null) - Number(b.why !== null) || rank(a.id) - rank(b.id)
    return listed.toSorted(order).map((entry) => ({ entry, at: [] }))
  }
  return entries
    .flatMap((entry, place) => {
      const inWords = matchText(typed, entry.words)
      const match = inWords ?? matchText(typed, `${entry.words} ${entry.also} ${entry.kind}`)
      if (match === null) return []
      const lately = (recent.length - rank(entry.id)) * 0.5
      const score = match.score + lately + (inWords === null ? -10 : 0) + (entry.why === null ? 0 : -8)
      return [{ entry, at: inWords?.at ?? [], score, place }]
    })
    .toSorted((a, b) => b.score - a.score || a.place - b.place)
    .slice(0, mostFound)
    .map(({ entry, at }) => ({ entry, at }))
}
