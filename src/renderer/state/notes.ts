/** Notes on chunks: written of a chunk of a run, and found again by the place of its text whatever k cuts it into. */
import { overlaps, placesOf, samePlace, touched, type Place } from '../../shared/place.ts'
import type { ChunkNote } from '../../shared/session.ts'
import { ask, type Shown } from './ask.ts'
import { mayWrite, session } from './sessionNow.ts'

/** As long as a note can be. */
export const longestNote = 4000
const words = 80

type Noted = Pick<Shown, 'chunks' | 'plan'> & { readonly run: { readonly id: string } | null }

/** Of chunks cut from an index, those whose text a note is on, by their place in the list, ascending. */
export function notedChunks(notes: readonly ChunkNote[], from: string, chunks: Shown['chunks']): readonly number[] {
  const own = notes.filter(({ index }) => index === from)
  return own.length === 0
    ? none
    : touched(
        own.map(({ place }) => place),
        placesOf(chunks),
      )
}

const none: readonly number[] = []

/** The note on a chunk of the shown run itself, and those that other runs have on its text, the latest first. */
export function notesOn(
  notes: readonly ChunkNote[],
  { chunks, plan, run }: Noted,
  index: number,
): { readonly own: ChunkNote | null; readonly others: readonly ChunkNote[] } {
  const at = placesOf(chunks)[index]
  if (at === undefined) return { own: null, others: [] }
  const mine = (note: ChunkNote): boolean => note.run === run?.id && samePlace(note.place, at)
  return {
    own: notes.find(mine) ?? null,
    others: notes
      .filter((note) => note.index === plan.index && overlaps(note.place, at) && !mine(note))
      .toSorted((a, b) => b.written.localeCompare(a.written)),
  }
}

/** Writes a note on a chunk of the shown run in place of the one before; nothing written is no note. */
export function writeNote(index: number, text: string): void {
  const { shown } = ask.getState()
  const [run, chunk, place] = [shown?.run?.id, shown?.chunks[index], placesOf(shown?.chunks ?? [])[index]]
  if (shown === null || run === undefined || chunk === undefined || place === undefined || !mayWrite()) return
  const note = text.trimStart().slice(0, longestNote)
  const written: ChunkNote = {
    run,
    index: shown.plan.index,
    place,
    words: chunk.text.trim().slice(0, words),
    note,
    written: new Date().toISOString(),
  }
  session.setState(({ notes }) => ({
    notes: [...without(notes, run, place), ...(note === '' ? [] : [written])],
  }))
}

/** Takes a note away. */
export function dropNote({ run, place }: ChunkNote): void {
  if (mayWrite()) session.setState(({ notes }) => ({ notes: without(notes, run, place) }))
}

function without(notes: readonly ChunkNote[], run: string, place: Place): readonly ChunkNote[] {
  return notes.filter((note) => note.run !== run || !samePlace(note.place, place))
}
