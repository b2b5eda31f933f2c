/** Tags as small marks: each can be picked and taken off, others are written beside them. */
import { useId, useState, type KeyboardEvent } from 'react'
import { Icon } from './Icon.tsx'

export type Tag = {
  readonly name: string
  /** Beside the name, such as how many of several things carry it. */
  readonly note?: string
}
export type TagsProps = {
  readonly label: string
  readonly tags: readonly Tag[]
  /** Tags in use elsewhere, offered while one is written. */
  readonly known: readonly string[]
  /** As many as there may be. */
  readonly most: number
  readonly fieldId?: string
  readonly onAdd: (tag: string) => void
  readonly onRemove: (tag: string) => void
  readonly onPick: (tag: string) => void
}

/** A tag as it is kept: without the signs that part tags and quote them. */
export function cleanTag(text: string): string {
  return text
    .replaceAll(/[",\s]+/g, ' ')
    .trim()
    .slice(0, 40)
    .trim()
}

export function Tags({ label, tags, known, most, fieldId, onAdd, onRemove, onPick }: TagsProps) {
  const id = useId()
  const [typed, setTyped] = useState('')
  const names = tags.map(({ name }) => name)
  const full = tags.length >= most
  function add() {
    const tag = cleanTag(typed)
    setTyped('')
    if (tag !== '' && !names.includes(tag)) onAdd(tag)
  }
  function onKeyDown(event: KeyboardEvent) {
    if (event.key === 'Enter' || event.key === ',') {
      event.preventDefault()
      add()
    } else if (event.key === 'Backspace' && typed === '') {
      const last = names.at(-1)
      if (last !== undefined) onRemove(last)
    }
  }
  return (
    <div className="tags" role="group" aria-label={label}>
      {tags.map(({ name, note }) => (
        <span key={name} className="tag">
          <button type="button" title={`Show runs tagged ${name}`} onClick={() => onPick(name)}>
            {name} {note !== undefined && <small>{note}</small>}
          </button>
          <button type="button" aria-label={`Remove tag ${name}`} onClick={() => onRemove(name)}>
            <Icon name="close" />
          </button>
        </span>
      ))}
      <input
        id={fieldId}
        type="text"
        list={`${id}known`}
        size={10}
        value={typed}
        disabled={full}
        aria-label={`Add a tag to ${label}`}
        placeholder={full ? `${most} at most` : 'Add a tag'}
        autoComplete="off"
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={onKeyDown}
        onBlur={add}
      />
      <datalist id={`${id}known`}>
        {known
          .filter((tag) => !names.includes(tag))
          .map((tag) => (
            <option key={tag}>{tag}</option>
          ))}
      </datalist>
    </div>
  )
}
