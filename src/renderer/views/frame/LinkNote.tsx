/** What a link named that is not here, and what can be done about it. */
import { useStore } from 'zustand'
import { FaultNote } from '../../parts/FaultNote.tsx'
import { dismissProblems, navigation } from '../../state/navigation.ts'
import { showScreen } from '../../state/view.ts'

export function LinkNote() {
  const { problems, fault } = useStore(navigation)
  if (problems.length === 0 && fault === null) return null
  const message = [...problems, ...(fault === null ? [] : [fault.message])].join(' ')
  const remedy =
    fault?.code === 'run-missing'
      ? 'The link may come from another workbench, or the run was deleted: look for it among the runs.'
      : (fault?.remedy ?? 'Links hold a screen, a run and a selection; this one may come from another version.')
  return (
    <div className="link-note">
      <FaultNote
        what="Not all of the link could be opened."
        fault={{ code: fault?.code ?? 'bad-input', message, remedy }}
        onDismiss={dismissProblems}
        actions={
          <button
            type="button"
            onClick={() => {
              dismissProblems()
              showScreen('runs')
            }}
          >
            Look among the runs
          </button>
        }
      />
    </div>
  )
}
