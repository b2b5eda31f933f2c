/** Commands of the models screen. */
import { hubSearchId } from '../../models/keys.ts'
import { noEngine, on, type Commands } from './command.ts'

export const modelCommands = {
  'models-hub': { act: on('models', () => document.getElementById(hubSearchId)?.focus()), whyNot: noEngine },
} as const satisfies Commands
