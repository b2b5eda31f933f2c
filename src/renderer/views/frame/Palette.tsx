/** The palette: a field and a list of all that can be done or gone to; the arrows move, Enter does it. */
import { useEffect, useId, useMemo, useRef, useState, type KeyboardEvent } from 'react'
import { useStore } from 'zustand'
import { plural } from '../../parts/format.ts'
import { Keys } from '../../parts/Keys.tsx'
import { corpus } from '../../state/corpus.ts'
import { keep, recall } from '../../state/memory.ts'
import { listRuns, runs } from '../../state/runs.ts'
import { say } from '../../state/view.ts'
import { entriesNow, findEntries, type Found } from './entries.ts'
import { Modal } from './Modal.tsx'

const mostRecent = 12

export function Palette() {
  const id = useId()
  const [typed, setTyped] = useState('')
  const [at, setAt] = useState(0)
  const [recent] = useState(() => recall<readonly string[]>('recentCommands', []))
  const dialog = useRef<HTMLDialogElement>(null)
  const list = useRef<HTMLUListElement>(null)
  // What can be jumped to may arrive while the palette stands open.
  const kept = useStore(runs, (state) => state.list)
  const indexes = useStore(corpus, (state) => state.indexes)
  // oxlint-disable-next-line react/exhaustive-deps
  const entries = useMemo(entriesNow, [kept, indexes])
  const found = useMemo(() => findEntries(entries, typed, recent), [entries, typed, recent])
  const current = found[at]
  useEffect(() => {
    if (runs.getState().list === null) void listRuns()
  }, [])
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' })
  }, [at, found])

  function choose(choice: Found | undefined) {
    if (choice === undefined) return
    const { entry } = choice
    if (entry.why !== null) {
      say(entry.why)
      return
    }
    keep('recentCommands', [entry.id, ...recent.filter((other) => other !== entry.id)].slice(0, mostRecent))
    // The focus goes back first: what is done may take it elsewhere.
    dialog.current?.close()
    entry.act()
  }
  function onKeyDown(event: KeyboardEvent) {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
      event.preventDefault()
      dialog.current?.close()
      return
    }
    const last = found.length - 1
    const moves: Readonly<Record<string, number>> = {
      ArrowDown: at === last ? 0 : at + 1,
      ArrowUp: at === 0 ? last : at - 1,
      PageDown: Math.min(last, at + 10),
      PageUp: Math.max(0, at - 10),
    }
    const to = moves[event.key]
    if (to !== undefined) {
      event.preventDefault()
      setAt(Math.max(0, to))
    } else if (event.key === 'Enter') {
      event.preventDefault()
      choose(current)
    }
  }
  const optionId = (position: number): string => `${id}-${position}`
  return (
    <Modal ref={dialog} title="Commands" className="palette" bare>
      <input
        type="text"
        role="combobox"
        aria-label="Search or run a command"
        aria-expanded="true"
        aria-controls={`${id}list`}
        aria-activedescendant={current === undefined ? undefined : optionId(at)}
        aria-autocomplete="list"
        autoComplete="off"
        spellCheck={false}
        placeholder="Search commands, runs, indexes, sweeps and trainings"
        value={typed}
        onChange={(event) => {
          setTyped(event.target.value)
          setAt(0)
        }}
        onKeyDown={onKeyDown}
      />
      <ul ref={list} id={`${id}list`} role="listbox" aria-label="Commands" tabIndex={-1}>
        {found.map((choice, position) => (
          <Option
            key={choice.entry.id}
            id={optionId(position)}
            found={choice}
            selected={position === at}
            onChoose={() => choose(choice)}
          />
        ))}
      </ul>
      {found.length === 0 && <p className="palette-none quiet">Nothing here is called so.</p>}
      <p className="unseen" role="status">
        {plural(found.length, 'entry').replace('entrys', 'entries')}
      </p>
    </Modal>
  )
}

type OptionProps = {
  readonly id: string
  readonly found: Found
  readonly selected: boolean
  readonly onChoose: () => void
}

function Option({ id, found: { entry, at }, selected, onChoose }: OptionProps) {
  return (
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events
    <li id={id} role="option" aria-selected={selected} aria-disabled={entry.why !== null} onClick={onChoose}>
      <span className="palette-words">
        <Marked text={entry.words} at={at} />
        {entry.why !== null && <span className="palette-why">{entry.why}</span>}
      </span>
      {entry.kind !== '' && <span className="palette-kind">{entry.kind}</span>}
      <Keys chords={entry.keys.slice(0, 1)} />
    </li>
  )
}

/** The text with the letters that were found. */
function Marked({ text, at }: { readonly text: string; readonly at: readonly number[] }) {
  if (at.length === 0) return <span>{text}</span>
  const found = new Set(at)
  const runsOf: { readonly from: number; marked: boolean; text: string }[] = []
  for (const [position, letter] of [...text].entries()) {
    const marked = found.has(position)
    const last = runsOf.at(-1)
    if (last?.marked === marked) last.text += letter
    else runsOf.push({ from: position, marked, text: letter })
  }
  return (
    <span>
      {runsOf.map(({ from, marked, text: part }) =>
        marked ? <mark key={from}>{part}</mark> : <span key={from}>{part}</span>,
      )}
    </span>
  )
}
