/** One chunk of the strip: state by pattern, score by height, a hand where a person decided; its words where it is looked at closely. */
import { memo } from 'react'
import { Icon } from './Icon.tsx'

export type TileProps = {
  readonly index: number
  readonly expanded: boolean
  readonly forced: boolean
  /** Height of the fill, 0 to 1; signed from the middle, -1 to 1; null where there is no value. */
  readonly fill: number | null
  readonly signed: boolean
  /** It leads the selection; `among` the selection it may stand with others. */
  readonly selected: boolean
  readonly among?: boolean
  readonly stop: boolean
  readonly locked?: boolean
  readonly pinned?: boolean
  /** A person wrote something on its text. */
  readonly noted?: boolean
  /** Shorter than k. */
  readonly partial?: boolean
  readonly label: string
  /** Its text, on a card or a line. */
  readonly words?: string | null
}

/** Events are taken by the strip around it, which knows the chunk by `data-chunk`. */
export const Tile = memo(function Tile(props: TileProps) {
  const { index, expanded, forced, fill, signed, selected, stop, label } = props
  const { among = false, locked = false, pinned = false, noted = false, partial = false, words = null } = props
  // What stands on the tile is part of its name.
  const told = [
    label,
    ...(locked ? ['locked'] : []),
    ...(pinned ? ['pinned'] : []),
    ...(noted ? ['noted'] : []),
    ...(among ? ['selected'] : []),
  ].join(', ')
  return (
    <button
      type="button"
      className={`tile ${expanded ? 'tile-expanded' : 'tile-compressed'}${forced ? ' tile-forced' : ''}`}
      data-chunk={index}
      data-among={among || undefined}
      data-partial={partial || undefined}
      aria-pressed={expanded}
      aria-label={words === null ? told : `${told}: ${words}`}
      aria-current={selected || undefined}
      tabIndex={stop ? 0 : -1}
    >
      {fill !== null && !signed && <span className="tile-fill" style={{ height: `${fill * 100}%` }} />}
      {fill !== null && signed && (
        <span
          className={`tile-fill tile-signed ${fill < 0 ? 'tile-worse' : 'tile-better'}`}
          style={{ [fill < 0 ? 'top' : 'bottom']: '50%', height: `max(1px, ${Math.abs(fill) * 50}%)` }}
        />
      )}
      <span className="tile-glyph" />
      {forced && (
        <span className="tile-hand">
          <Icon name="hand" />
        </span>
      )}
      {(locked || pinned || noted) && (
        <span className="tile-marks">
          {locked && <Icon name="lock" />}
          {pinned && <Icon name="pin" />}
          {noted && <Icon name="note" />}
        </span>
      )}
      <span className="tile-index" data-index={index}>
        {words === null && index}
      </span>
      {words !== null && <span className="tile-words">{words}</span>}
    </button>
  )
})
