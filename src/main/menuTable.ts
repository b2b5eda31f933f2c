/** The commands that stand in the menu, by their ids; words and keys are those of the table of commands. */
import { toAccelerator } from '../shared/chord.ts'
import { rowOf, type CommandId } from '../shared/commandTable.ts'

export type MenuItem = { readonly command: CommandId; readonly label: string; readonly accelerator?: string }
export type MenuGroup = { readonly label: string; readonly items: readonly MenuItem[] }

const groups: readonly { readonly label: string; readonly commands: readonly CommandId[] }[] = [
  {
    label: 'File',
    commands: ['new-session', 'open-files', 'save-copy', 'snapshot', 'rename-session', 'demo', 'copy-link', 'settings'],
  },
  {
    label: 'Go',
    commands: ['palette', 'back', 'forward', 'start', 'corpus', 'bench', 'compare', 'sweep', 'train', 'runs', 'models'],
  },
  { label: 'Run', commands: ['ask', 'baselines', 'chart', 'clone-plan', 'cancel', 'undo', 'redo', 'history'] },
  { label: 'Show', commands: ['inspector', 'jobs', 'theme', 'density'] },
  { label: 'Workbench', commands: ['help', 'log', 'diagnostics', 'restart-engine'] },
]

export const menuTable: readonly MenuGroup[] = groups.map(({ label, commands }) => ({
  label,
  items: commands.map((command) => {
    const { words, keys = [] } = rowOf(command)
    // Two presses of a key are no accelerator; a single key would be taken from the fields.
    const chord = keys.find((key) => key.includes('+'))
    return { command, label: words, ...(chord === undefined ? {} : { accelerator: toAccelerator(chord) }) }
  }),
}))
