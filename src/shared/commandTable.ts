/**
 * The table of commands: what each is called, its keys, and where they are heard. The page acts on them, the palette holds all of
 * them, the desktop's menu shows some, and the help and the settings list their keys.
 */

/** Where keys are heard: on every screen, on one, or in one pane of it while the focus is there. */
export const scopes = {
  everywhere: { words: 'Everywhere', within: null },
  corpus: { words: 'Corpus', within: 'everywhere' },
  bench: { words: 'Bench', within: 'everywhere' },
  chunks: { words: 'Chunks', within: 'bench' },
  answer: { words: 'Answer', within: 'bench' },
  compare: { words: 'Compare', within: 'everywhere' },
  train: { words: 'Train', within: 'everywhere' },
  sweep: { words: 'Sweep', within: 'everywhere' },
  map: { words: 'Heat maps', within: 'sweep' },
  runs: { words: 'Runs', within: 'everywhere' },
  lanes: { words: 'Decisions', within: 'compare' },
  log: { words: 'Log', within: 'everywhere' },
} as const satisfies Readonly<Record<string, { readonly words: string; readonly within: string | null }>>
export type Scope = keyof typeof scopes

export type CommandRow = {
  readonly words: string
  /** What the palette finds it by besides its words. */
  readonly also?: string
  readonly keys?: readonly string[]
  readonly scope: Scope
  /** The pane hears the keys itself: it knows what its focus stands on. */
  readonly heardBy?: 'pane'
  /** The keys are the browser's own in a browser. */
  readonly on?: 'desktop'
  /** Whether the keys are heard while a field is typed in; those with Ctrl are, unless it says otherwise. */
  readonly inFields?: boolean
}

