/** The run on the page: the plan it was made with, what has arrived of it, and what it replaces. */
import { createStore } from 'zustand/vanilla'
import type { RetrievedPassage } from '../../shared/corpus.ts'
import { assertNever, type FaultData } from '../../shared/fault.ts'
import type { Chunk, Decision, Run, RunEvent, Sensed, StageName, Token } from '../../shared/run.ts'
import { isStopped, link } from '../link.ts'
import { noteFault } from './engine.ts'
import { commit } from './history.ts'
import type { Phase } from './job.ts'
import { keep, recall } from './memory.ts'
import {
  draftOf,
  edit,
  isReplacing,
  plan,
  sameCase,
  sameChunks,
  sameForced,
  settle,
  toPlan,
  type Draft,
} from './plan.ts'
import { whyReadOnly } from './sessionNow.ts'
import { refuse, say, selectChunk, view } from './view.ts'

export type StageState = { readonly state: 'waiting' | 'running' | 'done' | 'failed'; readonly ms: number | null }
/** A run as far as it has come. While it goes, what has not arrived yet is held over from the run before. */
export type Shown = {
  readonly plan: Draft
  readonly passages: readonly RetrievedPassage[]
  readonly chunks: readonly Chunk[]
  readonly decisions: readonly Decision[]
  readonly sensed: Sensed | null
  readonly tokens: readonly Token[]
  readonly stages: Readonly<Record<StageName, StageState>>
  readonly run: Run | null
  /** Tokens of this very run have come. */
  readonly answering: boolean
}

export type AskState = {
  readonly phase: Phase
  readonly shown: Shown | null
  readonly fault: FaultData | null
  readonly questions: readonly string[]
  /** The last whole run, kept in sight while the next one goes. */
  readonly before: Run | null
}

const waiting: StageState = { state: 'waiting', ms: null }
const allWaiting: Readonly<Record<StageName, StageState>> = {
  retrieve: waiting,
  compress: waiting,
  sense: waiting,
  expand: waiting,
  decode: waiting,
  measure: waiting,
}

export const ask = createStore<AskState>()(() => ({
  phase: 'idle',
  shown: null,
  fault: null,
  before: null,
  questions: recall<readonly string[]>('questions', []),
}))

let controller: AbortController | null = null

/** What is shown when a run of `draft` begins over `before`. */
export function beginShown(draft: Draft, before: Shown | null): Shown {
  const held = before ?? { passages: [], chunks: [], decisions: [], sensed: null, tokens: [] }
  return { ...held, plan: draft, stages: allWaiting, run: null, answering: false }
}

/** What is shown after an event. */
export function advance(shown: Shown, event: RunEvent): Shown {
  switch (event.type) {
    case 'stage':
      return {
        ...shown,
        stages: {
          ...shown.stages,
          [event.stage]: { state: event.state === 'start' ? 'running' : 'done', ms: event.ms },
        },
      }
    case 'retrieved':
      return { ...shown, passages: event.passages }
    case 'compressed':
      return {
        ...shown,
        chunks: event.chunks,
        decisions: event.chunks.length === shown.decisions.length ? shown.decisions : [],
      }
    case 'sensed':
      return { ...shown, sensed: event.sensed, decisions: event.decisions }
    case 'tokens':
      return { ...shown, tokens: shown.answering ? [...shown.tokens, ...event.tokens] : event.tokens, answering: true }
    case 'done': {
      const { run } = event
      const { passages, chunks, sensed, tokens } = run
      return { ...shown, passages, chunks, decisions: chunks, sensed, tokens, run, answering: true }
    }
    default:
      return assertNever(event)
  }
}

/** Why the plan cannot run yet; null when it can. */
export function whyNot(draft: Draft): string | null {
  const looking = whyReadOnly()
  if (looking !== null) return looking
  if (draft.index === '') return 'Choose an index on the start screen first.'
  return draft.question.trim() === '' ? 'Write a question first.' : null
}

