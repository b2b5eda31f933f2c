/** The dialogs of the frame, one at a time; what is seldom opened is loaded when it is. */
import { lazy, Suspense } from 'react'
import { useStore } from 'zustand'
import { Confirm } from '../../parts/Confirm.tsx'
import { plural } from '../../parts/format.ts'
import { restartEngine } from '../../state/house.ts'
import { isActive, jobs } from '../../state/jobs.ts'
import { openDialog, view, type DialogName } from '../../state/view.ts'

const Palette = lazy(async () => ({ default: (await import('./Palette.tsx')).Palette }))
const Shortcuts = lazy(async () => ({ default: (await import('./Shortcuts.tsx')).Shortcuts }))
const Diagnostics = lazy(async () => ({ default: (await import('../log/Diagnostics.tsx')).Diagnostics }))
const History = lazy(async () => ({ default: (await import('../session/History.tsx')).History }))
const Snapshot = lazy(async () => ({ default: (await import('../session/NameDialog.tsx')).SnapshotDialog }))
const Rename = lazy(async () => ({ default: (await import('../session/NameDialog.tsx')).RenameDialog }))
const SaveCopy = lazy(async () => ({ default: (await import('../session/SaveCopy.tsx')).SaveCopy }))

const dialogs: Readonly<Record<DialogName, () => React.ReactNode>> = {
  palette: () => <Palette />,
  shortcuts: () => <Shortcuts />,
  diagnostics: () => <Diagnostics />,
  restart: () => <RestartQuestion />,
  history: () => <History />,
  snapshot: () => <Snapshot />,
  rename: () => <Rename />,
  'save-copy': () => <SaveCopy />,
}

export function Dialogs() {
  const dialog = useStore(view, (state) => state.dialog)
  return dialog === null ? null : <Suspense fallback={null}>{dialogs[dialog]()}</Suspense>
}

function RestartQuestion() {
  const active = (jobs.getState().list ?? []).filter(isActive)
  return (
    <Confirm
      title="Restart the engine while it works?"
      keepLabel="Keep it running"
      doLabel="Restart"
      onKeep={() => openDialog(null)}
      onDo={() => {
        openDialog(null)
        void restartEngine()
      }}
    >
      {plural(active.length, 'job')} will stop: {active.map(({ title }) => title).join(', ')}. Sweeps and trainings keep
      what they have and can be gone on with; the rest begins anew.
    </Confirm>
  )
}
