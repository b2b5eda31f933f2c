/** Below the strip: what its signs mean, its keys, the option that keeps p; and, with several chunks selected, what can be done to them. */
import { useStore } from 'zustand'
import { Icon } from '../../parts/Icon.tsx'
import { formatCount, plural } from '../../parts/format.ts'
import { ask } from '../../state/ask.ts'
import { keepShare, setKeepShare, toggleLocked, wish } from '../../state/hand.ts'
import { plan } from '../../state/plan.ts'
import { nameChunks, selectedOf, selection, selectOne } from '../../state/selection.ts'
import { countMarks, type Mark } from '../../state/strip.ts'
import { view } from '../../state/view.ts'
import { flipChunks } from '../../state/whatIf.ts'

/** The line that names the keys of the strip; the strip is described by it. */
export const keysId = 'strip-keys'

export function StripFoot({ marks }: { readonly marks: readonly Mark[] }) {
  const several = useStore(selection)
  const lead = useStore(view, (state) => state.chunk)
  const selected = selectedOf(several, lead)
  return (
    <div className="strip-foot">
      {selected.length > 1 ? <BulkBar selected={selected} /> : <Legend marks={marks} />}
      <p className="legend" id={keysId}>
        <span>
          <kbd>Space</kbd> flips · <kbd>E</kbd> expands · <kbd>C</kbd> compresses · <kbd>X</kbd> follows the policy ·{' '}
          <kbd>W</kbd> what if · <kbd>Shift</kbd> with arrows selects several
        </span>
        <KeepShare />
      </p>
    </div>
  )
}

function BulkBar({ selected }: { readonly selected: readonly number[] }) {
  const locked = useStore(plan, (state) => state.present.locked)
  const whole = useStore(ask, (state) => (state.shown?.run ?? null) !== null)
  const all = selected.every((index) => locked.includes(index))
  const free = selected.filter((index) => !locked.includes(index)).length
  const count = formatCount(free)
  return (
    <div className="bulk-bar" role="group" aria-label="Selected chunks">
      <span>
        <strong>{plural(selected.length, 'chunk')}</strong> selected{' '}
        <span className="quiet">
          {nameChunks(selected)}
          {free < selected.length ? `, ${selected.length - free} locked` : ''}
        </span>
      </span>
      <button type="button" disabled={free === 0} onClick={() => wish(selected, 'expand')}>
        Expand {count} <kbd>E</kbd>
      </button>
      <button type="button" disabled={free === 0} onClick={() => wish(selected, 'compress')}>
        Compress {count} <kbd>C</kbd>
      </button>
      <button type="button" disabled={free === 0} onClick={() => wish(selected, 'policy')}>
        Follow policy <kbd>X</kbd>
      </button>
      <button type="button" onClick={() => toggleLocked(selected)}>
        {all ? 'Unlock' : 'Lock'} <kbd>L</kbd>
      </button>
      <button type="button" disabled={!whole} onClick={() => void flipChunks(selected)}>
        What-if <kbd>W</kbd>
      </button>
      <button type="button" className="plain" onClick={() => selectOne(selected.at(-1) ?? 0)}>
        One only <kbd>Esc</kbd>
      </button>
    </div>
  )
}

function KeepShare() {
  const on = useStore(keepShare, (state) => state.on)
  return (
    <label
      className="field check legend-keys"
      title="A chunk that is forced to be expanded has the lowest-scored of those that the policy chose compressed in its place"
    >
      <input type="checkbox" checked={on} onChange={(event) => setKeepShare(event.target.checked)} />
      keep p when I force a chunk
    </label>
  )
}

function Legend({ marks }: { readonly marks: readonly Mark[] }) {
  const counts = countMarks(marks)
  return (
    <div className="legend">
      <span>
        <span className="swatch tile-compressed">
          <span className="tile-glyph" />
        </span>
        compressed to one embedding, {marks.length - counts.expanded}
      </span>
      <span>
        <span className="swatch tile-expanded">
          <span className="tile-glyph" />
        </span>
        expanded to tokens, {counts.expanded}
      </span>
      <span>
        <span className="swatch-hand">
          <Icon name="hand" />
        </span>
        by hand, {marks.filter((mark) => mark.forced !== null).length}
      </span>
      <span>
        <span className="swatch-sign">
          <Icon name="lock" />
        </span>
        locked
      </span>
      <span>
        <span className="swatch-sign">
          <Icon name="pin" />
        </span>
        pinned
      </span>
      <span>
        <span className="swatch-sign">
          <Icon name="note" />
        </span>
        noted
      </span>
    </div>
  )
}
