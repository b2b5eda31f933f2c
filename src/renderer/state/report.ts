/** The report that is being put together: what goes in, how it looks so far, and the file that comes out. */
import { createStore } from 'zustand/vanilla'
import type { FaultData } from '../../shared/fault.ts'
import { reportSections, type ReportInput, type ReportSection } from '../../shared/report.ts'
import { link } from '../link.ts'
import { noteFault } from './engine.ts'
import { download } from './files.ts'
import { say, showScreen } from './view.ts'

/** As many runs as one report takes. */
export const mostReported = 500

/** What a report is made of, apart from its format. */
export type ReportDraft = {
  readonly title: string
  /** Ids of kept runs. */
  readonly runs: readonly string[]
  /** Folders of sweeps. */
  readonly sweeps: readonly string[]
  readonly sections: readonly ReportSection[]
  /** With the text of the documents. */
  readonly text: boolean
}
export type ReportFormat = ReportInput['format']

export type ReportState = {
  /** Null while no report is being put together. */
  readonly draft: ReportDraft | null
  /** The page as it was last made, and what it was made from; it is stale while that is not the draft. */
  readonly preview: { readonly draft: ReportDraft; readonly html: string } | null
  readonly loading: boolean
  readonly fault: FaultData | null
  readonly saving: ReportFormat | null
  readonly saveFault: FaultData | null
}

const closed: ReportState = {
  draft: null,
  preview: null,
  loading: false,
  fault: null,
  saving: null,
  saveFault: null,
}
export const report = createStore<ReportState>()(() => closed)

/** The page waits so long after a change for another before it is made again, in milliseconds. */
const settle = 250
let waiting: ReturnType<typeof setTimeout> | undefined
let making: AbortController | null = null

/** Begins a report of runs and sweeps, on the runs screen. */
export function openReport(of: { readonly runs?: readonly string[]; readonly sweeps?: readonly string[] }): void {
  const { runs = [], sweeps = [] } = of
  const title = runs.length === 0 && sweeps.length > 0 ? 'REFRAG sweep' : 'REFRAG runs'
  report.setState({ ...closed, draft: { title, runs, sweeps, sections: [...reportSections], text: true } }, true)
  showScreen('runs')
  void makePreview()
}

export function closeReport(): void {
  clearTimeout(waiting)
  making?.abort()
  report.setState(closed, true)
}

/** Changes the draft; the page is made again when the changes have settled. */
export function changeReport(change: Partial<ReportDraft>): void {
  const { draft } = report.getState()
  if (draft === null) return
  report.setState({ draft: { ...draft, ...change } })
  clearTimeout(waiting)
  waiting = setTimeout(() => void makePreview(), settle)
}

/** Takes a section in or out; they keep their order. */
export function toggleSection(section: ReportSection): void {
  const { draft } = report.getState()
  if (draft === null) return
  const wanted = new Set(draft.sections)
  if (!wanted.delete(section)) wanted.add(section)
  changeReport({ sections: reportSections.filter((each) => wanted.has(each)) })
}

/** Why the draft makes no report; null where it does. */
export function reportRefusal({ runs, sweeps, sections }: ReportDraft): string | null {
  if (runs.length === 0 && sweeps.length === 0) return 'Choose runs in the table, or a sweep.'
  if (runs.length > mostReported) return `A report takes ${mostReported} runs at most.`
  return sections.length === 0 ? 'Choose at least one section.' : null
}

const inputOf = (draft: ReportDraft, format: ReportFormat) => ({
  ...draft,
  title: draft.title.trim() || 'Report',
  runs: [...draft.runs],
  sweeps: [...draft.sweeps],
  sections: [...draft.sections],
  format,
})

/** Makes the page of the draft that stands; one that was being made is let go. */
export async function makePreview(): Promise<void> {
  clearTimeout(waiting)
  making?.abort()
  const { draft } = report.getState()
  if (draft === null || reportRefusal(draft) !== null) {
    report.setState({ loading: false, fault: null, preview: null })
    return
  }
  const own = (making = new AbortController())
  report.setState({ loading: true, fault: null })
  try {
    const { content } = await link().report(inputOf(draft, 'html'), { signal: own.signal })
    if (!own.signal.aborted) report.setState({ preview: { draft, html: content }, loading: false })
  } catch (error) {
    if (!own.signal.aborted) report.setState({ loading: false, fault: noteFault('make the report', error) })
  }
}

const mediaTypes = { html: 'text/html', md: 'text/markdown', pdf: 'application/pdf' } as const

/** Makes the file and hands it over as a download. */
export async function saveReport(format: ReportFormat): Promise<void> {
  const { draft, saving } = report.getState()
  if (draft === null || saving !== null || reportRefusal(draft) !== null) return
  report.setState({ saving: format, saveFault: null })
  try {
    const { name, content, encoding } = await link().report(inputOf(draft, format))
    const bytes = encoding === 'utf8' ? content : Uint8Array.from(atob(content), (each) => each.charCodeAt(0))
    download(name, bytes, mediaTypes[format])
    say(`Report ${name} is downloaded.`)
    report.setState({ saving: null })
  } catch (error) {
    report.setState({ saving: null, saveFault: noteFault('make the report', error) })
  }
}
