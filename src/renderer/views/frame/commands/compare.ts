/** Commands of comparisons and of blind votes. */
import { cloneFromBench, cloneLast, runPlans, swap, time, whyNotRun as whyNotPlans } from '../../../state/comparing.ts'
import { columns, isFresh } from '../../../state/columns.ts'
import { beginVote, comparisons, isVoting, newComparison, vote } from '../../../state/comparisons.ts'
import { first, isGoing, noEngine, on, onCompare, type Commands } from './command.ts'

/** On the compare screen its last plan is cloned, elsewhere that of the bench. */
function clonePlan(): void {
  if (onCompare()) cloneLast()
  else cloneFromBench()
}

function voting(): string | null {
  return isVoting() ? null : 'No blind vote goes on.'
}

function notVoting(): string | null {
  return isVoting() ? 'A blind vote goes on: end it first.' : null
}

export const compareCommands = {
  'clone-plan': { act: clonePlan, whyNot: notVoting },
  'run-plans': {
    act: on('compare', runPlans),
    whyNot: () =>
      first(
        noEngine(),
        notVoting(),
        whyNotPlans(columns.getState().columns),
        columns.getState().columns.every(isFresh) ? 'Every plan has its run.' : null,
      ),
  },
  'time-plans': {
    act: on('compare', time),
    whyNot: () =>
      first(
        noEngine(),
        notVoting(),
        comparisons.getState().shown === null ? 'Run the plans first.' : null,
        isGoing(comparisons.getState().timing.phase) ? 'They are being timed.' : null,
      ),
  },
  'swap-plans': {
    act: on('compare', () => swap()),
    whyNot: () => first(notVoting(), columns.getState().columns.length > 1 ? null : 'There are no two plans.'),
  },
  'new-comparison': { act: on('compare', newComparison), whyNot: notVoting },
  'blind-vote': {
    act: on('compare', () => beginVote(7)),
    whyNot: () => first(noEngine(), notVoting(), comparisons.getState().shown === null ? 'Run the plans first.' : null),
  },
  'vote-first': { act: () => vote('left'), whyNot: voting },
  'vote-second': { act: () => vote('right'), whyNot: voting },
  'vote-tie': { act: () => vote('tie'), whyNot: voting },
  'lane-flip': {
    act: on('compare', () => document.querySelector<HTMLElement>('.lanes [tabindex="0"]')?.focus()),
    whyNot: () => (comparisons.getState().shown === null ? 'Run the plans first.' : null),
  },
} as const satisfies Commands