export const commandTable = {
  palette: { words: 'Search or run a command', keys: ['Ctrl+K', 'Ctrl+Shift+P', 'F1'], scope: 'everywhere' },
  help: { words: 'Keyboard shortcuts', also: 'help keys', keys: ['?', 'Ctrl+/'], scope: 'everywhere' },

  start: { words: 'Go to Start', keys: ['Ctrl+1'], scope: 'everywhere' },
  corpus: { words: 'Go to Corpus', also: 'documents index reader', keys: ['Ctrl+2'], scope: 'everywhere' },
  bench: { words: 'Go to Bench', keys: ['Ctrl+3'], scope: 'everywhere' },
  compare: { words: 'Go to Compare', also: 'side by side', keys: ['Ctrl+4'], scope: 'everywhere' },
  sweep: { words: 'Go to Sweep', keys: ['Ctrl+5'], scope: 'everywhere' },
  train: { words: 'Go to Train', keys: ['Ctrl+6'], scope: 'everywhere' },
  runs: { words: 'Go to Runs', keys: ['Ctrl+7'], scope: 'everywhere' },
  settings: { words: 'Settings', also: 'preferences options', keys: ['Ctrl+,'], scope: 'everywhere' },
  log: { words: 'Log', also: 'errors messages', scope: 'everywhere' },
  back: { words: 'Back', keys: ['Alt+ArrowLeft'], scope: 'everywhere' },
  forward: { words: 'Forward', keys: ['Alt+ArrowRight'], scope: 'everywhere' },
  'copy-link': { words: 'Copy a link to this view', keys: ['Ctrl+L'], scope: 'everywhere', on: 'desktop' },

  inspector: { words: 'Show or hide the inspector', keys: ['Ctrl+I'], scope: 'everywhere' },
  jobs: { words: 'Show or hide the jobs', also: 'tray background', keys: ['Ctrl+J'], scope: 'everywhere' },
  theme: { words: 'Next theme: system, light, dark', scope: 'everywhere' },
  density: { words: 'Comfortable or compact', also: 'density', scope: 'everywhere' },

  demo: { words: 'Open the demo', keys: ['Ctrl+Shift+D'], scope: 'everywhere' },
  'open-files': {
    words: 'Open files: documents or a session',
    also: 'index corpus refrag',
    keys: ['Ctrl+O'],
    scope: 'everywhere',
  },
  'new-session': { words: 'New session', keys: ['Ctrl+N'], scope: 'everywhere', on: 'desktop' },
  'rename-session': { words: 'Rename the session', scope: 'everywhere' },
  'save-copy': {
    words: 'Save a copy of the session as a file',
    also: 'export refrag',
    keys: ['Ctrl+Shift+S'],
    scope: 'everywhere',
  },
  snapshot: { words: 'Snapshot of the plan under a name', also: 'save keep', keys: ['Ctrl+S'], scope: 'everywhere' },
  history: { words: 'History: steps of undo and snapshots', keys: ['Ctrl+Shift+H'], scope: 'everywhere' },
  undo: { words: 'Undo', keys: ['Ctrl+Z'], scope: 'everywhere', inFields: false },
  redo: { words: 'Redo', keys: ['Ctrl+Shift+Z', 'Ctrl+Y'], scope: 'everywhere', inFields: false },
  cancel: { words: 'Cancel what runs', also: 'stop', keys: ['Esc Esc'], scope: 'everywhere' },

  ask: { words: 'Run the plan', also: 'ask question', keys: ['Ctrl+Enter'], scope: 'bench' },
  'next-stage': { words: 'Next stage', keys: [']'], scope: 'bench' },
  'previous-stage': { words: 'Previous stage', keys: ['['], scope: 'bench' },
  baselines: { words: 'Run full context and all compressed beside it', also: 'baseline', scope: 'bench' },
  'auto-run': { words: 'Run again after a toggle: on or off', scope: 'bench' },
  chart: { words: 'Measure TTFT against k and p', also: 'chart', scope: 'bench' },
  'copy-command': { words: 'Copy the plan as a command', also: 'terminal cli', scope: 'bench' },

  'chunk-flip': { words: 'Flip the chunk', keys: ['Space'], scope: 'chunks', heardBy: 'pane' },
  'chunk-expand': { words: 'Expand the chunk by hand', keys: ['E'], scope: 'chunks', heardBy: 'pane' },
  'chunk-compress': { words: 'Compress the chunk by hand', keys: ['C'], scope: 'chunks', heardBy: 'pane' },
  'chunk-policy': { words: 'Let the policy decide on the chunk', keys: ['X'], scope: 'chunks', heardBy: 'pane' },
  'chunk-lock': { words: 'Lock the chunk, or unlock it', keys: ['L'], scope: 'chunks', heardBy: 'pane' },
  'chunk-pin': { words: 'Pin the chunk, or unpin it', also: 'mark', keys: ['P'], scope: 'chunks', heardBy: 'pane' },
  'chunk-note': { words: 'Write a note on the chunk', also: 'comment', keys: ['N'], scope: 'chunks', heardBy: 'pane' },
  'passage-expand': { words: 'Expand the whole passage by hand', keys: ['Alt+E'], scope: 'chunks', heardBy: 'pane' },
  'select-all': { words: 'Select all chunks', keys: ['Ctrl+A'], scope: 'chunks', heardBy: 'pane' },
  'select-others': {
    words: 'Select the other chunks',
    also: 'invert selection',
    keys: ['Ctrl+Shift+I'],
    scope: 'chunks',
    heardBy: 'pane',
  },
  'strip-closer': { words: 'Look closer at the strip', also: 'zoom in', keys: ['='], scope: 'chunks', heardBy: 'pane' },
  'strip-farther': {
    words: 'Look at the strip from farther',
    also: 'zoom out minimap',
    keys: ['-'],
    scope: 'chunks',
    heardBy: 'pane',
  },
  'keep-share': { words: 'Keep p when a chunk is forced: on or off', also: 'budget', scope: 'bench' },
  'free-answer': { words: 'Let the answer begin freely', also: 'branch prefix alternative', scope: 'bench' },
  'chunk-what-if': { words: 'What if the chunk were flipped', keys: ['W'], scope: 'chunks', heardBy: 'pane' },
  'what-if-all': { words: 'What if each chunk were flipped', keys: ['Shift+W'], scope: 'chunks', heardBy: 'pane' },
  'best-set': { words: 'Search the best set of flips', also: 'greedy', scope: 'bench' },
  shapley: { words: 'Sample Shapley values of the chunks', scope: 'bench' },
  contribution: { words: 'What each chunk contributes to the answer', also: 'attention leave one out', scope: 'bench' },

  'begin-training': { words: 'Begin the training', keys: ['Ctrl+Enter'], scope: 'train' },
  'try-training': { words: 'Dry run of the training', keys: ['Ctrl+Shift+Enter'], scope: 'train' },
  'pause-training': { words: 'Pause the training', scope: 'train' },
  checkpoint: { words: 'Keep a checkpoint now', scope: 'train' },

  'begin-sweep': { words: 'Begin the sweep', also: 'measure grid', keys: ['Ctrl+Enter'], scope: 'sweep' },
  'try-sweep': { words: 'Estimate the sweep', keys: ['Ctrl+Shift+Enter'], scope: 'sweep' },
  'pause-sweep': { words: 'Pause the sweep', scope: 'sweep' },

  'run-star': { words: 'Star the run', keys: ['S'], scope: 'runs', heardBy: 'pane' },
  'run-tag': { words: 'Tag the run, or the chosen runs', also: 'label', keys: ['T'], scope: 'runs', heardBy: 'pane' },
  'run-bench': { words: 'Open the run on the bench', keys: ['B'], scope: 'runs', heardBy: 'pane' },
  'run-delete': { words: 'Delete the chosen runs', keys: ['Del'], scope: 'runs', heardBy: 'pane' },
  'run-filter': { words: 'Filter the runs', keys: ['/'], scope: 'runs', heardBy: 'pane' },
  'run-compare': { words: 'Put the chosen runs side by side', also: 'compare', scope: 'runs' },
  'run-report': { words: 'Report of the chosen runs', also: 'export html pdf markdown', scope: 'runs' },

  'clone-plan': {
    words: 'Clone the plan to the next column of Compare',
    also: 'duplicate beside',
    keys: ['Ctrl+D'],
    scope: 'everywhere',
  },
  'compare-chosen': { words: 'Compare the chosen runs in full', scope: 'runs' },
  'run-plans': { words: 'Run what is compared', keys: ['Ctrl+Enter'], scope: 'compare' },
  'time-plans': {
    words: 'Time the plans in turn',
    also: 'repeats rounds',
    keys: ['Ctrl+Shift+Enter'],
    scope: 'compare',
  },
  'swap-plans': { words: 'Exchange A and B', keys: ['Ctrl+Shift+X'], scope: 'compare' },
  'new-comparison': { words: 'New comparison', also: 'clear compare', scope: 'compare' },
  'blind-vote': { words: 'Begin a blind vote', also: 'compare', scope: 'compare' },
  'vote-first': { words: 'Blind vote: the first is better', keys: ['1'], scope: 'compare' },
  'vote-second': { words: 'Blind vote: the second is better', keys: ['2'], scope: 'compare' },
  'vote-tie': { words: 'Blind vote: a tie', keys: ['0'], scope: 'compare' },
  'lane-flip': { words: 'Flip the chunk in its plan', keys: ['Space'], scope: 'lanes', heardBy: 'pane' },

  'log-filter': { words: 'Filter the log', keys: ['/'], scope: 'log' },
  'log-copy': { words: 'Copy the log', scope: 'log' },
  diagnostics: { words: 'Make a diagnostics file', also: 'bug report', scope: 'log' },

  'single-keys': { words: 'Single-key shortcuts: on or off', scope: 'everywhere' },
  'clear-cache': { words: 'Clear the cache of chunk embeddings', scope: 'everywhere' },
  'restart-engine': { words: 'Restart the engine', scope: 'everywhere' },
} as const satisfies Readonly<Record<string, CommandRow>>
export type CommandId = keyof typeof commandTable

