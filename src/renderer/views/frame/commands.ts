/** The commands as they are done: what each does, and why it cannot be done now. Their words and keys are in the table. */
import { toCommand } from '../../../shared/command.ts'
import { isCommandId, type CommandId } from '../../../shared/commandTable.ts'
import { mostCompared } from '../../../shared/comparison.ts'
import { ask, cancelRun, run, whyNot as whyNotRun } from '../../state/ask.ts'
import { baseline, cancelBaselines, runBaselines } from '../../state/baseline.ts'
import { cancelBuild, corpus, isBuilding, openDemo } from '../../state/corpus.ts'
import {
  cancelComparing,
  cloneFromBench,
  cloneLast,
  compareRuns,
  isComparing,
  redoPlans,
  runPlans,
  swap,
  time,
  undoPlans,
  whyNotRun as whyNotPlans,
} from '../../state/comparing.ts'
import { beginVote, comparisons, isVoting, newComparison, vote } from '../../state/comparisons.ts'
import { columns, isFresh } from '../../state/columns.ts'
import { cancelContribution, computeContribution } from '../../state/contribution.ts'
import { cancelDry } from '../../state/dry.ts'
import { engine } from '../../state/engine.ts'
import { clearCache, restartEngine } from '../../state/house.ts'
import { isActive, jobs } from '../../state/jobs.ts'
import { allLines, sayEntry } from '../../state/log.ts'
import { keepShare, marksNow, setKeepShare, toggleMarked, wish } from '../../state/hand.ts'
import { freeAnswer } from '../../state/branch.ts'
import { goBack, goForward, linkNow, navigation } from '../../state/navigation.ts'
import { plan, redoStep, undoStep } from '../../state/plan.ts'
import { openReport } from '../../state/report.ts'
import { besideChosen, markRuns, openOnBench, removeRuns, runs } from '../../state/runs.ts'
import { changeSettings, cycleTheme, settings } from '../../state/settings.ts'
import { newSession } from '../../state/session.ts'
import { session, whyReadOnly } from '../../state/sessionNow.ts'
import { zoom, zoomBy, zooms } from '../../state/rows.ts'
import { selectedNow, selectOthers, selectThese } from '../../state/selection.ts'
import { groupsOf } from '../../state/strip.ts'
import { cancelSweep, runSweep, sweep } from '../../state/sweep.ts'
import { beginSweep, cancelProbe, probeSweep, stopSweep, sweeps } from '../../state/sweeps.ts'
import { begin, checkpointNow, isTrying, pause, train, tryOut } from '../../state/train.ts'
import {
  moveStage,
  openDialog,
  say,
  setAutoRun,
  showInspector,
  showScreen,
  showTray,
  stages,
  view,
  type ScreenName,
} from '../../state/view.ts'
import { cancelWhatIf, flipAll, flipChunks, isBusy, sampleShapley, searchBest, whatIf } from '../../state/whatIf.ts'
import { expandPassage } from '../bench/stripKeys.ts'
import { hubSearchId } from '../models/keys.ts'
import { filterId } from '../runs/keys.ts'
import { fileInputId } from '../start/Start.tsx'

export type Command = {
  readonly act: () => unknown
  /** Why it cannot be done now; null where it can. */
  readonly whyNot?: () => string | null
}

/** The field that the log is filtered by. */
export const logFilterId = 'log-filter'

const noEngine = (): string | null =>
  engine.getState().status.state === 'ready' ? null : 'The engine is not there; it is being started.'

const first = (...reasons: readonly (string | null)[]): string | null => reasons.find((each) => each !== null) ?? null

/** On its screen, once that is drawn. */
function on(screen: ScreenName, act: () => unknown): () => void {
  return () => {
    if (view.getState().screen === screen) return void act()
    showScreen(screen)
    requestAnimationFrame(() => void act())
  }
}

const go = (screen: ScreenName): Command => ({ act: () => showScreen(screen) })

const bench = (why: () => string | null): (() => string | null) => {
  return () => (view.getState().screen === 'bench' ? why() : 'It is on the bench.')
}

