/** Commands of the bench: the plan, its stages, what is measured of it and asked of its run. */
import { run, whyNot as whyNotRun } from '../../../state/ask.ts'
import { baseline, runBaselines } from '../../../state/baseline.ts'
import { freeAnswer } from '../../../state/branch.ts'
import { computeContribution } from '../../../state/contribution.ts'
import { keepShare, setKeepShare } from '../../../state/hand.ts'
import { plan } from '../../../state/plan.ts'
import { planCommand } from '../../../state/planCommand.ts'
import { runSweep, sweep } from '../../../state/sweep.ts'
import { moveStage, say, setAutoRun, stages, view } from '../../../state/view.ts'
import { flipAll, sampleShapley, searchBest } from '../../../state/whatIf.ts'
import { copy, first, isGoing, noEngine, noRun, on, onBench, type Commands } from './command.ts'

export const benchCommands = {
  ask: {
    act: on('bench', run),
    whyNot: () => first(whyNotRun(plan.getState().present), noEngine()),
  },
  'next-stage': {
    act: () => moveStage(1),
    whyNot: onBench(() => (view.getState().stage === stages.at(-1) ? 'This is the last stage.' : null)),
  },
  'previous-stage': {
    act: () => moveStage(-1),
    whyNot: onBench(() => (view.getState().stage === stages[0] ? 'This is the first stage.' : null)),
  },
  baselines: {
    act: on('bench', runBaselines),
    whyNot: () => first(noEngine(), noRun(), isGoing(baseline.getState().phase) ? 'They are being run.' : null),
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
    act: () => copy(planCommand(), 'Command copied.'),
    whyNot: () => whyNotRun(plan.getState().present),
  },
  'keep-share': {
    act: () => {
      const now = !keepShare.getState().on
      setKeepShare(now)
      say(now ? 'A chunk that is forced costs another its place: p stays.' : 'A chunk that is forced counts outside p.')
    },
  },
  'free-answer': {
    act: freeAnswer,
    whyNot: () => (plan.getState().present.prefix === null ? 'The answer begins freely.' : null),
  },
  'what-if-all': { act: on('bench', flipAll), whyNot: () => first(noEngine(), noRun()) },
  'best-set': { act: on('bench', searchBest), whyNot: () => first(noEngine(), noRun()) },
  shapley: { act: on('bench', sampleShapley), whyNot: () => first(noEngine(), noRun()) },
  contribution: { act: on('bench', computeContribution), whyNot: () => first(noEngine(), noRun()) },
} as const satisfies Commands
