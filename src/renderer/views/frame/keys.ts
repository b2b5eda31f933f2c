/** The keys of the page: each press is looked up in the table of commands, in the scopes that hold the focus. */
import { useEffect } from 'react'
import { chordOf, isSingle } from '../../../shared/chord.ts'
import { around, commandIds, rowOf, scopes, type CommandId, type Scope } from '../../../shared/commandTable.ts'
import { watchMenu } from '../../link.ts'
import { settings } from '../../state/settings.ts'
import { say, view } from '../../state/view.ts'
import { perform, performMenu } from './commands.ts'
import { isAnythingGoing } from './commands/cancel.ts'

const doubleMs = 800

/** Panes that are scopes of their own, and how the focus shows that it stands in one. */
const panes: readonly (readonly [selector: string, scope: Scope])[] = [
  ['.strip', 'chunks'],
  ['.answer', 'answer'],
  ['.heat', 'map'],
  ['.lanes', 'lanes'],
]

/** The scopes in which keys are heard now, the innermost first. */
export function scopesNow(target: EventTarget | null = document.activeElement): readonly Scope[] {
  const { screen } = view.getState()
  const own: Scope = screen in scopes ? (screen as Scope) : 'everywhere'
  const pane = target instanceof Element ? panes.find(([selector]) => target.closest(selector) !== null) : undefined
  return around(pane !== undefined && around(pane[1]).includes(own) ? pane[1] : own)
}

/** The command of a chord in `within`; null where there is none, or its pane hears it itself. */
export function commandOf(chord: string, within: readonly Scope[]): CommandId | null {
  for (const scope of within) {
    const found = commandIds.find((id) => {
      const row = rowOf(id)
      return row.scope === scope && row.heardBy === undefined && (row.keys ?? []).includes(chord)
    })
    if (found !== undefined) return found
  }
  return null
}

/** Listens for keys, and for what the desktop's menu asks. */
export function useKeys(): void {
  useEffect(() => {
    let escaped = 0
    function onKey(event: KeyboardEvent) {
      if (event.defaultPrevented || isDialogOpen()) return
      if (event.key === 'Escape') {
        const twice = event.timeStamp - escaped < doubleMs
        escaped = twice ? 0 : event.timeStamp
        if (twice) perform('cancel')
        else if (isAnythingGoing()) say('Press Escape again to cancel.')
        return
      }
      const chord = chordOf(event)
      const id = commandOf(chord, scopesNow(event.target))
      if (id === null) return
      const row = rowOf(id)
      if (isTyping(event.target) && !(row.inFields ?? worksInFields(chord))) return
      if (row.on === 'desktop' && window.workbench === undefined) return
      event.preventDefault()
      perform(id)
    }
    window.addEventListener('keydown', onKey)
    window.addEventListener('keydown', holdSingle, true)
    const unwatch = watchMenu(performMenu)
    return () => {
      window.removeEventListener('keydown', onKey)
      window.removeEventListener('keydown', holdSingle, true)
      unwatch()
    }
  }, [])
}

/** Where single keys are off, no pane hears one either. Space and the arrows work what has the focus, and stay. */
function holdSingle(event: KeyboardEvent): void {
  if (settings.getState().now.singleKeys || isTyping(event.target) || isDialogOpen()) return
  const chord = chordOf(event)
  if (isSingle(chord)) event.stopImmediatePropagation()
}

const worksInFields = (chord: string): boolean => /^(Ctrl\+|F\d)/.test(chord)

function isDialogOpen(): boolean {
  if (document.querySelector('dialog[open]') !== null) return true
  // One that is being loaded holds the keys; one that was closed, of which the browser tells later, no longer does.
  return view.getState().dialog !== null && document.querySelector('dialog') === null
}

function isTyping(target: EventTarget | null): boolean {
  if (target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true
  return target instanceof HTMLInputElement && !['range', 'checkbox', 'radio'].includes(target.type)
}