const acts: Readonly<Record<CommandId, Command>> = {
  palette: { act: () => openDialog('palette') },
  help: { act: () => openDialog('shortcuts') },

  start: go('start'),
  corpus: go('corpus'),
  bench: go('bench'),
  train: go('train'),
  sweep: go('sweep'),
  runs: go('runs'),
  compare: go('compare'),
  models: go('models'),
  settings: go('settings'),
  log: go('log'),
  back: { act: goBack, whyNot: () => (navigation.getState().at > 0 ? null : 'Nothing was looked at before.') },
  forward: {
    act: goForward,
    whyNot: () => (navigation.getState().at < navigation.getState().newest ? null : 'Nothing was looked at after.'),
  },
  'copy-link': { act: () => copy(linkNow(), 'The link is copied.') },

  inspector: { act: () => showInspector(!view.getState().inspector), whyNot: bench(() => null) },
  jobs: { act: () => showTray(!view.getState().tray) },
  theme: { act: cycleTheme },
  density: {
    act: () => {
      const compact = settings.getState().now.density === 'compact'
      void changeSettings({ density: compact ? 'comfortable' : 'compact' })
      say(compact ? 'Comfortable.' : 'Compact.')
    },
  },

  demo: { act: openDemo, whyNot: () => first(noEngine(), isBuilding() ? 'An index is being built.' : null) },
  'open-files': {
    act: on('start', () => document.getElementById(fileInputId)?.click()),
    whyNot: () => first(noEngine(), isBuilding() ? 'An index is being built.' : null),
  },
  'new-session': { act: newSession, whyNot: noEngine },
  'rename-session': { act: () => openDialog('rename'), whyNot: () => first(noSession(), whyReadOnly()) },
  'save-copy': { act: () => openDialog('save-copy'), whyNot: () => first(noEngine(), noSession()) },
  snapshot: { act: () => openDialog('snapshot'), whyNot: whyReadOnly },
  history: { act: () => openDialog('history') },
  undo: {
    act: () => tell('Undo', onCompare() ? undoPlans() : undoStep()),
    whyNot: () =>
      first(
        onCompare() ? null : whyReadOnly(),
        (onCompare() ? columns : plan).getState().past.length > 0 ? null : 'Nothing to undo.',
      ),
  },
  redo: {
    act: () => tell('Redo', onCompare() ? redoPlans() : redoStep()),
    whyNot: () =>
      first(
        onCompare() ? null : whyReadOnly(),
        (onCompare() ? columns : plan).getState().future.length > 0 ? null : 'Nothing to redo.',
      ),
  },
  cancel: { act: cancelAll, whyNot: () => (isAnythingGoing() ? null : 'Nothing of this page runs.') },

  ask: {
    act: on('bench', run),
    whyNot: () => first(whyNotRun(plan.getState().present), noEngine()),
  },
  'next-stage': {
    act: () => moveStage(1),
    whyNot: bench(() => (view.getState().stage === stages.at(-1) ? 'This is the last stage.' : null)),
  },
  'previous-stage': {
    act: () => moveStage(-1),
    whyNot: bench(() => (view.getState().stage === stages[0] ? 'This is the first stage.' : null)),
  },
  baselines: {
    act: on('bench', runBaselines),
    whyNot: () => first(noEngine(), wholeRun(), isGoing(baseline.getState().phase) ? 'They are being run.' : null),
  },
  'auto-run': {
    act: () => {
      const now = !view.getState().autoRun
      setAutoRun(now)
      say(now ? 'A toggle runs the plan again.' : 'A toggle waits for Run.')
    },
  },
  chart: {
    act: on('bench', runSweep),
    whyNot: () => first(noEngine(), isGoing(sweep.getState().phase) ? 'It is being measured.' : null),
  },
  'copy-command': {
    act: () => copy(toCommand(plan.getState().present), 'Command copied.'),
    whyNot: () => whyNotRun(plan.getState().present),
  },

  'chunk-flip': onChunks((chunks) => wish(chunks, 'flip')),
  'chunk-expand': onChunks((chunks) => wish(chunks, 'expand')),
  'chunk-compress': onChunks((chunks) => wish(chunks, 'compress')),
  'chunk-policy': onChunks((chunks) => wish(chunks, 'policy')),
  'chunk-lock': onChunks((chunks) => toggleMarked('locked', chunks)),
  'chunk-pin': onChunks((chunks) => toggleMarked('pinned', chunks)),
  'passage-expand': onChunks(() => expandPassage(groupsNow(), view.getState().chunk ?? 0)),
  'select-all': {
    act: () => selectThese(marksNow().map(({ chunk }) => chunk.index)),
    whyNot: bench(anyChunks),
  },
  'select-others': { act: () => selectOthers(marksNow().length), whyNot: bench(anyChunks) },
  'strip-closer': {
    act: () => zoomBy(1),
    whyNot: bench(() => (zoom.getState().level === zooms.at(-1) ? 'This is the closest.' : null)),
  },
  'strip-farther': {
    act: () => zoomBy(-1),
    whyNot: bench(() => (zoom.getState().level === zooms[0] ? 'This is the farthest.' : null)),
  },
  'keep-share': {
    act: () => {
      const on = !keepShare.getState().on
      setKeepShare(on)
      say(on ? 'A chunk that is forced costs another its place: p stays.' : 'A chunk that is forced counts outside p.')
    },
  },
  'free-answer': {
    act: freeAnswer,
    whyNot: () => (plan.getState().present.prefix === null ? 'The answer begins freely.' : null),
  },

  'chunk-what-if': {
    act: () => flipChunks(chunksNow()),
    whyNot: bench(() => first(wholeRun(), chunksNow().length === 0 ? 'Select a chunk of the strip first.' : null)),
  },
  'what-if-all': { act: on('bench', flipAll), whyNot: () => first(noEngine(), wholeRun()) },
  'best-set': { act: on('bench', searchBest), whyNot: () => first(noEngine(), wholeRun()) },
  shapley: { act: on('bench', sampleShapley), whyNot: () => first(noEngine(), wholeRun()) },
  contribution: { act: on('bench', computeContribution), whyNot: () => first(noEngine(), wholeRun()) },

  'begin-training': { act: on('train', begin), whyNot: () => first(noEngine(), trainingBusy()) },
  'try-training': { act: on('train', tryOut), whyNot: () => first(noEngine(), trainingBusy()) },
  'pause-training': { act: pause, whyNot: isTraining },
  checkpoint: { act: checkpointNow, whyNot: isTraining },

  'begin-sweep': { act: on('sweep', beginSweep), whyNot: () => first(noEngine(), sweepBusy()) },
  'try-sweep': { act: on('sweep', probeSweep), whyNot: () => first(noEngine(), sweepBusy()) },
  'pause-sweep': {
    act: stopSweep,
    whyNot: () => (sweeps.getState().phase === 'following' ? null : 'No sweep that runs is looked at.'),
  },

  'run-star': onRuns((ids) => {
    const { list } = runs.getState()
    const starred = ids.every((id) => list?.find((each) => each.id === id)?.star === true)
    return markRuns(ids, { star: !starred })
  }),
  'run-bench': onRuns((ids) => openOnBench(ids[0] ?? ''), 1),
  'run-delete': onRuns(removeRuns),
  'run-filter': { act: on('runs', () => document.getElementById(filterId)?.focus()) },
  'run-compare': {
    act: on('runs', besideChosen),
    whyNot: () => (runs.getState().chosen.size > 1 ? null : 'Choose two runs or more on the screen Runs.'),
  },
  'run-report': { act: () => openReport({ runs: aimedRuns() }), whyNot: noEngine },

  'models-hub': { act: on('models', () => document.getElementById(hubSearchId)?.focus()), whyNot: noEngine },

  'compare-chosen': {
    act: () => compareRuns([...runs.getState().chosen]),
    whyNot: () => {
      const { size } = runs.getState().chosen
      return first(noEngine(), size >= 2 && size <= mostCompared ? null : 'Choose two to four runs on the screen Runs.')
    },
  },
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
}

