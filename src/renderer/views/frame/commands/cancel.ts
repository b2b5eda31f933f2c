/** What two presses of Escape end: all that this page waits for. */
import { ask, cancelRun } from '../../../state/ask.ts'
import { baseline, cancelBaselines } from '../../../state/baseline.ts'
import { cancelComparing, isComparing } from '../../../state/comparing.ts'
import { cancelContribution } from '../../../state/contribution.ts'
import { cancelBuild, corpus } from '../../../state/corpus.ts'
import { cancelDry } from '../../../state/dry.ts'
import { cancelSweep, sweep } from '../../../state/sweep.ts'
import { cancelProbe, stopSweep, sweeps } from '../../../state/sweeps.ts'
import { isTrying } from '../../../state/train.ts'
import { view } from '../../../state/view.ts'
import { cancelWhatIf, isBusy, whatIf } from '../../../state/whatIf.ts'
import { isGoing, type Commands } from './command.ts'

/** Whether this page waits for anything that Escape would end. */
export function isAnythingGoing(): boolean {
  const phases = [ask.getState(), baseline.getState(), corpus.getState().build, sweep.getState()]
  if (isComparing()) return true
  if (Object.values(whatIf.getState().jobs).some(isBusy)) return true
  if (phases.some(({ phase }) => isGoing(phase)) || isTrying() || sweeps.getState().probing) return true
  return view.getState().screen === 'sweep' && sweeps.getState().phase === 'following'
}

function cancelAll(): void {
  cancelRun()
  cancelBaselines()
  cancelBuild()
  cancelSweep()
  cancelComparing()
  cancelWhatIf()
  cancelContribution()
  cancelDry()
  cancelProbe()
  if (view.getState().screen === 'sweep') void stopSweep()
}

export const cancelCommands = {
  cancel: { act: cancelAll, whyNot: () => (isAnythingGoing() ? null : 'Nothing of this page runs.') },
} as const satisfies Commands
