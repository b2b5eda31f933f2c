/** Tokens that were added to a vocabulary, found in a text before anything else is done to it. */
import type { AddedToken } from './json.ts'

/** A stretch of the source: an added token, or text. */
export type Section = { readonly from: number; readonly to: number; readonly id: number | null }

/** Cuts a text at some added tokens: the longest that stands where the first one begins. */
export function openSections(tokens: readonly AddedToken[]): (text: string) => readonly Section[] {
  const named = tokens.filter(({ content }) => content !== '')
  if (named.length === 0) return (text) => (text === '' ? [] : [{ from: 0, to: text.length, id: null }])
  const ids = new Map(named.map(({ content, id }) => [content, id]))
  const longest = [...ids.keys()].toSorted((a, b) => b.length - a.length)
  const any = new RegExp(longest.map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|'), 'gu')
  return (text) => {
    const sections: Section[] = []
    const add = (from: number, to: number, id: number | null): void => {
      if (to > from) sections.push({ from, to, id })
    }
    let done = 0
    for (const { 0: name, index } of text.matchAll(any)) {
      add(done, index, null)
      add(index, index + name.length, ids.get(name) ?? null)
      done = index + name.length
    }
    add(done, text.length, null)
    return sections
  }
}
