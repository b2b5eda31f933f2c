/** Every key of the workbench, out of the table of commands, searchable by words and by keys. */
import { useState } from 'react'
import { scopes, type Scope } from '../../../shared/commandTable.ts'
import { Keys, chordText } from '../../parts/Keys.tsx'
import { Empty, Pane } from '../../parts/Pane.tsx'
import { plural } from '../../parts/format.ts'
import { keysIn } from '../frame/keyLines.ts'

const all = (Object.keys(scopes) as Scope[]).flatMap((scope) => keysIn(scope).map((line) => ({ ...line, scope })))

export function KeyTable() {
  const [typed, setTyped] = useState('')
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean)
  const shown = all.filter(({ words: text, keys, scope }) => {
    const whole = `${text} ${keys.map(chordText).join(' ')} ${keys.join(' ')} ${scopes[scope].words}`.toLowerCase()
    return words.every((word) => whole.includes(word))
  })
  return (
    <Pane
      title="Keyboard"
      note={
        shown.length === all.length ? plural(all.length, 'line') : `${shown.length} of ${plural(all.length, 'line')}`
      }
      aside={
        <input
          type="text"
          aria-label="Search the keys"
          placeholder="Search keys or words"
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
      }
    >
      {shown.length === 0 ? (
        <Empty
          action={
            <button type="button" onClick={() => setTyped('')}>
              Show all
            </button>
          }
        >
          No key fits.
        </Empty>
      ) : (
        <table className="key-table">
          <caption className="unseen">Keys and what they do</caption>
          <thead>
            <tr>
              <th scope="col">keys</th>
              <th scope="col">what they do</th>
              <th scope="col">where</th>
            </tr>
          </thead>
          <tbody>
            {shown.map(({ words: text, keys, scope }) => (
              <tr key={`${scope} ${text}`}>
                <td>
                  <Keys chords={keys} />
                </td>
                <td>{text}</td>
                <td className="quiet">{scopes[scope].words}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Pane>
  )
}
