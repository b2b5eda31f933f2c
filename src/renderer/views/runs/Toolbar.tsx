/** Above the table: what is filtered, how it is grouped, which columns stand. */
import { useId } from 'react'
import { useStore } from 'zustand'
import { filterFields } from '../../../shared/runFilter.ts'
import { runsView, setRunsView } from '../../state/runsView.ts'
import { columnNames, columnOf, firstColumns, groupings } from './columns.ts'
import { filterId } from './keys.ts'
import type { ShownTable } from './table.ts'

export function Toolbar({ table }: { readonly table: ShownTable }) {
  const id = useId()
  const { filter: text, hideConstant } = useStore(runsView)
  const { filter, group } = table
  return (
    <div className="runs-tools">
      <div className="runs-filter">
        <input
          id={filterId}
          type="text"
          value={text}
          spellCheck={false}
          autoComplete="off"
          aria-label="Filter"
          aria-invalid={!filter.ok}
          aria-describedby={filter.ok ? `${id}help` : `${id}wrong`}
          placeholder="Filter: k:16 p<0.3 policy:learned word"
          onChange={(event) => setRunsView({ filter: event.target.value })}
          onKeyDown={(event) => {
            if (event.key !== 'Escape') return
            event.stopPropagation()
            setRunsView({ filter: '' })
          }}
        />
        {!filter.ok && (
          <p className="bad" id={`${id}wrong`} role="alert">
            <code>{filter.part}</code> {filter.message} All runs are shown meanwhile.
          </p>
        )}
        <FilterHelp id={`${id}help`} />
      </div>
      <label className="field">
        <span className="label">group by</span>
        <select value={group} onChange={(event) => setRunsView({ group: event.target.value })}>
          {groupings.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </label>
      <label className="field check">
        <input
          type="checkbox"
          checked={hideConstant}
          onChange={(event) => setRunsView({ hideConstant: event.target.checked })}
        />
        hide constant columns
      </label>
      <Columns table={table} />
    </div>
  )
}

function FilterHelp({ id }: { readonly id: string }) {
  return (
    <details className="runs-menu">
      <summary>Fields</summary>
      <div className="runs-menu-body" id={id}>
        <p>
          <code>field:value</code> equals, <code>k:8,16</code> one of, <code>p&lt;0.3</code> compares,{' '}
          <code>-field:value</code> not, <code>ppl:none</code> without the figure, <code>policy:learned*</code> begins
          with, <code>"two words"</code> together.
        </p>
        <dl className="runs-fields">
          {Object.entries(filterFields).map(([name, { about }]) => (
            <div key={name}>
              <dt>
                <code>{name}</code>
              </dt>
              <dd>{about}</dd>
            </div>
          ))}
        </dl>
      </div>
    </details>
  )
}

function Columns({ table }: { readonly table: ShownTable }) {
  const wanted = new Set(table.chosenColumns)
  function toggle(name: (typeof columnNames)[number]) {
    const next = columnNames.filter((other) => (other === name ? !wanted.has(other) : wanted.has(other)))
    // A table without a column says nothing.
    if (next.length > 0) setRunsView({ columns: next })
  }
  return (
    <details className="runs-menu">
      <summary>Columns</summary>
      <fieldset className="runs-menu-body runs-columns">
        <legend className="unseen">Columns shown</legend>
        {columnNames.map((name) => (
          <label key={name} className="field check">
            <input type="checkbox" checked={wanted.has(name)} onChange={() => toggle(name)} />
            {columnOf(name).label}
          </label>
        ))}
        <button type="button" onClick={() => setRunsView({ columns: firstColumns })}>
          As at first
        </button>
      </fieldset>
    </details>
  )
}
