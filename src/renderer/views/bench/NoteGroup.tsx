/** What a person writes on a chunk, and what was written on its text in other runs. */
import { useEffect, useId } from 'react'
import { useStore } from 'zustand'
import type { Shown } from '../../state/ask.ts'
import { dropNote, longestNote, notesOn, writeNote } from '../../state/notes.ts'
import { session, whyReadOnly } from '../../state/sessionNow.ts'
import { inspectorId, noteFieldId } from './stripKeys.ts'

type NoteGroupProps = {
  readonly shown: Shown
  readonly index: number
  /** Told when the note takes the focus, and when it leaves. */
  readonly onWriting: (on: boolean) => void
}

export function NoteGroup({ shown, index, onWriting }: NoteGroupProps) {
  const id = useId()
  const notes = useStore(session, (state) => state.notes)
  const looks = useStore(session, whyReadOnly)
  // A field that goes away with the focus never tells of leaving it.
  useEffect(() => () => onWriting(false), [onWriting])
  const { own, others } = notesOn(notes, shown, index)
  return (
    <>
      <h3 id={`${id}title`}>Note</h3>
      <textarea
        id={noteFieldId}
        className="note-field"
        rows={2}
        aria-labelledby={`${id}title`}
        maxLength={longestNote}
        // Not disabled while a run goes: the focus would stay on the strip, where letters are commands.
        readOnly={looks !== null || shown.run === null}
        title={looks ?? undefined}
        placeholder={shown.run === null ? 'Once the run has ended' : 'On this chunk of this run; kept with the session'}
        value={own?.note ?? ''}
        onFocus={({ currentTarget: field }) => {
          onWriting(true)
          // What stands above it may be of another chunk until the next frame.
          requestAnimationFrame(() => field.scrollIntoView({ block: 'nearest' }))
        }}
        onBlur={() => onWriting(false)}
        onChange={(event) => writeNote(index, event.target.value)}
        // Back to where the note's key was pressed: there letters are commands again.
        onKeyDown={(event) => {
          if (event.key !== 'Escape' || event.nativeEvent.isComposing) return
          event.preventDefault()
          const strip = document.querySelector<HTMLElement>(`[data-chunk="${index}"]`)
          ;(strip ?? document.getElementById(inspectorId))?.focus()
        }}
      />
      {others.length > 0 && (
        <ul className="notes-other" aria-label="Notes of other runs on this text">
          {others.map((note) => (
            <li key={`${note.run} ${note.place.from} ${note.place.to}`}>
              <p>{note.note}</p>
              <small>
                another run, tokens {note.place.from} to {note.place.to - 1}, {new Date(note.written).toLocaleString()}
              </small>
              <button type="button" className="linkish" disabled={looks !== null} onClick={() => dropNote(note)}>
                Remove
              </button>
            </li>
          ))}
        </ul>
      )}
    </>
  )
}
