/** Commands of kept runs. */
import { mostCompared } from '../../../../shared/comparison.ts'
import { compareRuns } from '../../../state/comparing.ts'
import { openReport } from '../../../state/report.ts'
import { besideChosen, markRuns, openOnBench, removeRuns, runs } from '../../../state/runs.ts'
import { filterId, focusTags } from '../../runs/keys.ts'
import { first, noEngine, on, type Command, type Commands } from './command.ts'

/** The runs chosen, else the one whose details are open. */
function aimedRuns(): readonly string[] {
  const { chosen, opened } = runs.getState()
  if (chosen.size > 0) return [...chosen]
  return opened === null ? [] : [opened.id]
}

function onRuns(act: (ids: readonly string[]) => unknown, most = Infinity): Command {
  return {
    act: () => act(aimedRuns()),
    whyNot: () => {
      const { length } = aimedRuns()
      if (length === 0) return 'Choose a run on the screen Runs first.'
      return length > most ? 'Choose one run alone.' : null
    },
  }
}

export const runCommands = {
  'run-star': onRuns((ids) => {
    const { list } = runs.getState()
    const starred = ids.every((id) => list?.find((each) => each.id === id)?.star === true)
    return markRuns(ids, { star: !starred })
  }),
  'run-tag': { ...onRuns(() => undefined), act: on('runs', focusTags) },
  'run-bench': onRuns((ids) => openOnBench(ids[0] ?? ''), 1),
  'run-delete': onRuns(removeRuns),
  'run-filter': { act: on('runs', () => document.getElementById(filterId)?.focus()) },
  'run-compare': {
    act: on('runs', besideChosen),
    whyNot: () => (runs.getState().chosen.size > 1 ? null : 'Choose two runs or more on the screen Runs.'),
  },
  'run-report': { act: () => openReport({ runs: aimedRuns() }), whyNot: noEngine },
  'compare-chosen': {
    act: () => compareRuns([...runs.getState().chosen]),
    whyNot: () => {
      const { size } = runs.getState().chosen
      return first(noEngine(), size >= 2 && size <= mostCompared ? null : 'Choose two to four runs on the screen Runs.')
    },
  },
} as const satisfies Commands
