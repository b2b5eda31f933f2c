/** The reader: a document as it was indexed, its passages and the chunks of any k drawn on it. */
import { memo, useEffect, useMemo, useRef } from 'react'
import { useStore } from 'zustand'
import { FaultNote } from '../../parts/FaultNote.tsx'
import { Empty, Loading, Pane } from '../../parts/Pane.tsx'
import { baseName, formatCount, plural } from '../../parts/format.ts'
import { engine } from '../../state/engine.ts'
import { cutInto, readDocument, reader, windowSize } from '../../state/reader.ts'
import { piecesOf, type Piece } from './boundaries.ts'

const [leastK, mostK] = [2, 64]

export function Reader() {
  const { path, text, document, chunks, marked, fault, k } = useStore(reader)
  const pieces = useMemo(() => (text === null ? [] : piecesOf(text, chunks, marked)), [text, chunks, marked])
  const total = chunks?.passages.reduce((sum, { ends }) => sum + ends.length, 0) ?? null
  const info = text?.document ?? null
  return (
    <Pane
      title={info === null ? 'Reader' : info.title || baseName(info.file)}
      className="reader"
      stale={chunks !== null && chunks.k !== k}
      note={
        info === null
          ? undefined
          : `${baseName(info.file)}, ${formatCount(info.characters)} characters, ${plural(info.passages, 'passage')}`
      }
      aside={text === null ? undefined : <K total={total} />}
    >
      {fault !== null && (
        <FaultNote
          what="The document could not be shown."
          fault={fault}
          onRetry={document === null ? undefined : () => void readDocument(document)}
        />
      )}
      {text === null ? (
        document !== null && fault === null ? (
          <Loading label="Reading the document" lines={8} />
        ) : (
          fault === null && (
            <Empty>
              {path === '' ? 'Choose an index, or drop documents to make one.' : 'Choose a document to read it here.'}
            </Empty>
          )
        )
      ) : (
        <>
          <Text pieces={pieces} target={`${text.document.number} ${text.from} ${marked?.from ?? ''}`} />
          <Turn />
        </>
      )}
    </Pane>
  )
}

/** The k that is tried: no model is needed to draw where its chunks end. */
function K({ total }: { readonly total: number | null }) {
  const { k, chunks } = useStore(reader)
  const ks = useStore(engine, (state) => state.health?.bundle.ks ?? [])
  const unsupported = chunks !== null && chunks.k === k && !chunks.supported
  return (
    <div className="reader-k">
      <label className="field">
        k
        <input
          type="range"
          min={leastK}
          max={mostK}
          value={k}
          aria-valuetext={`${k} tokens a chunk`}
          onChange={(event) => cutInto(Number(event.target.value))}
        />
      </label>
      <output>{k}</output>
      <span className="quiet">
        {total === null ? '' : `${plural(total, 'chunk')} here`}
        {unsupported && `; the bundle takes ${ks.join(', ')}`}
      </span>
    </div>
  )
}

const Text = memo(function Text({ pieces, target }: { readonly pieces: readonly Piece[]; readonly target: string }) {
  const body = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const found = body.current?.querySelector('[data-marked]')
    if (found) found.scrollIntoView({ block: 'center' })
    else body.current?.scrollTo({ top: 0 })
  }, [target])
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div ref={body} className="reader-text" tabIndex={0} role="region" aria-label="Text of the document">
      {pieces.map((piece) => (
        <PieceText key={piece.from} piece={piece} />
      ))}
    </div>
  )
})

function PieceText({ piece: { text, from, passage, chunk, first, marked } }: { readonly piece: Piece }) {
  if (passage === null) return <span className="reader-between">{text}</span>
  const name = chunk === null ? '' : `chunk ${chunk.at + 1} of ${chunk.of}, ${plural(chunk.tokens, 'token')}, `
  const { span } = passage
  const part = span.part === undefined ? '' : `${span.part.unit} ${span.part.number}, `
  const lines = span.lineFrom === span.lineTo ? `line ${span.lineFrom}` : `lines ${span.lineFrom} to ${span.lineTo}`
  return (
    <span
      className={chunk !== null && chunk.at % 2 === 1 ? 'reader-chunk odd' : 'reader-chunk'}
      data-first={first || undefined}
      data-repeated={passage.repeated || undefined}
      data-marked={marked || undefined}
      title={`${name}characters ${from} to ${from + text.length}; passage on ${part}${lines}${passage.repeated ? ', which stands earlier in the corpus too' : ''}`}
    >
      {text}
    </span>
  )
}

/** On to what lies before and behind the stretch that is shown. */
function Turn() {
  const { text } = useStore(reader)
  if (text === null) return null
  const { document, from } = text
  const to = from + text.text.length
  if (from === 0 && to >= document.characters) return null
  return (
    <div className="job-line reader-turn">
      <button
        type="button"
        disabled={from === 0}
        onClick={() => void readDocument(document.number, Math.max(0, from - windowSize))}
      >
        Earlier
      </button>
      <span className="quiet grow">
        characters {formatCount(from)} to {formatCount(to)} of {formatCount(document.characters)}
      </span>
      <button type="button" disabled={to >= document.characters} onClick={() => void readDocument(document.number, to)}>
        Later
      </button>
    </div>
  )
}
