/** A chunk in a table of What if: its number, which selects it, and its words where the table is of the shown run. */
import { useStore } from 'zustand'
import { ask } from '../../state/ask.ts'
import { selectChunk, view } from '../../state/view.ts'

export function ChunkCell({ index }: { readonly index: number }) {
  const on = useStore(view, (state) => state.chunk === index)
  return (
    <button
      type="button"
      className="linkish"
      aria-label={`Select chunk ${index}`}
      aria-current={on || undefined}
      onClick={() => selectChunk(index)}
    >
      {index}
    </button>
  )
}

/** The words of a chunk of `run`; none where another is shown. */
export function ChunkWords({ index, run }: { readonly index: number; readonly run: string | null }) {
  const text = useStore(ask, ({ shown }) => (shown?.run?.id === run ? shown?.chunks[index]?.text : undefined))
  return (
    <td className="clip words" title={text}>
      {text?.trim() ?? '—'}
    </td>
  )
}
