/** How the states of models and downloads are said. */
import type { HubDownload } from '../../../shared/hub.ts'
import { describeProgress } from '../../parts/ProgressBar.tsx'
import type { Verifying } from '../../state/models.ts'

/** What a model was found to be, or that nobody has looked since it was imported. */
export function sayVerifying(verifying: Verifying | undefined): { readonly text: string; readonly bad: boolean } {
  if (verifying === undefined) return { text: 'as imported', bad: false }
  const { phase, progress, result } = verifying
  if (phase === 'running' || phase === 'cancelling') return { text: describeProgress(progress, 'count'), bad: false }
  if (phase === 'failed') return { text: 'not verified', bad: true }
  if (result === null) return { text: 'as imported', bad: false }
  return result.holds ? { text: 'verified', bad: false } : { text: 'damaged', bad: true }
}

const states: Readonly<Record<HubDownload['state'], string>> = {
  running: 'downloading',
  paused: 'paused',
  failed: 'stopped by a fault',
  done: 'whole, not imported',
}

export function sayDownload({ state, adapter }: Pick<HubDownload, 'state' | 'adapter'>): string {
  return state === 'done' && adapter ? 'whole, an adapter: name it beside its base' : states[state]
}