/** Runs the plan; a run in progress gives way to it. */
export async function run(): Promise<void> {
  settle()
  const draft = plan.getState().present
  const reason = whyNot(draft)
  if (reason !== null) return refuse(reason)
  controller?.abort()
  const mine = new AbortController()
  controller = mine
  const before = lastWhole ?? ask.getState().shown
  remember(draft.question)
  ask.setState({ phase: 'running', fault: null, shown: beginShown(draft, ask.getState().shown) })
  say('Running.')
  try {
    for await (const event of await link().ask(toPlan(draft), { signal: mine.signal })) {
      if (controller !== mine) return
      take(event)
    }
    if (controller !== mine) return
    if (mine.signal.aborted) stop('cancelled', null, before)
    else if (ask.getState().phase !== 'done') throw new Error('The engine ended the run without a result.')
  } catch (error) {
    if (controller !== mine) return
    if (mine.signal.aborted || isStopped(error)) stop('cancelled', null, before)
    else stop('failed', noteFault('run the plan', error), before)
  }
}

/** Shows a kept run, and takes its plan as the one being edited unless `takePlan` is false; a run in progress is left. */
export function openRun(run: Run, takePlan = true): void {
  controller?.abort()
  controller = null
  const opened = draftOf(run.plan)
  const { present } = plan.getState()
  // What is pinned is pinned of the text: another run of the same case shows it too.
  const draft = takePlan && sameCase(opened, present) ? { ...opened, pins: present.pins } : opened
  const { timings } = run
  const done = (ms: number): StageState => ({ state: 'done', ms })
  const shown: Shown = {
    ...advance(beginShown(draft, null), { type: 'done', run }),
    stages: {
      retrieve: done(timings.retrieveMs),
      compress: done(timings.tokenizeMs + timings.compressMs),
      sense: done(timings.senseMs),
      expand: done(timings.layoutMs + timings.prefillMs),
      decode: done(timings.sampleMs + timings.decodeMs),
      measure: { state: 'done', ms: null },
    },
  }
  // Nothing is shown while the plan changes: what is forced in it must not look like a toggle, which runs by itself.
  ask.setState({ shown: null })
  if (takePlan) edit((history) => commit(history, 'Open a kept run', draft))
  lastWhole = shown
  ask.setState({ phase: 'done', shown, fault: null, before: run })
  selectChunk(null)
}

/** Lets go of what is shown, and of a run in progress. */
export function closeRun(): void {
  controller?.abort()
  controller = null
  lastWhole = null
  ask.setState({ phase: 'idle', shown: null, fault: null, before: null })
}

/** Stops the run at the next token. */
export function cancelRun(): void {
  if (ask.getState().phase !== 'running') return
  ask.setState({ phase: 'cancelling' })
  say('Cancelling.')
  controller?.abort()
}

let lastWhole: Shown | null = null

function take(event: RunEvent): void {
  const { shown } = ask.getState()
  if (shown === null) return
  const next = advance(shown, event)
  if (event.type !== 'done') {
    ask.setState({ shown: next })
    return
  }
  lastWhole = next
  ask.setState({ shown: next, phase: 'done', before: event.run })
  say(`Answer: ${event.run.answer}. Time to first token ${event.run.timings.ttftMs.toFixed(0)} milliseconds.`)
}

/** Ends a run early: its own tokens stay as a partial answer, else the run before comes back. */
function stop(phase: 'cancelled' | 'failed', fault: FaultData | null, before: Shown | null): void {
  const { shown } = ask.getState()
  const kept = shown === null || shown.answering || before === null ? shown : before
  const stages = kept === null ? null : endStages(kept.stages)
  ask.setState({ phase, fault, shown: kept === null || stages === null ? null : { ...kept, stages } })
  say(fault === null ? 'Cancelled.' : `The run failed. ${fault.message}`)
}

function endStages(stages: Shown['stages']): Shown['stages'] {
  const entries = Object.entries(stages).map(([name, stage]) => [
    name,
    stage.state === 'running' ? { ...stage, state: 'failed' } : stage,
  ])
  return Object.fromEntries(entries) as Shown['stages']
}

function remember(question: string): void {
  const questions = [question, ...ask.getState().questions.filter((other) => other !== question)].slice(0, 50)
  keep('questions', questions)
  ask.setState({ questions })
}

const settleMs = 250
let rerun: ReturnType<typeof setTimeout> | undefined

/** Runs again after a chunk was forced by hand, once the hand rests; returns the way to stop. */
export function startAutoRun(): () => void {
  return plan.subscribe((now, before) => {
    const { shown } = ask.getState()
    if (shown === null || !view.getState().autoRun || isReplacing() || whyReadOnly() !== null) return
    if (sameForced(now.present.forced, before.present.forced) || !sameChunks(now.present, shown.plan)) return
    clearTimeout(rerun)
    rerun = setTimeout(() => void run(), settleMs)
  })
}
