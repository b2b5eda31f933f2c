/** A diagnostics file: what helps to find a defect, gathered on this machine and shown before it is kept. No text of documents. */
import type { Health } from '../../shared/workbenchContract.ts'
import type { JobInfo } from '../../shared/jobList.ts'
import type { LogEntry } from '../../shared/log.ts'
import type { Place } from '../../shared/places.ts'
import type { Settings } from '../../shared/settings.ts'

export type Gathered = {
  readonly health: Health | null
  readonly settings: Settings
  readonly places: readonly Place[]
  readonly jobs: readonly JobInfo[]
  readonly lines: readonly LogEntry[]
  readonly page: {
    readonly browser: string
    readonly language: string
    readonly screen: string
    readonly pixels: string
  }
}

/** One part of the file, with what it is for. */
export type Section = { readonly name: string; readonly about: string; readonly content: unknown }

const mostLines = 2000

/** The sections of the file. The home folder is written `~`; titles, questions and messages that may quote a document are left out. */
export function sectionsOf({ health, settings, places, jobs, lines, page }: Gathered): readonly Section[] {
  const home = health?.home ?? ''
  const last = lines.slice(-mostLines)
  const sections: readonly Section[] = [
    { name: 'engine', about: 'versions, device, memory, disk, the loaded bundle', content: health },
    { name: 'page', about: 'browser, language, size of the window', content: page },
    { name: 'settings', about: 'as they stand', content: settings },
    {
      name: 'places',
      about: 'what is kept on disk, in bytes',
      content: places.map(({ name, path, bytes }) => ({ name, path, bytes })),
    },
    {
      name: 'jobs',
      about: 'kind, state and progress; no titles',
      content: jobs.map(({ kind, state, began, ended, progress, fault }) => ({
        kind,
        state,
        began,
        ended,
        stage: progress?.stage,
        done: progress?.done,
        total: progress?.total,
        fault: fault?.code,
      })),
    },
    {
      name: 'log',
      about: `the last ${mostLines.toLocaleString('en-US')} lines; of details, only where in the program they arose`,
      content: last.map(({ detail, ...entry }) => ({ ...entry, ...stackOf(detail) })),
    },
  ]
  return sections.map((section) => ({ ...section, content: withoutHome(section.content, home) }))
}

/** The file as text. */
export function fileOf(sections: readonly Section[], made: string): string {
  const parts = Object.fromEntries(sections.map(({ name, content }) => [name, content]))
  return `${JSON.stringify({ made, ...parts }, null, 2)}\n`
}

/** The lines of a stack alone: what stands before them may quote what was read. */
function stackOf(detail: string | undefined): { readonly stack?: readonly string[] } {
  const frames = (detail ?? '').split('\n').filter((line) => /^\s*at .+:\d+:\d+\)?$/.test(line))
  return frames.length === 0 ? {} : { stack: frames.map((line) => line.trim()) }
}

function withoutHome(content: unknown, home: string): unknown {
  if (home === '') return content
  const person = /^(.*?[/\\](?:Users|home)[/\\][^/\\]+)/.exec(home)?.[1]
  const text = [home, person].reduce<string>(
    (all, path) => {
      if (path === undefined) return all
      // As a path stands inside JSON.
      return all.replaceAll(JSON.stringify(path).slice(1, -1), '~')
    },
    JSON.stringify(content ?? null),
  )
  return JSON.parse(text) as unknown
}
