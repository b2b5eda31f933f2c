/** What is looked at: screen, stage, selection, and the words that a screen reader hears. */
import { createStore } from 'zustand/vanilla'
import type { StageName } from '../../shared/run.ts'
import { keep, recall } from './memory.ts'

export const screenNames = ['start', 'corpus', 'bench', 'compare', 'sweep', 'train', 'runs', 'settings', 'log'] as const
export type ScreenName = (typeof screenNames)[number]
export type DialogName =
  | 'shortcuts'
  | 'palette'
  | 'restart'
  | 'diagnostics'
  | 'history'
  | 'snapshot'
  | 'rename'
  | 'save-copy'

export type ViewState = {
  readonly screen: ScreenName
  readonly stage: StageName
  readonly inspector: boolean
  /** Whether the list of jobs stands open at the foot of the page. */
  readonly tray: boolean
  readonly dialog: DialogName | null
  /** The locked chunk, by index, and the one under the pointer, which is shown before it. */
  readonly chunk: number | null
  readonly preview: number | null
  readonly passage: string | null
  /** Whether a toggle runs the plan again by itself. */
  readonly autoRun: boolean
  /** The live region's text. */
  readonly said: string
  /** Why what was asked for last is not done; shown for a while. Another one is another object. */
  readonly refused: { readonly reason: string } | null
}

export const view = createStore<ViewState>()(() => ({
  screen: 'start',
  stage: 'measure',
  inspector: true,
  tray: recall('tray', false),
  dialog: null,
  chunk: null,
  preview: null,
  passage: null,
  autoRun: recall('autoRun', true),
  said: '',
  refused: null,
}))

/** The stages in order; the record makes the compiler ask for each. */
const stageOrder: Readonly<Record<StageName, number>> = {
  retrieve: 0,
  compress: 1,
  sense: 2,
  expand: 3,
  decode: 4,
  measure: 5,
}
export const stages = (Object.keys(stageOrder) as StageName[]).toSorted((a, b) => stageOrder[a] - stageOrder[b])

export function showScreen(screen: ScreenName): void {
  view.setState({ screen })
}

export function showStage(stage: StageName): void {
  view.setState({ stage })
}

/** Moves to the stage before or after the one shown, and stops at the ends. */
export function moveStage(by: 1 | -1): void {
  const at = stages.indexOf(view.getState().stage)
  const next = stages[at + by]
  if (next !== undefined) showStage(next)
}

export function selectChunk(chunk: number | null): void {
  view.setState({ chunk })
}

export function previewChunk(preview: number | null): void {
  view.setState({ preview })
}

export function selectPassage(passage: string | null): void {
  view.setState({ passage })
}

export function showInspector(inspector: boolean): void {
  view.setState({ inspector })
}

export function showTray(tray: boolean): void {
  keep('tray', tray)
  view.setState({ tray })
}

export function openDialog(dialog: DialogName | null): void {
  view.setState({ dialog })
}

/** Puts a sentence into the live region. */
export function say(said: string): void {
  view.setState({ said })
}

const refusedMs = 7000
let letGo: ReturnType<typeof setTimeout> | undefined

/** Says why what was asked for is not done, to be read as well as heard. */
export function refuse(reason: string): void {
  view.setState({ said: reason, refused: { reason } })
  clearTimeout(letGo)
  letGo = setTimeout(dismissRefusal, refusedMs)
}

export function dismissRefusal(): void {
  clearTimeout(letGo)
  if (view.getState().refused !== null) view.setState({ refused: null })
}

export function setAutoRun(autoRun: boolean): void {
  keep('autoRun', autoRun)
  view.setState({ autoRun })
}
