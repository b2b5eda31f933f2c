/** The plans in their columns: the settings that differ, each edited in place, linked where they must stay equal. */
import { useState } from 'react'
import { useStore } from 'zustand'
import { letterOf, mostCompared } from '../../../shared/comparison.ts'
import { Icon } from '../../parts/Icon.tsx'
import { Pane } from '../../parts/Pane.tsx'
import { columns, differing, fields, isFresh, offered, showField, toggleLink } from '../../state/columns.ts'
import { cancelComparing, cloneLast, runPlans, swap, whyNotRun } from '../../state/comparing.ts'
import { comparisons } from '../../state/comparisons.ts'
import { engine } from '../../state/engine.ts'
import { fieldNames } from '../../state/plan.ts'
import { say } from '../../state/view.ts'
import { ColumnHead } from './ColumnHead.tsx'
import { focusField, PlanField, saidOf } from './PlanField.tsx'

export function Plans() {
  const { columns: all, opened, links } = useStore(columns)
  const [everything, setEverything] = useState(false)
  const apart = differing(all)
  const shown = fields.filter(
    (field) => everything || apart.has(field) || opened.has(field) || (apart.size === 0 && offered.includes(field)),
  )
  const same = fields.filter((field) => !shown.includes(field))
  return (
    <Pane
      title="Plans"
      note={apart.size === 0 ? 'the same in everything: change a setting of one' : 'settings that differ'}
      aside={
        <span className="compare-acts">
          <label className="field check">
            <input type="checkbox" checked={everything} onChange={(event) => setEverything(event.target.checked)} />
            all settings
          </label>
          <Acts />
        </span>
      }
    >
      <div className="compare-scroll">
        <table className="compare-plans" style={{ minWidth: 204 + 206 * all.length }}>
          <caption className="unseen">Settings of the plans</caption>
          <thead>
            <tr>
              <th scope="col">setting</th>
              {all.map((column, at) => (
                <ColumnHead key={column.key} column={column} at={at} />
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((field) => (
              <tr key={field} data-field={field} data-differs={apart.has(field) || undefined}>
                <th scope="row">
                  {fieldNames[field]}
                  <button
                    type="button"
                    className="plain compare-link"
                    aria-pressed={links.has(field)}
                    aria-label={`Keep ${fieldNames[field]} equal`}
                    title={links.has(field) ? 'Linked: the same in all columns' : 'Not linked: each column its own'}
                    onClick={() => toggleLink(field)}
                  >
                    <Icon name={links.has(field) ? 'linked' : 'unlinked'} />
                  </button>
                </th>
                {all.map((column, at) => (
                  <td key={column.key}>
                    <PlanField column={column} letter={letterOf(at)} field={field} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <Coming />
      {same.length > 0 && all[0] !== undefined && (
        <p className="compare-same">
          <span className="quiet">the same in all:</span>
          {same.map((field) => (
            <button
              key={field}
              type="button"
              className="linkish"
              title={`Change ${fieldNames[field]}`}
              onClick={() => {
                showField(field)
                focusField(field)
              }}
            >
              {fieldNames[field]} <span className="compare-value">{all[0] && saidOf(all[0].draft, field)}</span>
            </button>
          ))}
        </p>
      )}
    </Pane>
  )
}

/** What has come of the answer that is being decoded: partial until its run is whole. */
function Coming() {
  const running = useStore(comparisons, (state) => state.running)
  const at = useStore(columns, (state) => state.columns.findIndex(({ key }) => key === running?.key))
  if (running === null || at === -1) return null
  return (
    <p className="compare-coming">
      <span className="compare-letter">{letterOf(at)}</span>{' '}
      {running.tokens.map(({ text }) => text).join('') || <span className="quiet">waiting for its first token</span>}
      <span className="caret" />
    </p>
  )
}

function Acts() {
  const all = useStore(columns, (state) => state.columns)
  const running = useStore(comparisons, (state) => state.running !== null)
  const cancelling = useStore(comparisons, (state) => state.cancelling)
  const ready = useStore(engine, (state) => state.status.state === 'ready')
  const waiting = all.filter((column) => !isFresh(column)).length
  const reason = ready ? whyNotRun(all) : 'The engine is not ready.'
  return (
    <>
      <button
        type="button"
        disabled={all.length >= mostCompared || all.length === 0}
        title={all.length >= mostCompared ? 'Four stand already' : 'The last plan once more'}
        onClick={cloneLast}
      >
        Clone to {letterOf(Math.min(all.length, mostCompared - 1))} <kbd>Ctrl+D</kbd>
      </button>
      <button type="button" disabled={all.length < 2} title="Exchange A and B (Ctrl+Shift+X)" onClick={() => swap()}>
        Swap A, B
      </button>
      {running ? (
        <button type="button" className="run-button" disabled={cancelling} onClick={cancelComparing}>
          {cancelling ? 'Cancelling…' : 'Cancel'} <kbd>Esc Esc</kbd>
        </button>
      ) : (
        <button
          type="button"
          className="primary run-button"
          aria-disabled={reason !== null || waiting === 0}
          title={reason ?? (waiting === 0 ? 'Every plan has its run' : undefined)}
          onClick={() => (reason === null && waiting > 0 ? void runPlans() : say(reason ?? 'Every plan has its run.'))}
        >
          {waiting === 0 ? 'All run' : `Run ${waiting === 1 ? 'the new plan' : `${waiting} plans`}`} <kbd>Ctrl+↵</kbd>
        </button>
      )}
    </>
  )
}
