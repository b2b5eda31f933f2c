/** Chords of keys as text: one spelling for the page that hears them, the menu that shows them and the help that lists them. */

/** What a key event must tell; as in the browser. */
export type Pressed = {
  readonly key: string
  readonly ctrlKey: boolean
  readonly metaKey: boolean
  readonly altKey: boolean
  readonly shiftKey: boolean
}

const named: Readonly<Record<string, string>> = { ' ': 'Space', Escape: 'Esc', Delete: 'Del' }

/** The chord that was pressed, as `Ctrl+Shift+Z`; Cmd of a Mac counts as Ctrl. Signs are named as they are printed. */
export function chordOf({ key, ctrlKey, metaKey, altKey, shiftKey }: Pressed): string {
  const letter = /^\p{L}$/u.test(key)
  const name = named[key] ?? (letter ? key.toUpperCase() : key)
  // Shift makes a sign, and is part of it: ? is ? wherever it lies on a keyboard.
  const shift = shiftKey && (name.length > 1 || letter)
  const marks = [ctrlKey || metaKey ? 'Ctrl' : '', altKey ? 'Alt' : '', shift ? 'Shift' : '']
  return [...marks.filter((mark) => mark !== ''), name].join('+')
}

/** True for a key that is a command by itself: a letter, a digit or a sign, without Ctrl or Alt. */
export function isSingle(chord: string): boolean {
  return [...chord.replace(/^Shift\+/, '')].length === 1
}

const arrows: Readonly<Record<string, string>> = {
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
}
const macMarks: Readonly<Record<string, string>> = { Ctrl: '⌘', Alt: '⌥', Shift: '⇧' }

/** A chord as a person reads it on this system. */
export function showChord(chord: string, mac = false): string {
  const parts = chord === '+' ? ['+'] : chord.split('+').map((part) => (part === '' ? '+' : part))
  const words = parts.map((part) => arrows[part] ?? part)
  return mac ? words.map((word) => macMarks[word] ?? word).join('') : words.join('+')
}

/** A chord as Electron's menus spell it. */
export function toAccelerator(chord: string): string {
  const names: Readonly<Record<string, string>> = { Ctrl: 'CmdOrCtrl', Del: 'Delete', Esc: 'Escape' }
  return chord
    .split('+')
    .map((part) => names[part] ?? part.replace(/^Arrow/, ''))
    .join('+')
}
