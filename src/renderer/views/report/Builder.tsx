/** The report builder: what goes in on the left, the page as it will be on the right. */
import { useEffect } from 'react'
import { useStore } from 'zustand'
import { reportSections, type ReportSection } from '../../../shared/report.ts'
import { FaultNote } from '../../parts/FaultNote.tsx'
import { Pane } from '../../parts/Pane.tsx'
import { formatCount, plural } from '../../parts/format.ts'
import {
  changeReport,
  closeReport,
  report,
  reportRefusal,
  saveReport,
  toggleSection,
  type ReportDraft,
  type ReportFormat,
} from '../../state/report.ts'
import { runs } from '../../state/runs.ts'
import { listSweeps, sweeps } from '../../state/sweeps.ts'
import { Preview } from './Preview.tsx'

const sectionNames: Readonly<Record<ReportSection, string>> = {
  summary: 'Summary',
  'set-up': 'Set-up: versions, hashes, hardware, seeds',
  tables: 'Tables',
  charts: 'Charts',
  examples: 'Examples with chunk strips',
  limits: 'Limits',
  again: 'Commands and plans that make it again',
}
const formats: readonly (readonly [ReportFormat, string])[] = [
  ['html', 'HTML'],
  ['md', 'Markdown'],
  ['pdf', 'PDF'],
]

export function Builder({ draft }: { readonly draft: ReportDraft }) {
  const { saving, saveFault } = useStore(report)
  const refusal = reportRefusal(draft)
  return (
    <div className="report">
      <Pane
        title="Report"
        className="report-parts"
        aside={
          <button type="button" onClick={closeReport}>
            Back to the runs
          </button>
        }
      >
        <label className="field stacked">
          Title
          <input
            type="text"
            maxLength={200}
            value={draft.title}
            onChange={(event) => changeReport({ title: event.target.value })}
          />
        </label>
        <From draft={draft} />
        <fieldset>
          <legend>Sections</legend>
          {reportSections.map((section) => (
            <label key={section} className="field check">
              <input
                type="checkbox"
                checked={draft.sections.includes(section)}
                onChange={() => toggleSection(section)}
              />
              {sectionNames[section]}
            </label>
          ))}
        </fieldset>
        <label className="field check">
          <input
            type="checkbox"
            checked={draft.text}
            onChange={(event) => changeReport({ text: event.target.checked })}
          />
          with the text of the passages
        </label>
        {refusal !== null && <p className="bad">{refusal}</p>}
        {saveFault !== null && (
          <FaultNote
            what="The report could not be made."
            fault={saveFault}
            onDismiss={() => report.setState({ saveFault: null })}
          />
        )}
        <div className="button-row" role="group" aria-label="Save as">
          {formats.map(([format, name]) => (
            <button
              key={format}
              type="button"
              disabled={refusal !== null || saving !== null}
              onClick={() => void saveReport(format)}
            >
              {saving === format ? 'Making…' : name}
            </button>
          ))}
        </div>
        <p className="quiet">
          One file that opens without the workbench. Tables as CSV, LaTeX or Parquet: the commands with --export.
        </p>
      </Pane>
      <Preview refusal={refusal} />
    </div>
  )
}

/** The runs and sweeps that the report is of. */
function From({ draft }: { readonly draft: ReportDraft }) {
  const { list } = useStore(sweeps)
  const chosen = useStore(runs, (state) => state.chosen)
  useEffect(() => {
    if (sweeps.getState().list === null) void listSweeps()
  }, [])
  const same = chosen.size === draft.runs.length && draft.runs.every((id) => chosen.has(id))
  function toggle(folder: string, wanted: boolean): void {
    const others = draft.sweeps.filter((each) => each !== folder)
    changeReport({ sweeps: wanted ? [...others, folder] : others })
  }
  return (
    <fieldset>
      <legend>Of</legend>
      <div className="report-runs">
        <span className="grow">{draft.runs.length === 0 ? 'No runs' : plural(draft.runs.length, 'run')}</span>
        {!same && (
          <button type="button" onClick={() => changeReport({ runs: [...chosen] })}>
            Take the {formatCount(chosen.size)} chosen
          </button>
        )}
      </div>
      {(list ?? []).map(({ id, input, done, cells }) => (
        <label key={id} className="field check">
          <input
            type="checkbox"
            checked={draft.sweeps.includes(input.out)}
            onChange={(event) => toggle(input.out, event.target.checked)}
          />
          {id}{' '}
          <span className="quiet">
            {formatCount(done)} of {plural(cells, 'cell')}
          </span>
        </label>
      ))}
      {list?.length === 0 && <p className="quiet">No sweep has been measured yet.</p>}
    </fieldset>
  )
}
