/** Keys that work everywhere; keys of one pane live in that pane. */
import { useEffect } from 'react'
import { ask, cancelRun, run } from '../../state/ask.ts'
import { watchMenu } from '../../link.ts'
import { cancelBaselines } from '../../state/baseline.ts'
import { cancelComparing, cloneFromBench, cloneLast, runPlans, swap, time } from '../../state/comparing.ts'
import { cancelBuild, openDemo } from '../../state/corpus.ts'
import { redoStep, undoStep } from '../../state/plan.ts'
import { cancelSweep } from '../../state/sweep.ts'
import { beginSweep, cancelProbe, probeSweep, stopSweep } from '../../state/sweeps.ts'
import { cancelDry } from '../../state/dry.ts'
import { begin, tryOut } from '../../state/train.ts'
import { moveStage, openDialog, say, showInspector, showScreen, view, type ScreenName } from '../../state/view.ts'

const doubleMs = 800

/** What Ctrl+Enter does on each screen, and Ctrl+Shift+Enter before it. */
const mainActs: Readonly<
  Record<ScreenName, { readonly go: () => Promise<void>; readonly tryOut: () => Promise<void> }>
> = {
  start: { go: run, tryOut: run },
  bench: { go: run, tryOut: run },
  train: { go: begin, tryOut },
  sweep: { go: beginSweep, tryOut: probeSweep },
  runs: { go: run, tryOut: run },
  compare: { go: runPlans, tryOut: time },
}

/** Listens for the global keys; `openFiles` opens the file chooser. */
export function useKeys(openFiles: () => void): void {
  useEffect(() => {
    let escaped = 0
    function onKey(event: KeyboardEvent) {
      if (event.defaultPrevented || view.getState().dialog !== null) return
      const command = event.ctrlKey || event.metaKey
      const action = command ? commandOf(event, openFiles) : plainOf(event)
      if (event.key === 'Escape') {
        const twice = event.timeStamp - escaped < doubleMs
        escaped = twice ? 0 : event.timeStamp
        if (twice) cancelAll()
        else if (ask.getState().phase === 'running') say('Press Escape again to cancel.')
      }
      if (action === undefined) return
      event.preventDefault()
      action()
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [openFiles])
}

/** Does what the desktop's menu asks; a browser has no menu. */
export function useMenu(): void {
  useEffect(() => {
    const commands: Readonly<Record<string, () => void>> = {
      start: () => showScreen('start'),
      bench: () => showScreen('bench'),
      train: () => showScreen('train'),
      sweep: () => showScreen('sweep'),
      runs: () => showScreen('runs'),
      compare: () => showScreen('compare'),
      clone: clonePlan,
      demo: () => void openDemo(),
      ask: () => void mainActs[view.getState().screen].go(),
      cancel: cancelAll,
      'undo-toggle': () => tell('Undo', undoStep()),
    }
    return watchMenu((command) => commands[command]?.())
  }, [])
}

function cancelAll(): void {
  cancelRun()
  cancelBaselines()
  cancelBuild()
  cancelSweep()
  cancelDry()
  cancelProbe()
  cancelComparing()
  if (view.getState().screen === 'sweep') void stopSweep()
}

function commandOf(event: KeyboardEvent, openFiles: () => void): (() => void) | undefined {
  switch (event.key.toLowerCase()) {
    case 'enter':
      return () => {
        const { go, tryOut: aside } = mainActs[view.getState().screen]
        void (event.shiftKey ? aside() : go())
      }
    case 'o':
      return event.shiftKey ? undefined : openFiles
    case 'i':
      return event.shiftKey ? undefined : () => showInspector(!view.getState().inspector)
    case '1':
      return () => showScreen('start')
    case '2':
      return () => showScreen('bench')
    case '3':
      return () => showScreen('train')
    case '4':
      return () => showScreen('sweep')
    case '5':
      return () => showScreen('runs')
    case '6':
      return () => showScreen('compare')
    case 'd':
      return event.shiftKey ? undefined : clonePlan
    case 'x':
      return event.shiftKey && view.getState().screen === 'compare' ? () => swap() : undefined
    case 'z':
      // A field being typed in keeps its own undo.
      if (isTyping(event.target)) return undefined
      return () => tell(event.shiftKey ? 'Redo' : 'Undo', event.shiftKey ? redoStep() : undoStep())
    default:
      return undefined
  }
}

/** On the compare screen its last plan is cloned, elsewhere that of the bench. */
function clonePlan(): void {
  if (view.getState().screen === 'compare') cloneLast()
  else cloneFromBench()
}

function plainOf(event: KeyboardEvent): (() => void) | undefined {
  if (isTyping(event.target) || event.altKey) return undefined
  const onBench = view.getState().screen === 'bench'
  switch (event.key) {
    case '?':
      return () => openDialog('shortcuts')
    case ']':
      return onBench ? () => moveStage(1) : undefined
    case '[':
      return onBench ? () => moveStage(-1) : undefined
    default:
      return undefined
  }
}

function tell(verb: string, step: string | null): void {
  say(step === null ? `Nothing to ${verb.toLowerCase()}.` : `${verb}: ${step}`)
}

function isTyping(target: EventTarget | null): boolean {
  if (target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true
  return target instanceof HTMLInputElement && !['range', 'checkbox', 'radio'].includes(target.type)
}
