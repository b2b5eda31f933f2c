/** Keys of the runs screen that work wherever the focus stands on it. */
import { useEffect } from 'react'
import { closeDetails, markRuns, openDetails, openOnBench, removeRuns, runs } from '../../state/runs.ts'
import { view } from '../../state/view.ts'
import type { ShownTable } from './table.ts'

/** The elements that keys go to. */
export const filterId = 'runs-filter'
export const gridId = 'runs-grid'
/** Where a tag is written: on the run in detail, and on all that are chosen. */
export const runTagId = 'run-tag'
export const chosenTagId = 'chosen-tag'

/** Puts the focus where a tag is written: on the chosen runs, else on the one in detail. */
export function focusTags(): void {
  const field = document.getElementById(chosenTagId) ?? document.getElementById(runTagId)
  const menu = field?.closest('details') ?? null
  if (menu !== null) menu.open = true
  field?.focus()
}

export function useRunKeys(table: ShownTable, current: string | null, look: (id: string) => void): void {
  const { runs: shown } = table
  useEffect(() => {
    const at = shown.findIndex(({ id }) => id === current)
    const run = shown[at]
    const move = (by: number) => (): void => {
      const next = shown[Math.max(0, Math.min(shown.length - 1, at === -1 ? 0 : at + by))]
      if (next !== undefined) look(next.id)
    }
    const actions: Readonly<Record<string, () => void>> = {
      j: move(1),
      k: move(-1),
      s: () => run && void markRuns([run.id], { star: !run.star }),
      b: () => run && void openOnBench(run.id),
      Delete: () => {
        const { chosen } = runs.getState()
        const ids = chosen.size > 0 ? [...chosen] : run === undefined ? [] : [run.id]
        void removeRuns(ids)
      },
      t: () => {
        if (run === undefined || runs.getState().chosen.size > 0 || runs.getState().opened !== null) return focusTags()
        void openDetails(run.id).then(() => requestAnimationFrame(focusTags))
      },
      '/': () => document.getElementById(filterId)?.focus(),
      Escape: () => {
        if (runs.getState().opened === null) return
        closeDetails()
        document.getElementById(gridId)?.focus()
      },
    }
    function onKey(event: KeyboardEvent) {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return
      if (view.getState().dialog !== null || document.querySelector('dialog[open]') !== null) return
      if (event.key !== 'Escape' && isTyping(event.target)) return
      const act = actions[event.key.length === 1 ? event.key.toLowerCase() : event.key]
      if (act === undefined) return
      // Escape goes on to the frame, where two of them cancel what runs.
      if (event.key !== 'Escape') event.preventDefault()
      act()
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [shown, current, look])
}

function isTyping(target: EventTarget | null): boolean {
  if (target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true
  return target instanceof HTMLInputElement && !['range', 'checkbox', 'radio'].includes(target.type)
}
