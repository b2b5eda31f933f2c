/** The keys of a scope as lines to read: those of its commands, then those that move within it. */
import { commandIds, moves, rowOf, type Scope } from '../../../shared/commandTable.ts'

export type KeyLine = { readonly words: string; readonly keys: readonly string[] }

/** What has keys in a scope on this door. */
export function keysIn(scope: Scope): readonly KeyLine[] {
  const rows = commandIds.map(rowOf).filter((row) => row.on !== 'desktop' || window.workbench !== undefined)
  const lines = [...rows, ...moves].filter((row) => row.scope === scope)
  return lines.flatMap(({ words, keys = [] }) => (keys.length === 0 ? [] : [{ words, keys }]))
}
