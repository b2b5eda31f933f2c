/** The answers side by side: what each says otherwise than the baseline, word by word. */
import { useRef, type UIEvent } from 'react'
import type { ComparisonView } from '../../../shared/comparison.ts'
import { sameCase } from '../../../shared/planDiff.ts'
import { diffWords } from '../../../shared/wordDiff.ts'
import { ResultPane } from './ResultPane.tsx'
import { sidesOf, type Side } from './standing.ts'

export function Answers() {
  return (
    <ResultPane
      title="Answers"
      note="by word against the baseline: underlined is said here alone, struck out there alone"
      empty="Run the plans to read their answers beside each other."
    >
      {(view) => <Beside view={view} />}
    </ResultPane>
  )
}

function Beside({ view }: { readonly view: ComparisonView }) {
  const row = useRef<HTMLDivElement>(null)
  const sides = sidesOf(view)
  const base = sides.find(({ isBaseline }) => isBaseline) ?? sides[0]
  /** Long answers scroll together, each by its own share. */
  function scrollTogether({ currentTarget }: UIEvent<HTMLElement>) {
    const room = currentTarget.scrollHeight - currentTarget.clientHeight
    if (room <= 0) return
    const share = currentTarget.scrollTop / room
    for (const other of row.current?.querySelectorAll<HTMLElement>('.compare-answer') ?? []) {
      if (other !== currentTarget) other.scrollTop = share * (other.scrollHeight - other.clientHeight)
    }
  }
  if (base === undefined) return null
  return (
    <>
      <div className="compare-row" ref={row}>
        {sides.map((side) => (
          <article key={side.run.id} aria-label={`Answer of ${side.letter}`}>
            <h3>
              <span className="compare-letter">{side.letter}</span> {side.isBaseline ? 'baseline ' : ''}
              <small>{worthOf(side)}</small>
            </h3>
            {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
            <p className="compare-answer" tabIndex={0} onScroll={scrollTogether}>
              {side.run.answer.trim() === '' && <span className="quiet">no answer</span>}
              <Words base={base} side={side} />
            </p>
          </article>
        ))}
      </div>
      {!sameCase(sides.map(({ run }) => run.plan)) && (
        <p className="quiet">The questions, gold answers or indexes differ: figures of quality do not compare.</p>
      )}
    </>
  )
}

function worthOf({ run: { quality, stopped } }: Side): string {
  const match = quality.exactMatch === null ? '' : quality.exactMatch ? 'exact match' : 'no exact match'
  return [match, stopped === 'length' ? 'cut at max tokens' : ''].filter((word) => word !== '').join(', ')
}

function Words({ base, side }: { readonly base: Side; readonly side: Side }) {
  const [from, to] = [base.run.answer.trim(), side.run.answer.trim()]
  if (side.isBaseline || from === to) return to
  return diffWords(from, to).map(({ kind, a, b }, at) => {
    if (kind === 'same') return <span key={at}>{b}</span>
    return kind === 'added' ? <ins key={at}>{b}</ins> : <del key={at}>{a}</del>
  })
}
