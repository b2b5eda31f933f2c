/** The commands as they are done, a section a file. Their words and keys are in the table of commands. */
import { isCommandId, type CommandId } from '../../../shared/commandTable.ts'
import { dismissRefusal, refuse } from '../../state/view.ts'
import { benchCommands } from './commands/bench.ts'
import { cancelCommands } from './commands/cancel.ts'
import { chunkCommands } from './commands/chunks.ts'
import type { Command } from './commands/command.ts'
import { compareCommands } from './commands/compare.ts'
import { frameCommands } from './commands/frame.ts'
import { houseCommands } from './commands/house.ts'
import { jobCommands } from './commands/jobs.ts'
import { runCommands } from './commands/runs.ts'
import { sessionCommands } from './commands/session.ts'

/** Every command of the table: the compiler asks for one that no section has. */
const acts: Readonly<Record<CommandId, Command>> = {
  ...frameCommands,
  ...sessionCommands,
  ...cancelCommands,
  ...benchCommands,
  ...chunkCommands,
  ...jobCommands,
  ...runCommands,
  ...compareCommands,
  ...houseCommands,
}

/** Why a command cannot be done now; null where it can. */
export function whyNot(id: CommandId): string | null {
  return acts[id].whyNot?.() ?? null
}

/** Does a command, or says why it cannot be done. */
export function perform(id: CommandId): void {
  const reason = whyNot(id)
  if (reason !== null) return refuse(reason)
  dismissRefusal()
  void acts[id].act()
}

/** Does what the desktop's menu asks. */
export function performMenu(id: string): void {
  if (isCommandId(id)) perform(id)
}