/** Why a command cannot be done now; null where it can. */
export function whyNot(id: CommandId): string | null {
  return acts[id].whyNot?.() ?? null
}

/** Does a command, or says why it cannot be done. */
export function perform(id: CommandId): void {
  const reason = whyNot(id)
  if (reason !== null) say(reason)
  else void acts[id].act()
}

/** Does what the desktop's menu asks. */
export function performMenu(id: string): void {
  if (isCommandId(id)) perform(id)
}

function tell(verb: string, step: string | null): void {
  say(step === null ? `Nothing to ${verb.toLowerCase()}.` : `${verb}: ${step}`)
}

async function copy(text: string, done: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text)
    say(done)
  } catch {
    say('The clipboard cannot be written.')
  }
}

const isGoing = (phase: string): boolean => phase === 'running' || phase === 'cancelling'

const noSession = (): string | null => (session.getState().id === null ? 'No session is open.' : null)

function wholeRun(): string | null {
  return (ask.getState().shown?.run ?? null) === null ? 'Run the plan first.' : null
}

function trainingBusy(): string | null {
  if (isTrying()) return 'A dry run is under way.'
  return train.getState().phase === 'idle' ? null : 'A training is under way.'
}

function isTraining(): string | null {
  return train.getState().phase === 'following' ? null : 'No training that runs is looked at.'
}

function sweepBusy(): string | null {
  const { phase, probing } = sweeps.getState()
  if (probing) return 'An estimate is under way.'
  return phase === 'idle' || phase === 'reading' ? null : 'A sweep is under way.'
}

const onCompare = (): boolean => view.getState().screen === 'compare'

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

/** The chunks that are selected and there. */
function chunksNow(): readonly number[] {
  const count = ask.getState().shown?.chunks.length ?? 0
  return selectedNow().filter((index) => index < count)
}

function groupsNow() {
  return groupsOf(marksNow(), ask.getState().shown?.passages ?? [])
}

function anyChunks(): string | null {
  return (ask.getState().shown?.chunks ?? []).length > 0 ? null : 'There is no chunk: run the plan first.'
}

function onChunks(act: (chunks: readonly number[]) => unknown): Command {
  return {
    act: () => act(chunksNow()),
    whyNot: bench(() => (chunksNow().length === 0 ? 'Select a chunk of the strip first.' : null)),
  }
}

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

/** Whether this page waits for anything that Escape would end. */
export function isAnythingGoing(): boolean {
  const phases = [ask.getState(), baseline.getState(), corpus.getState().build, sweep.getState()]
  if (isComparing()) return true
  if (Object.values(whatIf.getState().jobs).some(isBusy)) return true
  if (phases.some(({ phase }) => isGoing(phase)) || isTrying() || sweeps.getState().probing) return true
  return view.getState().screen === 'sweep' && sweeps.getState().phase === 'following'
}

function cancelAll(): void {
  cancelRun()
  cancelBaselines()
  cancelBuild()
  cancelSweep()
  cancelComparing()
  cancelWhatIf()
  cancelContribution()
  cancelDry()
  cancelProbe()
  cancelComparing()
  if (view.getState().screen === 'sweep') void stopSweep()
}
