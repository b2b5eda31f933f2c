/** The question: grows with its text, walks its history with Alt+↑ and Alt+↓, offers the demo's own. */
import { useLayoutEffect, useRef, useState, type KeyboardEvent, type ReactNode } from 'react'
import { useStore } from 'zustand'
import type { Question as Known } from '../../../shared/corpus.ts'
import { ask } from '../../state/ask.ts'
import { corpus } from '../../state/corpus.ts'
import { plan, setCase, setField, setQuestion, settle } from '../../state/plan.ts'

export function Question({ children }: { readonly children: ReactNode }) {
  const { question, index, target } = useStore(plan, (state) => state.present)
  const known = useStore(corpus, (state) => (state.demoIndex === index ? state.demoQuestions : none))
  const asked = useStore(ask, (state) => state.questions)
  const [at, setAt] = useState(-1)
  const area = useRef<HTMLTextAreaElement>(null)
  useLayoutEffect(() => {
    if (area.current !== null) fit(area.current)
  }, [question])
  // The same text takes more lines in a narrower window.
  useLayoutEffect(() => {
    const { current } = area
    if (current === null || typeof ResizeObserver === 'undefined') return
    let width = current.offsetWidth
    const watch = new ResizeObserver(() => {
      if (current.offsetWidth === width) return
      width = current.offsetWidth
      fit(current)
    })
    watch.observe(current)
    return () => watch.disconnect()
  }, [])
  function walk(event: KeyboardEvent) {
    if (!event.altKey || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return
    event.preventDefault()
    const to = Math.max(0, Math.min(asked.length - 1, at + (event.key === 'ArrowUp' ? 1 : -1)))
    const text = asked[to]
    if (text === undefined) return
    setAt(to)
    setCase('Take an earlier question', { question: text, target: goldOf(known, text) })
  }
  return (
    <div className="question">
      <textarea
        ref={area}
        rows={1}
        aria-label="Question"
        title="Alt+↑ and Alt+↓ walk through earlier questions"
        placeholder="Ask a question of the corpus"
        value={question}
        onChange={(event) => {
          setAt(-1)
          const { value } = event.target
          // The gold answer of a known question is no other question's; one that was typed stays.
          setQuestion(value, target === goldOf(known, question) ? goldOf(known, value) : target)
        }}
        onKeyDown={walk}
        onBlur={settle}
      />
      {known.length > 0 && (
        <select
          aria-label="Questions to try"
          value={-1}
          onChange={(event) => {
            const chosen = known[Number(event.target.value)]
            if (chosen !== undefined)
              setCase('Take a question', { question: chosen.question, target: chosen.answers[0] ?? '' })
          }}
        >
          <option value={-1} disabled>
            questions to try
          </option>
          {known.map((other, position) => (
            <option key={other.id} value={position}>
              {other.question}
            </option>
          ))}
        </select>
      )}
      {children}
    </div>
  )
}

/** The gold answer, which the answer is measured against where one is given. */
export function Gold() {
  const target = useStore(plan, (state) => state.present.target)
  return (
    <label className="field gold">
      <span className="label">gold answer</span>
      <input
        type="text"
        placeholder="optional"
        value={target}
        onChange={(event) => setField('target', event.target.value)}
        onBlur={settle}
      />
    </label>
  )
}

/** Makes a field as high as its text, its border with it: a pixel less and it can be scrolled. */
function fit(area: HTMLTextAreaElement): void {
  area.style.height = 'auto'
  area.style.height = `${area.scrollHeight + area.offsetHeight - area.clientHeight}px`
}

const none: readonly Known[] = []

function goldOf(known: readonly Known[], question: string): string {
  return known.find((other) => other.question === question)?.answers[0] ?? ''
}
