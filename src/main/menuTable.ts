/** The commands that stand in the menu; their ids reach the page, which does the work. */

export type MenuItem = { readonly command: string; readonly label: string; readonly accelerator?: string }
export type MenuGroup = { readonly label: string; readonly items: readonly MenuItem[] }

export const menuTable: readonly MenuGroup[] = [
  {
    label: 'File',
    items: [{ command: 'demo', label: 'Open the demo', accelerator: 'CmdOrCtrl+Shift+D' }],
  },
  {
    label: 'Go',
    items: [
      { command: 'start', label: 'Start', accelerator: 'CmdOrCtrl+1' },
      { command: 'bench', label: 'Bench', accelerator: 'CmdOrCtrl+2' },
      { command: 'train', label: 'Train', accelerator: 'CmdOrCtrl+3' },
      { command: 'sweep', label: 'Sweep', accelerator: 'CmdOrCtrl+4' },
      { command: 'runs', label: 'Runs', accelerator: 'CmdOrCtrl+5' },
      { command: 'compare', label: 'Compare', accelerator: 'CmdOrCtrl+6' },
    ],
  },
  {
    label: 'Run',
    items: [
      { command: 'ask', label: 'Ask', accelerator: 'CmdOrCtrl+Enter' },
      { command: 'cancel', label: 'Cancel' },
      { command: 'clone', label: 'Clone the plan to compare', accelerator: 'CmdOrCtrl+D' },
      { command: 'undo-toggle', label: 'Undo the last chunk', accelerator: 'CmdOrCtrl+Alt+Z' },
    ],
  },
]
