/** The text of a chunk between those before and after it, its tokens where they are asked for, and what can be copied of it. */
import { useStore } from 'zustand'
import { visible } from '../../parts/AnswerText.tsx'
import { CopyButton } from '../../parts/CopyButton.tsx'
import { FaultNote } from '../../parts/FaultNote.tsx'
import { formatSource } from '../../parts/format.ts'
import type { Shown } from '../../state/ask.ts'
import { chunkDetails, readTokens } from '../../state/chunkDetails.ts'
import { linkTo } from '../../state/navigation.ts'
import { say } from '../../state/view.ts'

/** So much of a neighbour is context enough. */
const around = 120

export function ChunkText({ shown, index }: { readonly shown: Shown; readonly index: number }) {
  const run = shown.run?.id ?? null
  const tokens = useStore(chunkDetails, (state) => (state.run === run ? state.tokens.get(index) : undefined))
  const fault = useStore(chunkDetails, (state) => (state.run === run ? state.fault : null))
  const chunk = shown.chunks[index]
  if (chunk === undefined) return null
  const textAt = (at: number): string => {
    const other = shown.chunks[at]
    return other?.passage === chunk.passage ? other.text : ''
  }
  return (
    <>
      <p className="text">
        <span className="text-around">{textAt(index - 1).slice(-around)}</span>
        {tokens === undefined ? (
          <mark className="text-own">{chunk.text}</mark>
        ) : (
          tokens.map((token, at) => (
            <span key={at} className="text-token" title={`token ${at}, id ${token.id}`}>
              {visible(token.text)}
            </span>
          ))
        )}
        <span className="text-around">{textAt(index + 1).slice(0, around)}</span>
      </p>
      {fault !== null && <FaultNote what="The engine could not tell." fault={fault} />}
      <div className="button-row">
        <CopyButton label="Copy text" text={() => chunk.text} onSay={say} />
        <CopyButton label="Copy citation" text={() => citationOf(shown, index)} onSay={say} />
        <CopyButton label="Copy link" text={() => linkTo(index)} onSay={say} />
      </div>
      {tokens === undefined && (
        <button type="button" disabled={run === null} onClick={() => run !== null && void readTokens(run, index)}>
          Show its tokens
        </button>
      )}
    </>
  )
}

/** A chunk as it is cited: its words, its document, and where in it they stand. */
export function citationOf(shown: Pick<Shown, 'chunks' | 'passages'>, index: number): string {
  const chunk = shown.chunks[index]
  if (chunk === undefined) return ''
  const title = shown.passages.find(({ id }) => id === chunk.passage)?.title ?? ''
  const { section, charFrom, charTo } = chunk.span
  const named = title === '' ? [] : [title]
  const within = section === undefined ? [] : [section]
  const place = [...named, formatSource(chunk.span), ...within, `characters ${charFrom} to ${charTo}`].join(', ')
  return `“${chunk.text.trim()}” (${place})`
}