export const commandIds = Object.keys(commandTable) as CommandId[]

/** The row of a command, with its fields whether it has them or not. */
export function rowOf(id: CommandId): CommandRow {
  return commandTable[id]
}

/** True for the id of a command; ids come from the menu too. */
export function isCommandId(id: string): id is CommandId {
  return Object.hasOwn(commandTable, id)
}

/** Keys that move within a pane and mean nothing outside it: listed with the commands, heard by their pane. */
export const moves: readonly { readonly words: string; readonly keys: readonly string[]; readonly scope: Scope }[] = [
  { words: 'Earlier and later question, in its field', keys: ['Alt+ArrowUp', 'Alt+ArrowDown'], scope: 'bench' },
  { words: 'Along the strip', keys: ['ArrowLeft', 'ArrowRight'], scope: 'chunks' },
  { words: 'A passage back or on', keys: ['ArrowUp', 'ArrowDown'], scope: 'chunks' },
  { words: 'First and last chunk', keys: ['Home', 'End'], scope: 'chunks' },
  { words: 'A page of chunks', keys: ['PageUp', 'PageDown'], scope: 'chunks' },
  {
    words: 'Select several',
    keys: ['Shift+ArrowLeft', 'Shift+ArrowRight', 'Shift+ArrowUp', 'Shift+ArrowDown', 'Shift+Home', 'Shift+End'],
    scope: 'chunks',
  },
  { words: 'Details in the inspector', keys: ['Enter'], scope: 'chunks' },
  { words: 'Along the answer', keys: ['ArrowLeft', 'ArrowRight', 'Home', 'End'], scope: 'answer' },
  { words: 'Go on from an alternative of the token', keys: ['1', '2', '3', '4', '5'], scope: 'answer' },

  { words: 'Over the map', keys: ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown'], scope: 'map' },
  { words: 'What a cell came to', keys: ['Space'], scope: 'map' },
  { words: 'Take its plan to the bench', keys: ['Enter'], scope: 'map' },
  { words: 'Over the decisions', keys: ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown'], scope: 'lanes' },
  { words: 'Next and previous run; the details follow', keys: ['J', 'K'], scope: 'runs' },
  { words: 'Choose the run', keys: ['Space'], scope: 'runs' },
  { words: 'Details of the run', keys: ['Enter'], scope: 'runs' },
]

/** A scope and those around it, the innermost first. */
export function around(scope: Scope): readonly Scope[] {
  const { within } = scopes[scope]
  return within === null ? [scope] : [scope, ...around(within)]
}
