/** What a command is on the page, and the reasons that several of them share. */
import type { CommandId } from '../../../../shared/commandTable.ts'
import { ask } from '../../../state/ask.ts'
import { engine } from '../../../state/engine.ts'
import { say, showScreen, view, type ScreenName } from '../../../state/view.ts'

export type Command = {
  readonly act: () => unknown
  /** Why it cannot be done now; null where it can. */
  readonly whyNot?: () => string | null
}
/** The commands of one section of the table. */
export type Commands = Readonly<Partial<Record<CommandId, Command>>>

export const noEngine = (): string | null =>
  engine.getState().status.state === 'ready' ? null : 'The engine is not there; it is being started.'

export const first = (...reasons: readonly (string | null)[]): string | null =>
  reasons.find((each) => each !== null) ?? null

export const isGoing = (phase: string): boolean => phase === 'running' || phase === 'cancelling'

/** On its screen, once that is drawn. */
export function on(screen: ScreenName, act: () => unknown): () => void {
  return () => {
    if (view.getState().screen === screen) return void act()
    showScreen(screen)
    requestAnimationFrame(() => void act())
  }
}

/** A reason that is asked for on the bench alone. */
export const onBench = (why: () => string | null): (() => string | null) => {
  return () => (view.getState().screen === 'bench' ? why() : 'It is on the bench.')
}

export const onCompare = (): boolean => view.getState().screen === 'compare'

export function noRun(): string | null {
  return (ask.getState().shown?.run ?? null) === null ? 'Run the plan first.' : null
}

export async function copy(text: string, done: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text)
    say(done)
  } catch {
    say('The clipboard cannot be written.')
  }
}
