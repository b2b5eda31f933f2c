/** A pane: a card with a heading, and the marks of its states (empty, loading, stale). */
import type { ReactNode } from 'react'

export type PaneProps = {
  readonly title: string
  readonly note?: ReactNode
  /** Stands at the right end of the heading. */
  readonly aside?: ReactNode
  readonly stale?: boolean
  /** Shows data of the run before while this one goes. */
  readonly held?: boolean
  readonly className?: string
  readonly children: ReactNode
}

export function Pane({ title, note, aside, stale = false, held = false, className = '', children }: PaneProps) {
  return (
    <section className={`card ${className}`} aria-label={title} data-stale={stale || undefined}>
      <div className="card-head">
        <h2>{title}</h2>
        {note !== undefined && <small>{note}</small>}
        {aside !== undefined && <div className="card-aside">{aside}</div>}
      </div>
      <div className={held ? 'held' : undefined}>{children}</div>
    </section>
  )
}

/** One sentence, and the action that fills the pane. */
export function Empty({ children, action }: { readonly children: ReactNode; readonly action?: ReactNode }) {
  return (
    <div className="empty">
      <p>{children}</p>
      {action}
    </div>
  )
}

/** Grey lines where text will stand, with what is being waited for. */
export function Loading({ label, lines = 3 }: { readonly label: string; readonly lines?: number }) {
  return (
    <div className="loading">
      <span className="loading-label">{label}</span>
      {Array.from({ length: lines }, (_, line) => (
        <span key={line} className="skeleton" />
      ))}
    </div>
  )
}

/** A table that may be taller than its pane; it takes the focus so that keys can scroll it. */
export function Scroll({ className = '', children }: { readonly className?: string; readonly children: ReactNode }) {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className={`scroll ${className}`} tabIndex={0}>
      {children}
    </div>
  )
}
