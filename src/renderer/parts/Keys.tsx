/** Chords of keys, as this system's keyboard has them. */
import { showChord } from '../../shared/chord.ts'

const mac = /Mac|iPhone|iPad/.test(globalThis.navigator?.platform ?? '')

/** A chord as this system writes it, for tooltips. */
export function chordText(chord: string): string {
  return chord
    .split(' ')
    .map((each) => showChord(each, mac))
    .join(' ')
}

export function Keys({ chords }: { readonly chords: readonly string[] }) {
  return chords.length === 0 ? null : (
    <span className="keys">
      {chords.map((chord) => (
        <kbd key={chord}>{chordText(chord)}</kbd>
      ))}
    </span>
  )
}
