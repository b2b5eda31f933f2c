/** The diagnostics dialog: what the file will hold, section by section, before it is kept. Nothing is sent anywhere. */
import { useEffect, useState } from 'react'
import { FaultNote } from '../../parts/FaultNote.tsx'
import { Loading } from '../../parts/Pane.tsx'
import { formatBytes } from '../../parts/format.ts'
import { fileOf, sectionsOf, type Section } from '../../state/diagnostics.ts'
import { download } from '../../state/files.ts'
import { gather } from '../../state/gather.ts'
import { openDialog, say } from '../../state/view.ts'
import type { FaultData } from '../../../shared/fault.ts'
import { Modal } from '../frame/Modal.tsx'

export function Diagnostics() {
  const [sections, setSections] = useState<readonly Section[] | null>(null)
  const [fault, setFault] = useState<FaultData | null>(null)
  useEffect(() => {
    void gather().then(({ gathered, fault: met }) => {
      setSections(sectionsOf(gathered))
      setFault(met)
    })
  }, [])
  function save(found: readonly Section[]) {
    const made = new Date().toISOString()
    download(
      `refrag-diagnostics-${made.slice(0, 19).replaceAll(/[-:]/g, '')}.json`,
      fileOf(found, made),
      'application/json',
    )
    say('The diagnostics file is downloaded.')
    openDialog(null)
  }
  return (
    <Modal title="Diagnostics file" className="diagnostics">
      <p className="quiet">
        One JSON file to add to a report of a defect. It holds what is listed here and nothing else: no text of
        documents, questions or answers. It is kept on this machine; nothing is sent.
      </p>
      {fault !== null && <FaultNote what="The engine did not tell all of it; the file holds the rest." fault={fault} />}
      {sections === null ? (
        <Loading label="Gathering" lines={4} />
      ) : (
        <>
          <div className="diagnostics-sections">
            {sections.map(({ name, about, content }) => {
              const text = JSON.stringify(content, null, 2)
              return (
                <details key={name}>
                  <summary>
                    <strong>{name}</strong> {about} <small>{formatBytes(new Blob([text]).size)}</small>
                  </summary>
                  {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
                  <pre tabIndex={0}>{text}</pre>
                </details>
              )
            })}
          </div>
          <div className="confirm-actions">
            <button type="button" onClick={() => openDialog(null)}>
              Cancel
            </button>
            <button type="button" className="primary" onClick={() => save(sections)}>
              Save the file
            </button>
          </div>
        </>
      )}
    </Modal>
  )
}
