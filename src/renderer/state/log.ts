/** The log on the page: the engine's lines with the page's own among them, how they are filtered, and what a diagnostics file holds. */
import { createStore } from 'zustand/vanilla'
import type { FaultData } from '../../shared/fault.ts'
import type { LogEntry, LogLevel, LogSource } from '../../shared/log.ts'
import { link } from '../link.ts'
import { engine, noteFault, type SeenFault } from './engine.ts'

export type LogFilter = { readonly text: string; readonly least: LogLevel; readonly source: LogSource | 'all' }
export type LogState = {
  /** The engine's lines, oldest first; null until it has told. */
  readonly entries: readonly LogEntry[] | null
  readonly fault: FaultData | null
  readonly filter: LogFilter
  /** The view stays with the last line. */
  readonly follow: boolean
}

export const everything: LogFilter = { text: '', least: 'info', source: 'all' }
/** Older lines stay on disk. */
const mostShown = 5000

export const log = createStore<LogState>()(() => ({ entries: null, fault: null, filter: everything, follow: true }))

export function setLogFilter(change: Partial<LogFilter>): void {
  log.setState(({ filter }) => ({ filter: { ...filter, ...change } }))
}

export function setLogFollow(follow: boolean): void {
  log.setState({ follow })
}

/** Follows the engine's log until the way to stop is taken. */
export function followLog(): () => void {
  const mine = new AbortController()
  void (async () => {
    try {
      let first = true
      for await (const more of await link().log.follow({ limit: mostShown }, { signal: mine.signal })) {
        if (mine.signal.aborted) return
        const before = first ? [] : (log.getState().entries ?? [])
        first = false
        log.setState({ entries: [...before, ...more].slice(-mostShown), fault: null })
      }
    } catch (error) {
      if (!mine.signal.aborted) log.setState({ fault: noteFault('follow the log', error) })
    }
  })()
  return () => mine.abort()
}

const levels: readonly LogLevel[] = ['info', 'warning', 'error']

/** The lines that a filter lets through, in the order of their time; what only the page met stands among the engine's. */
export function linesOf(
  entries: readonly LogEntry[],
  seen: readonly SeenFault[],
  filter: LogFilter,
): readonly LogEntry[] {
  const own = seen.filter(({ told }) => !told).map(ownEntry)
  const all = own.length === 0 ? entries : [...entries, ...own].toSorted((a, b) => a.time.localeCompare(b.time))
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean)
  const least = levels.indexOf(filter.least)
  return all.filter((entry) => {
    if (levels.indexOf(entry.level) < least) return false
    if (filter.source !== 'all' && entry.source !== filter.source) return false
    const text = `${entry.source} ${entry.message} ${entry.detail ?? ''}`.toLowerCase()
    return words.every((word) => text.includes(word))
  })
}

function ownEntry({ time, work, fault }: SeenFault): LogEntry {
  const detail = `${fault.message} ${fault.remedy}`
  return { time, level: 'error', source: 'page', message: `could not ${work}: ${fault.code}`, detail }
}

/** A line as it is copied. */
export function sayEntry({ time, level, source, message, detail }: LogEntry): string {
  return `${time} ${level} ${source}: ${message}${detail === undefined ? '' : `\n${detail.replaceAll(/^/gm, '  ')}`}`
}

/** All lines of this page's view, unfiltered. */
export function allLines(): readonly LogEntry[] {
  return linesOf(log.getState().entries ?? [], engine.getState().seen, everything)
}
