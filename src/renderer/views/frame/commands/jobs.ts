/** Commands of trainings and sweeps. */
import { probeSweep, beginSweep, stopSweep, sweeps } from '../../../state/sweeps.ts'
import { begin, checkpointNow, isTrying, pause, train, tryOut } from '../../../state/train.ts'
import { first, noEngine, on, type Commands } from './command.ts'

function trainingBusy(): string | null {
  if (isTrying()) return 'A dry run is under way.'
  return train.getState().phase === 'idle' ? null : 'A training is under way.'
}

function isTraining(): string | null {
  return train.getState().phase === 'following' ? null : 'No training that runs is looked at.'
}

function sweepBusy(): string | null {
  const { phase, probing } = sweeps.getState()
  if (probing) return 'An estimate is under way.'
  return phase === 'idle' || phase === 'reading' ? null : 'A sweep is under way.'
}

export const jobCommands = {
  'begin-training': { act: on('train', begin), whyNot: () => first(noEngine(), trainingBusy()) },
  'try-training': { act: on('train', tryOut), whyNot: () => first(noEngine(), trainingBusy()) },
  'pause-training': { act: pause, whyNot: isTraining },
  checkpoint: { act: checkpointNow, whyNot: isTraining },
  'begin-sweep': { act: on('sweep', beginSweep), whyNot: () => first(noEngine(), sweepBusy()) },
  'try-sweep': { act: on('sweep', probeSweep), whyNot: () => first(noEngine(), sweepBusy()) },
  'pause-sweep': {
    act: stopSweep,
    whyNot: () => (sweeps.getState().phase === 'following' ? null : 'No sweep that runs is looked at.'),
  },
} as const satisfies Commands
