/** Commands of the house: log, diagnostics, keys, cache and engine. */
import { clearCache, restartEngine } from '../../../state/house.ts'
import { isActive, jobs } from '../../../state/jobs.ts'
import { allLines, sayEntry } from '../../../state/log.ts'
import { changeSettings, settings } from '../../../state/settings.ts'
import { openDialog, say } from '../../../state/view.ts'
import { copy, noEngine, on, type Commands } from './command.ts'

/** The field that the log is filtered by. */
export const logFilterId = 'log-filter'

export const houseCommands = {
  'log-filter': { act: on('log', () => document.getElementById(logFilterId)?.focus()) },
  'log-copy': {
    act: () => copy(allLines().map(sayEntry).join('\n'), 'The log is copied.'),
    whyNot: () => (allLines().length > 0 ? null : 'Look at the log first: nothing of it is here yet.'),
  },
  diagnostics: { act: on('log', () => openDialog('diagnostics')) },
  'single-keys': {
    act: () => {
      const singleKeys = !settings.getState().now.singleKeys
      void changeSettings({ singleKeys })
      say(singleKeys ? 'Single-key shortcuts are on.' : 'Single-key shortcuts are off.')
    },
  },
  'clear-cache': { act: clearCache, whyNot: noEngine },
  'restart-engine': {
    act: () => ((jobs.getState().list ?? []).some(isActive) ? openDialog('restart') : void restartEngine()),
    whyNot: noEngine,
  },
} as const satisfies Commands
