/** The log: what the engine, its doors and this page did and met; followed, filtered, copied. */
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { useStore } from 'zustand'
import type { LogEntry, LogLevel, LogSource } from '../../../shared/log.ts'
import { Choice } from '../../parts/Choice.tsx'
import { CopyButton } from '../../parts/CopyButton.tsx'
import { FaultNote } from '../../parts/FaultNote.tsx'
import { Empty, Loading, Pane } from '../../parts/Pane.tsx'
import { formatCount, plural } from '../../parts/format.ts'
import { engine } from '../../state/engine.ts'
import { everything, followLog, linesOf, log, sayEntry, setLogFilter, setLogFollow } from '../../state/log.ts'
import { say } from '../../state/view.ts'
import { perform } from '../frame/commands.ts'
import { logFilterId } from '../frame/commands/house.ts'

export function Log() {
  const ready = useStore(engine, (state) => state.status.state === 'ready')
  const { entries, fault, filter } = useStore(log)
  const seen = useStore(engine, (state) => state.seen)
  const lines = useMemo(() => linesOf(entries ?? [], seen, filter), [entries, seen, filter])
  const all = useMemo(() => linesOf(entries ?? [], seen, everything).length, [entries, seen])
  const [tries, setTries] = useState(0)
  useEffect(() => (ready ? followLog() : undefined), [ready, tries])
  return (
    <main className="log">
      <h1 className="unseen">Log</h1>
      <Pane
        title="Log"
        className="log-pane"
        stale={!ready && entries !== null}
        note={
          entries === null
            ? undefined
            : lines.length < all
              ? `${formatCount(lines.length)} of ${plural(all, 'line')}`
              : plural(all, 'line')
        }
        aside={
          <button type="button" onClick={() => perform('diagnostics')}>
            Make a diagnostics file…
          </button>
        }
      >
        <Toolbar lines={lines} />
        {fault !== null && (
          <FaultNote what="The log could not be read." fault={fault} onRetry={() => setTries(tries + 1)} />
        )}
        {entries === null && lines.length === 0 && fault === null && <Loading label="Reading the log" lines={8} />}
        {entries !== null && lines.length === 0 && <Nothing filtered={all > 0} />}
        {lines.length > 0 && <Lines lines={lines} />}
      </Pane>
    </main>
  )
}

function Nothing({ filtered }: { readonly filtered: boolean }) {
  if (!filtered) return <Empty>Nothing was logged yet.</Empty>
  return (
    <Empty
      action={
        <button type="button" onClick={() => setLogFilter(everything)}>
          Show all lines
        </button>
      }
    >
      No line fits the filter.
    </Empty>
  )
}

const levels: readonly (readonly [LogLevel, string])[] = [
  ['info', 'all levels'],
  ['warning', 'warnings and errors'],
  ['error', 'errors'],
]
const sources: readonly (readonly [LogSource | 'all', string])[] = [
  ['all', 'all'],
  ['engine', 'engine'],
  ['browser door', 'browser door'],
  ['desktop door', 'desktop door'],
  ['terminal', 'terminal'],
  ['page', 'page'],
]

function Toolbar({ lines }: { readonly lines: readonly LogEntry[] }) {
  const { text, least, source } = useStore(log, (state) => state.filter)
  const follow = useStore(log, (state) => state.follow)
  return (
    <div className="log-bar">
      <input
        id={logFilterId}
        type="text"
        aria-label="Filter the log"
        placeholder="Filter by words"
        value={text}
        onChange={(event) => setLogFilter({ text: event.target.value })}
        onKeyDown={(event) => {
          if (event.key === 'Escape') setLogFilter({ text: '' })
        }}
      />
      <Choice label="level" value={least} options={levels} onChange={(value) => setLogFilter({ least: value })} />
      <Choice label="source" value={source} options={sources} onChange={(value) => setLogFilter({ source: value })} />
      <span className="grow" />
      <label className="field check">
        <input type="checkbox" checked={follow} onChange={(event) => setLogFollow(event.target.checked)} />
        stay with the last line
      </label>
      <CopyButton label="Copy" text={() => lines.map(sayEntry).join('\n')} done="Lines copied." onSay={say} />
    </div>
  )
}

/** So many lines are drawn; the filter finds the rest. */
const mostDrawn = 1000

function Lines({ lines }: { readonly lines: readonly LogEntry[] }) {
  const follow = useStore(log, (state) => state.follow)
  const box = useRef<HTMLDivElement>(null)
  const drawn = lines.slice(-mostDrawn)
  useLayoutEffect(() => {
    const { current } = box
    if (follow && current !== null) current.scrollTop = current.scrollHeight
  }, [lines, follow])
  function onScroll() {
    const { current } = box
    if (current === null) return
    const atEnd = current.scrollHeight - current.scrollTop - current.clientHeight < 24
    // Who scrolls up reads: the view stays where it is until the end is reached again.
    if (atEnd !== follow) setLogFollow(atEnd)
  }
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div ref={box} className="log-lines" role="log" aria-label="Lines" aria-live="off" tabIndex={0} onScroll={onScroll}>
      {lines.length > drawn.length && (
        <p className="quiet">The last {formatCount(drawn.length)} lines are drawn; filter to see earlier ones.</p>
      )}
      <ol>
        {drawn.map((entry, at) => (
          <Line key={`${entry.time} ${lines.length - drawn.length + at}`} entry={entry} />
        ))}
      </ol>
    </div>
  )
}

function Line({ entry: { time, level, source, message, detail } }: { readonly entry: LogEntry }) {
  const moment = new Date(time)
  return (
    <li className="log-line" data-level={level}>
      <time dateTime={time} title={moment.toLocaleString()}>
        {moment.toLocaleTimeString('en-GB')}
      </time>
      <span className="log-level">{level}</span>
      <span className="log-source">{source}</span>
      {detail === undefined ? (
        <span className="log-message">{message}</span>
      ) : (
        <details className="log-message">
          <summary>{message}</summary>
          <pre>{detail}</pre>
        </details>
      )}
    </li>
  )
}
