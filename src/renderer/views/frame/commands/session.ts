/** Commands of what is worked on: indexes, sessions, undo. */
import { redoPlans, undoPlans } from '../../../state/comparing.ts'
import { columns } from '../../../state/columns.ts'
import { isBuilding, openDemo } from '../../../state/corpus.ts'
import { plan, redoStep, undoStep } from '../../../state/plan.ts'
import { newSession } from '../../../state/session.ts'
import { session, whyReadOnly } from '../../../state/sessionNow.ts'
import { openDialog, say } from '../../../state/view.ts'
import { fileInputId } from '../../start/Start.tsx'
import { first, noEngine, on, onCompare, type Commands } from './command.ts'

const noSession = (): string | null => (session.getState().id === null ? 'No session is open.' : null)

function tell(verb: string, step: string | null): void {
  say(step === null ? `Nothing to ${verb.toLowerCase()}.` : `${verb}: ${step}`)
}

export const sessionCommands = {
  demo: { act: openDemo, whyNot: () => first(noEngine(), isBuilding() ? 'An index is being built.' : null) },
  'open-files': {
    act: on('start', () => document.getElementById(fileInputId)?.click()),
    whyNot: () => first(noEngine(), isBuilding() ? 'An index is being built.' : null),
  },
  'new-session': { act: newSession, whyNot: noEngine },
  'rename-session': { act: () => openDialog('rename'), whyNot: () => first(noSession(), whyReadOnly()) },
  'save-copy': { act: () => openDialog('save-copy'), whyNot: () => first(noEngine(), noSession()) },
  snapshot: { act: () => openDialog('snapshot'), whyNot: whyReadOnly },
  history: { act: () => openDialog('history') },
  undo: {
    act: () => tell('Undo', onCompare() ? undoPlans() : undoStep()),
    whyNot: () =>
      first(
        onCompare() ? null : whyReadOnly(),
        (onCompare() ? columns : plan).getState().past.length > 0 ? null : 'Nothing to undo.',
      ),
  },
  redo: {
    act: () => tell('Redo', onCompare() ? redoPlans() : redoStep()),
    whyNot: () =>
      first(
        onCompare() ? null : whyReadOnly(),
        (onCompare() ? columns : plan).getState().future.length > 0 ? null : 'Nothing to redo.',
      ),
  },
} as const satisfies Commands
